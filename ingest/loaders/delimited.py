"""Delimited text (CSV, TSV): the delimiter is found by what makes rows of equal length."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from ingest.loaders.builder import MAX_CHARACTERS, DocumentBuilder
from ingest.loaders.decoding import read_text
from ingest.loaders.office_xml import joined
from ingest.loaders.spreadsheet_table import write_rows
from ingest.loaders.spreadsheet_values import classified
from ingest.types import Document

MAX_CELLS = 1_000_000
_DELIMITERS = ",;\t|"
_SAMPLE = 200  # rows
_LONGEST_CELL = 100_000  # characters; a quotation mark that never closes makes a longer one
_DECLARED = "sep="


def load(path: Path) -> Document:
    """Read delimited text. Raises DocumentError where its bytes are no text."""
    text, notes = read_text(path)
    delimiter, text = _declared(text)
    lines = text.split("\n")
    delimiter = delimiter or _sniffed(lines, path.suffix.lower())
    rows, cut = _rows(lines, delimiter)
    builder = DocumentBuilder()
    write_rows(rows, builder)
    return builder.build("", notes + cut)


def _declared(text: str) -> tuple[str, str]:
    """Return the delimiter that a first line ``sep=;`` names for Excel, and the rest."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith(_DECLARED) and len(first.strip("\r ")) <= len(_DECLARED) + 1:
        return first[len(_DECLARED) : len(_DECLARED) + 1] or "\t", rest
    return "", text


def _sniffed(lines: Sequence[str], suffix: str) -> str:
    """Return the delimiter that gives the most even rows; that of the suffix where none does."""
    usual = "\t" if suffix in (".tsv", ".tab") else ","
    scored = ((_evenness(lines, delimiter), delimiter) for delimiter in _DELIMITERS)
    best, delimiter = max(scored, key=lambda pair: (pair[0], pair[1] == usual))
    return delimiter if best > 0 else usual


def _evenness(lines: Sequence[str], delimiter: str) -> float:
    """Return the share of rows that have the usual number of cells, lowered where cells look cut.

    0 where the usual row has one cell. A cell that holds another delimiter speaks against this one.
    """
    rows = [row for row in islice(_parsed(lines, delimiter), _SAMPLE) if row]
    if not rows:
        return 0.0
    (width, count), *_ = Counter(map(len, rows)).most_common(1)
    if width < 2:
        return 0.0
    others = set(_DELIMITERS) - {delimiter, ","}
    cells = [cell for row in rows for cell in row if cell]
    suspect = sum(not others.isdisjoint(cell) for cell in cells)
    return count / len(rows) * (1 - suspect / max(len(cells), 1))


def _parsed(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the cells of each row, quoted ones with their line breaks.

    Where a quotation mark never closes, quotation marks are taken for text from its line on.
    """
    place = 0
    while place < len(lines):
        reader = csv.reader(_with_ends(lines, place), delimiter=delimiter)
        try:
            row = next(reader, None)
        except csv.Error:
            row = None
        read = max(reader.line_num, 1)
        if row is None or max(map(len, row), default=0) > _LONGEST_CELL:
            row, read = lines[place].split(delimiter), 1
        yield row
        place += read


def _with_ends(lines: Sequence[str], place: int) -> Iterator[str]:
    return (f"{lines[index]}\n" for index in range(place, len(lines)))


def _rows(lines: Sequence[str], delimiter: str) -> tuple[list[list[str]], tuple[str, ...]]:
    """Return the texts of all rows that fit into the limits, and a note where some do not."""
    rows: list[list[str]] = []
    cells = length = 0
    for row in _parsed(lines, delimiter):
        texts = [classified(joined(cell)) for cell in row]
        cells += len(texts)
        length += sum(map(len, texts))
        if cells > MAX_CELLS or length > MAX_CHARACTERS:
            return rows, (f"only its first {len(rows):,} rows were read",)
        rows.append(texts)
    return rows, ()
