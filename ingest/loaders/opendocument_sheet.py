"""OpenDocument spreadsheets (ODS), row by row, so that a large one needs little memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders.builder import MAX_CHARACTERS, DocumentBuilder
from ingest.loaders.office_xml import attribute, children, joined, local, whole_number
from ingest.loaders.opendocument_package import check_encryption, flat_source, meta_title, title_of
from ingest.loaders.spreadsheet_table import write_rows
from ingest.loaders.spreadsheet_values import Figure, classified, shown
from ingest.loaders.xml_parsing import parse_xml
from ingest.loaders.zip_package import open_package
from ingest.types import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_CELLS = 1_000_000
MAX_COLUMNS = 16_384
_CELLS = ("table-cell", "covered-table-cell")
_LINKED = "'file:"  # how the name of a sheet begins that was copied from another file


@dataclass(slots=True)
class _Sheet:
    """The rows of one sheet that hold anything, with one empty row where there are more."""

    name: str
    rows: list[list[str]] = field(default_factory=list)
    merged: dict[int, tuple[str, int]] = field(default_factory=dict)
    cut: bool = False


def load(path: Path) -> Document:
    """Read a spreadsheet, packed or as one flat XML file.

    Raises DocumentError where it needs a password or is damaged.
    """
    flat = flat_source(path)
    if flat is not None:
        return _written(flat, title_of(parse_xml(flat, path.name)))
    with open_package(path) as package:
        check_encryption(package)
        return _written(package.read("content.xml"), meta_title(package))


def _written(source: bytes, title: str) -> Document:
    builder = DocumentBuilder()
    notes = []
    for number, sheet in enumerate(_sheets(source), start=1):
        builder.open_page(number)
        if any(map(any, sheet.rows)):
            builder.heading(1, joined(sheet.name) or f"Sheet {number}")
            write_rows(sheet.rows, builder)
        if sheet.cut:
            notes.append(
                f'only the first {len(sheet.rows):,} rows of sheet "{sheet.name}" were read'
            )
    return builder.build(title, tuple(notes))


def _sheets(source: bytes) -> Iterator[_Sheet]:
    """Yield the sheets of a content part; no entity is expanded, nothing else is loaded."""
    from lxml import etree

    sheet: _Sheet | None = None
    left = [MAX_CELLS, MAX_CHARACTERS]
    events = etree.iterparse(
        BytesIO(source),
        events=("start", "end"),
        tag=("{*}table", "{*}table-row"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        huge_tree=False,
    )
    depth = 0  # tables may lie in the drawings of a sheet
    try:
        for event, element in events:
            if local(element) == "table":
                depth += 1 if event == "start" else -1
                if event == "start" and depth == 1:
                    sheet = _Sheet(attribute(element, "name") or "")
                elif event == "end" and depth == 0 and sheet is not None:
                    if not sheet.name.startswith(_LINKED):
                        yield sheet
                    sheet = None
                    element.clear()
            elif event == "end" and depth == 1 and sheet is not None:
                _add(sheet, element, left)
                element.clear()
    except etree.XMLSyntaxError as error:
        reason = " ".join(str(error.msg).split())[:100]
        raise DocumentError(f"damaged: its part content.xml is not valid XML ({reason})") from None


def _add(sheet: _Sheet, row: "_Element", left: list[int]) -> None:
    """Add a row as often as it is repeated, as long as cells and characters are left."""
    texts = _texts(row, sheet.merged)
    if not texts:
        if sheet.rows and sheet.rows[-1]:
            sheet.rows.append([])
        return
    length = sum(map(len, texts))
    for _ in range(max(1, whole_number(attribute(row, "number-rows-repeated"), 1))):
        if left[0] < len(texts) or left[1] < length:
            sheet.cut = True
            return
        left[0] -= len(texts)
        left[1] -= length
        sheet.rows.append(texts)


def _texts(row: "_Element", merged: dict[int, tuple[str, int]]) -> list[str]:
    """Return the texts of a row up to the last that is not empty; merged cells say theirs."""
    texts: list[str] = []
    empty = beside = 0
    text = ""
    for cell in (below for below in row if local(below) in _CELLS):
        column = len(texts) + empty
        if local(cell) == "table-cell":
            text = _text(cell)
            beside = whole_number(attribute(cell, "number-columns-spanned"), 1) - 1
            down = whole_number(attribute(cell, "number-rows-spanned"), 1) - 1
            if down > 0 and text:
                merged[column] = (text, down)
            said = text
        else:
            said = text if beside > 0 else _from_above(merged, column)
        repeated = whole_number(attribute(cell, "number-columns-repeated"), 1)
        repeated = max(1, min(repeated, MAX_COLUMNS - column))
        if local(cell) != "table-cell":
            beside -= repeated
        if column >= MAX_COLUMNS:
            break
        if said:
            texts += [""] * empty + [said] * repeated
            empty = 0
        else:
            empty += repeated
    return texts


def _from_above(merged: dict[int, tuple[str, int]], column: int) -> str:
    """Return the text of the merged cell that reaches down to a column, and count it off."""
    text, down = merged.get(column, ("", 0))
    if down > 1:
        merged[column] = (text, down - 1)
    else:
        merged.pop(column, None)
    return text


def _text(cell: "_Element") -> str:
    """Return the text of a cell as it is shown; plain numbers and dates by their values."""
    value = attribute(cell, "value")
    match attribute(cell, "value-type"):
        case "float" if value is not None:
            return _number(value)
        case "date":
            day = (attribute(cell, "date-value") or "").replace("T", " ")
            return Figure(day.removesuffix(".000000000").removesuffix(" 00:00:00"))
        case "boolean":
            return Figure((attribute(cell, "boolean-value") or "").upper())
        case "percentage" | "currency" | "time":
            return Figure(_shown(cell))
    return classified(_shown(cell))


def _number(value: str) -> str:
    try:
        return shown(float(value))
    except ValueError:
        return value


def _shown(cell: "_Element") -> str:
    """Return the paragraphs of a cell; comments on it are none of them."""
    paragraphs = children(cell, "p")
    return joined(" ".join("".join(_words(paragraph)) for paragraph in paragraphs))


def _words(element: "_Element") -> Iterator[str]:
    yield element.text or ""
    for below in element:
        if local(below) in ("s", "tab", "line-break"):
            yield " "
        else:
            yield from _words(below)
        yield below.tail or ""
