"""An OpenDocument spreadsheet reads as it is shown; what is repeated for ever is not."""

from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load, opendocument_sheet
from ingest.types import Document
from tests.ingest.loaders.office_files import package, xml

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = "".join(f' xmlns:{name}="{OASIS}:{name}:1.0"' for name in ("office", "table", "text"))


def cell(text: str = "", properties: str = "", kind: str = "string") -> str:
    """Return a cell that shows a text."""
    words = f"<text:p>{text}</text:p>" if text else ""
    return f'<table:table-cell office:value-type="{kind}" {properties}>{words}</table:table-cell>'


def row(*cells: str, repeated: int = 1) -> str:
    """Return a row, with line breaks between its elements as a formatter sets them."""
    inside = "\n".join(cells)
    start = f'<table:table-row table:number-rows-repeated="{repeated}">'
    return f"{start}\n{inside}\n</table:table-row>"


def content(*sheets: str) -> str:
    """Return a content part of sheets named S1, S2 and so on."""
    tables = "".join(
        f'<table:table table:name="S{number}">\n{rows}\n</table:table>'
        for number, rows in enumerate(sheets, start=1)
    )
    return (
        f"<office:document-content{NAMES}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )


def read(tmp_path: Path, *sheets: str) -> Document:
    """Return the Document of a spreadsheet of these sheets."""
    parts: dict[str, str | bytes] = {
        "META-INF/manifest.xml": "<manifest/>",
        "content.xml": content(*sheets),
        "meta.xml": xml("meta", "<dc:title>Stock 2024</dc:title>"),
    }
    return load(package(tmp_path / "stock.ods", parts))


EMPTY_CELLS = '<table:table-cell table:number-columns-repeated="16384"/>'


def test_sheets_are_pages(tmp_path: Path) -> None:
    """Each has its name as a heading; offsets are exact."""
    first = row(cell("Item"), cell("Price")) + row(cell("Tea"), cell("3"))

    document = read(tmp_path, first, row(EMPTY_CELLS, repeated=1_048_576), row(cell("note")))

    assert document.title == "Stock 2024"
    assert document.text == "S1\n\nItem | Price\nTea | 3\n\nS3\n\nnote"
    assert [(p.number, document.text[p.start : p.end]) for p in document.pages] == [
        (1, "S1\n\nItem | Price\nTea | 3"),
        (2, ""),
        (3, "S3\n\nnote"),
    ]
    assert [document.text[h.start :][:2] for h in document.headings] == ["S1", "S3"]


def test_values_read_as_they_are_shown(tmp_path: Path) -> None:
    """Plain numbers and dates come from their values, all others from what is shown."""
    number = 'office:value="{}"'.format
    rows = [
        ("whole", cell("3,00", number("3"), "float")),
        ("part", cell("0,3", number("0.30000000000000004"), "float")),
        ("share", cell("25 %", number("0.25"), "percentage")),
        ("cost", cell("12,50 €", number("12.5"), "currency")),
        ("day", cell("5.3.24", 'office:date-value="2024-03-05T00:00:00"', "date")),
        ("hour", cell("14:30", 'office:time-value="PT14H30M00S"', "time")),
        ("done", cell("WAHR", 'office:boolean-value="true"', "boolean")),
    ]
    table = row(cell("What"), cell("Value")) + "".join(row(cell(name), c) for name, c in rows)

    assert read(tmp_path, table).text == (
        "S1\n\nWhat | Value\nwhole | 3\npart | 0.3\nshare | 25 %\ncost | 12,50 €\n"
        "day | 2024-03-05\nhour | 14:30\ndone | TRUE"
    )


def test_merged_cells_say_their_text(tmp_path: Path) -> None:
    """Across columns and down rows; a comment on a cell is no part of it."""
    covered = "<table:covered-table-cell/>"
    noted = cell("Kind").replace(
        "<text:p>", "<office:annotation><text:p>why</text:p></office:annotation><text:p>"
    )
    rows = (
        row(noted, cell("Name"), cell("Count"))
        + row(cell("Fruit", 'table:number-rows-spanned="2"'), cell("Apple"), cell("3"))
        + row(covered, cell("Pear"), cell("4"))
        + row(cell("Bread"), cell("sold out", 'table:number-columns-spanned="2"'), covered)
    )

    assert read(tmp_path, rows).text == (
        "S1\n\nKind | Name | Count\nFruit | Apple | 3\nFruit | Pear | 4\n"
        "Bread | sold out | sold out"
    )


def test_endless_repetition_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is repeated a million times stops at the limit, and the report says so."""
    monkeypatch.setattr(opendocument_sheet, "MAX_CELLS", 6)
    wide = cell("x", 'table:number-columns-repeated="2"')

    document = read(tmp_path, row(cell("a"), cell("b")) + row(wide, repeated=1_048_576))

    assert document.text == "S1\n\na | b\nx | x\nx | x"
    assert document.notes == ('only the first 3 rows of sheet "S1" were read',)


def test_flat_file(tmp_path: Path) -> None:
    """The form that is one XML file reads the same."""
    path = tmp_path / "flat.fods"
    path.write_text('<?xml version="1.0"?>' + content(row(cell("a"), cell("1"))))

    assert load(path).text == "S1\n\na: 1"


def test_encrypted_sheet(tmp_path: Path) -> None:
    """The manifest tells that the content is encrypted."""
    parts: dict[str, str | bytes] = {
        "META-INF/manifest.xml": "<manifest><encryption-data/></manifest>",
        "content.xml": b"\x00\x01",
    }

    with pytest.raises(DocumentError, match="^password protected$"):
        load(package(tmp_path / "a.ods", parts))


def test_broken_content_is_damaged(tmp_path: Path) -> None:
    """XML that ends too early is a reason."""
    with pytest.raises(DocumentError, match=r"^damaged: its part content\.xml is not valid XML"):
        load(package(tmp_path / "a.ods", {"content.xml": content(row(cell("a")))[:-40]}))
