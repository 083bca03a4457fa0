"""Tables of documents and slides: cells that span others, captions, and tables for layout."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.office_xml import joined

MAX_COLUMNS = 500
_LONG_CELL = 600  # a table with longer cells than this arranges a page, it lists no data


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, how many columns it spans, and whether it goes on with the cell above it."""

    text: str
    columns: int = 1
    continues: bool = False


def cell_text(inner: DocumentBuilder) -> str:
    """Return what was written for one cell on one line; its paragraphs are set off by dashes."""
    return " — ".join(filter(None, map(joined, inner.text.split("\n\n"))))


def arranges_page(lengths: Sequence[int]) -> bool:
    """Tell whether a table only places other content on the page, by the lengths of its cells."""
    return len(lengths) < 2 or max(lengths) > _LONG_CELL


def write_table(rows: Sequence[Sequence[Cell]], builder: DocumentBuilder) -> None:
    """Write a table line by line; a first row that is one wide cell becomes its caption.

    A cell that spans rows is repeated in each, so that every line says all that holds for it.
    """
    rows = [row for row in rows if any(cell.text or cell.continues for cell in row)]
    while len(rows) > 1 and len(rows[0]) == 1 and rows[0][0].columns > 1:
        builder.paragraph(rows[0][0].text)
        rows = rows[1:]
    lines: list[list[str]] = []
    for row in rows:
        lines.append(_spread(row, lines[-1] if lines else []))
    builder.solid(table_text(lines))


def table_text(lines: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as lines; columns that are empty throughout are left out."""
    width = max(map(len, lines), default=0)
    used = [column for column in range(width) if any(_at(line, column) for line in lines)]
    texts = (" | ".join(_at(line, column) for column in used) for line in lines)
    return "\n".join(text for text in texts if text.strip(" |"))


def _spread(row: Sequence[Cell], above: Sequence[str]) -> list[str]:
    """Return the texts of a row, one a column."""
    texts: list[str] = []
    for cell in row:
        text = _at(above, len(texts)) if cell.continues and not cell.text else cell.text
        columns = max(1, min(cell.columns, MAX_COLUMNS - len(texts)))
        texts += [text] + [""] * (columns - 1)
    return texts


def _at(line: Sequence[str], column: int) -> str:
    return line[column] if column < len(line) else ""
