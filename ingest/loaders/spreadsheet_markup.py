"""Workbooks as one XML file, which Excel 2003 wrote and many programs still export as ".xls"."""

from typing import TYPE_CHECKING

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.office_xml import (
    attribute,
    child,
    children,
    counted,
    descendants,
    joined,
    whole_number,
)
from ingest.loaders.spreadsheet_table import write_rows
from ingest.loaders.spreadsheet_values import classified
from ingest.loaders.xml_parsing import parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_COLUMNS = 16_384
_NAMESPACE = b"urn:schemas-microsoft-com:office:spreadsheet"


def is_markup(head: bytes) -> bool:
    """Tell whether a file that begins so is such a workbook."""
    return _NAMESPACE in head and b"<" in head[:10]


def write_markup(data: bytes, builder: DocumentBuilder) -> tuple[str, ...]:
    """Write all sheets, each as a page; return what was left out."""
    root = parse_xml(data, "Workbook")
    for number, sheet in enumerate(children(root, "Worksheet"), start=1):
        builder.open_page(number)
        rows = [_row(row) for row in children(child(sheet, "Table"), "Row")]
        if any(map(any, rows)):
            builder.heading(1, joined(attribute(sheet, "Name") or f"Sheet {number}"))
            write_rows(rows, builder)
    return counted(sum(1 for _ in descendants(root, "Comment")), "comment", "left out")


def _row(row: "_Element") -> list[str]:
    """Return the texts of a row; a cell may say in which column it stands."""
    texts: list[str] = []
    for cell in children(row, "Cell"):
        place = whole_number(attribute(cell, "Index"), len(texts) + 1) - 1
        texts += [""] * (min(place, MAX_COLUMNS) - len(texts))
        data = child(cell, "Data")
        text = joined("".join(data.itertext())) if data is not None else ""
        kind = attribute(data, "Type")
        texts.append(classified(text.removesuffix("T00:00:00.000") if kind == "DateTime" else text))
        texts += [""] * min(whole_number(attribute(cell, "MergeAcross")), MAX_COLUMNS)
    return texts
