"""A workbook reads sheet by sheet; every row keeps the names of its columns."""

import base64
import struct
import zlib
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load, spreadsheet
from ingest.loaders.zip_package import OLE_MARK
from ingest.types import Document
from tests.ingest.loaders.office_files import core, package, relationships, xml

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OLD = zlib.decompress(
    base64.b64decode(  # Name, Since, Age; Anna and Bob: as Excel 97 saved it
        "eNrtWE1oE0EU/maTND9t89e00AolFKwa24N48dLGlGpPiVUP/iBo0ixSWhMJXvRiteaoCJ4UL4V6EKQqgj9UQW8ehI"
        "oeBEFI6tGToOChzfrey66mGqEBLRj2W+bNmzfz7byd/53XS6HS3P2eMn7BMByoGF601NgUBa+VCILyDYNVK/ZQMGz8"
        "V/B6qCNbXFhsf+XmPuT+LkPDPecLksAyhWM4jVQ+p0c3ECPiQ1qxD0MkFW6SxY9u8SosckJkh8i7UvKpyN1iuSxyiM"
        "qW1FEsxVOxXeYoPqz1SZ4f/N5Hwnkvlh3oxEsexeevqmpZFxKFyfR0s2T0OtswD+rpMT2nFzgdwC34gCOEwWRycHS0"
        "hAiNgnl8NaLAF2u6P4/a9o21K5D921q7+w92D3ViPbu3jv2a5gRmYJyQWVVEKxJOznFg33R2BTEaKpBA1lT6lE7qwc"
        "nchO4AEid1MiZyuTQlRvIZH28IsoAE1ywg7TKx2khmERA9JNMrSI6u3P78JpkZjx8Xy4xsGtWtZTM7BgMXmEFkP6pu"
        "WTImjO0iL8pbN4neIzJCPlPcP95pKntnpcwlye2nenYK3sa31OhbSS9+2v+4t/gxvo30hbHyucjCu/gc+qjxssTnZx"
        "YDakDduM54ErdiZS5DH0R2/7YkebSg6bth7p8BrPJcI4REVlPcOupHSjPbitmqDlsJm9vjGdXP3oWxfIdZXcJmnlaH"
        "pwnPafK4ZTpw5QHzFluZN6yF8ZAL0fL5Ez7YsGHDhg0bNmzYaCooOTRWD9hO8+DPR3i3ea+zSqFiX5M0LQ4gT88Z+k"
        "fcgxzFBZxtaPx0waWsd6l1cqz7QsYhqr2AKWTEj6mGxy/9yqja71k3Mfj3plCj9Vca8fMf1/8dN2bepQ=="
    )
)


def letters(column: int) -> str:
    """Return the letter of a column, from 0."""
    return chr(ord("A") + column)


def cell(place: str, value: object, style: int = 0) -> str:
    """Return a cell; a text that begins with = is a formula without a result."""
    if isinstance(value, str) and value.startswith("="):
        return f'<c r="{place}"><f>{value[1:]}</f></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def sheet(rows: list[list[object]], more: str = "", first: int = 1) -> str:
    """Return the part of a sheet; None is an empty cell, (number, style) a styled one."""
    written = ""
    for number, row in enumerate(rows, start=first):
        cells = (
            cell(f"{letters(column)}{number}", *(value if isinstance(value, tuple) else (value,)))
            for column, value in enumerate(row)
            if value is not None
        )
        written += f'<row r="{number}">{"".join(cells)}</row>'
    return f'<worksheet xmlns="{MAIN}"><sheetData>{written}</sheetData>{more}</worksheet>'


def workbook(path: Path, sheets: dict[str, str], title: str = "") -> Path:
    """Write an XLSX file; style 1 is a date, 2 a date with a time, 3 a percentage."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    formats = "".join(f'<xf numFmtId="{n}"/>' for n in (0, 14, 22, 165))
    custom = '<numFmts><numFmt numFmtId="165" formatCode="0.0%"/></numFmts>'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relationships(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": xml("workbook", f"<sheets>{listed}</sheets>").replace(
            "<workbook", f'<workbook xmlns="{MAIN}"'
        ),
        "xl/_rels/workbook.xml.rels": relationships(
            *((f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers),
            ("s", "styles", "styles.xml"),
        ),
        "xl/styles.xml": f"<styleSheet xmlns='{MAIN}'>{custom}<cellXfs>{formats}</cellXfs>"
        "</styleSheet>",
        "docProps/core.xml": core(title),
    }
    for n, content in zip(numbers, sheets.values(), strict=True):
        parts[f"xl/worksheets/sheet{n}.xml"] = content
    return package(path, parts)


def read(tmp_path: Path, *sheets: str, title: str = "") -> Document:
    """Return the Document of a workbook of these sheets, named One, Two and Three."""
    names = ("One", "Two", "Three")[: len(sheets)]
    return load(workbook(tmp_path / "book.xlsx", dict(zip(names, sheets, strict=True)), title))


def body(document: Document) -> str:
    """Return the text below the name of the first sheet."""
    return document.text.partition("\n\n")[2]


def test_sheets_are_pages_under_their_names(tmp_path: Path) -> None:
    """Offsets of pages, headings and tables are exact; an empty sheet keeps its number."""
    one = sheet([["Name", "Age"], ["Anna", 5]])

    document = read(
        tmp_path, one, sheet([]), sheet([["Item", "Price"], ["Tea", 2.5]]), title="Shop"
    )

    assert document.text == "One\n\nName | Age\nAnna | 5\n\nThree\n\nItem | Price\nTea | 2.5"
    assert [(p.number, document.text[p.start : p.end]) for p in document.pages] == [
        (1, "One\n\nName | Age\nAnna | 5"),
        (2, ""),
        (3, "Three\n\nItem | Price\nTea | 2.5"),
    ]
    assert [(h.level, document.text[h.start :][: len(h.title)]) for h in document.headings] == [
        (1, "One"),
        (1, "Three"),
    ]
    assert [document.text[s.start : s.end] for s in document.solid] == [
        "Name | Age\nAnna | 5",
        "Item | Price\nTea | 2.5",
    ]
    assert document.title == "Shop"


def test_values_read_as_a_person_sees_them(tmp_path: Path) -> None:
    """Whole numbers have no ".0", dates are ISO, a percentage is one, noise is gone."""
    rows: list[list[object]] = [
        ["What", "Value"],
        ["whole", 3.0],
        ["noise", 0.30000000000000004],
        ["large", 12345678901],
        ["day", (45356, 1)],
        ["moment", (45356.604166667, 2)],
        ["share", (0.255, 3)],
        ["text", " two\n lines "],
    ]

    assert body(read(tmp_path, sheet(rows))) == (
        "What | Value\nwhole | 3\nnoise | 0.3\nlarge | 12345678901\nday | 2024-03-05\n"
        "moment | 2024-03-05 14:30\nshare | 25.5%\ntext | two lines"
    )


def test_empty_rows_and_columns_are_dropped(tmp_path: Path) -> None:
    """A table that begins in C4 with gaps inside reads without them."""
    rows: list[list[object]] = [
        [None, None, "Name", None, "Age"],
        [],
        [None, None, "Anna", None, 5],
        [],
        [None, None, "Bob", None, 6],
    ]

    assert body(read(tmp_path, sheet(rows, first=4))) == "Name | Age\nAnna | 5\nBob | 6"


def test_words_above_a_table_are_no_header(tmp_path: Path) -> None:
    """The title of a report stands before its table; a second table has its own header."""
    rows: list[list[object]] = [
        ["Report 2024"],
        ["all figures in euros"],
        ["City", "Sales"],
        ["Rome", 10],
        [],
        ["Note", "Pages"],
        ["Intro", 3],
    ]

    assert body(read(tmp_path, sheet(rows))) == (
        "Report 2024\n\nall figures in euros\n\nCity | Sales\nRome | 10\n\nNote | Pages\nIntro | 3"
    )


def test_header_of_two_rows_becomes_one(tmp_path: Path) -> None:
    """Merged names stand before those below them; merged cells further down say their text."""
    rows: list[list[object]] = [
        ["Plan", None, None, None],
        [None, 2023, None, 2024],
        ["Region", "Q1", "Q2", "Q1"],
        ["North", 1, 2, 3],
        [None, 4, 5, 6],
    ]
    merged = '<mergeCells><mergeCell ref="A1:D1"/><mergeCell ref="B2:C2"/><mergeCell ref="A4:A5"/>'

    assert body(read(tmp_path, sheet(rows, merged + "</mergeCells>"))) == (
        "Plan\n\nRegion | 2023 Q1 | 2023 Q2 | 2024 Q1\nNorth | 1 | 2 | 3\nNorth | 4 | 5 | 6"
    )


def test_table_without_header_gets_letters(tmp_path: Path) -> None:
    """The first row of figures is not taken for names."""
    rows: list[list[object]] = [[1, "x", 3], [4, "y", 6]]

    assert body(read(tmp_path, sheet(rows))) == "A | B | C\n1 | x | 3\n4 | y | 6"


def test_form_reads_as_names_and_values(tmp_path: Path) -> None:
    """Two columns that name and fill in are no table."""
    rows: list[list[object]] = [["Name:", "Anna"], ["Born:", (45356, 1)], ["City:", "Rome"]]

    assert body(read(tmp_path, sheet(rows))) == "Name: Anna\nBorn: 2024-03-05\nCity: Rome"


def test_formula_without_result_is_said(tmp_path: Path) -> None:
    """A file no program ever calculated lacks figures that a person would see."""
    document = read(tmp_path, sheet([["a", "b"], [1, "=A2*2"]]))

    assert document.notes == ("1 formula without a stored result",)


def test_cell_far_away_costs_nothing(tmp_path: Path) -> None:
    """One cell in the last corner makes a sheet of 17 thousand million; the others are read."""
    far = sheet([["a"]]).replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )

    document = read(tmp_path, far, sheet([["fine"]]))

    assert document.text == "Two\n\nfine"
    assert document.notes == ('sheet "One" left out: its cells lie too far apart',)


def test_empty_formatted_cells_do_not_count(tmp_path: Path) -> None:
    """A column that was painted to the bottom holds nothing."""
    painted = sheet([["a", "b"], [1, 2]]).replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    )

    assert body(read(tmp_path, painted)) == "a | b\n1 | 2"


def test_too_many_cells_are_cut_and_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first rows are kept, and the report says how many."""
    monkeypatch.setattr(spreadsheet, "MAX_CELLS", 4)
    rows: list[list[object]] = [["Name", "Age"], ["Anna", 5], ["Bob", 6]]

    document = read(tmp_path, sheet(rows), sheet([["more"]]))

    assert document.text == "One\n\nName | Age\nAnna | 5"
    assert document.notes == (
        'only the first 2 rows of sheet "One" were read',
        'sheet "Two" left out: the workbook is too large',
    )


def test_old_excel_file(tmp_path: Path) -> None:
    """The binary format of Excel 97 reads like the new one."""
    path = tmp_path / "old.xls"
    path.write_bytes(OLD)

    assert load(path).text == (
        "Old\n\nName | Since | Age\nAnna | 2020-01-02 | 5\nBob | 2021-03-04 | 7.5"
    )


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_encrypted_workbook_needs_a_password(suffix: str, tmp_path: Path) -> None:
    """An encrypted workbook is no zip but an older container."""
    path = tmp_path / f"a{suffix}"
    path.write_bytes(OLE_MARK + bytes(3000) + "EncryptedPackage".encode("utf-16-le") + bytes(999))

    with pytest.raises(DocumentError, match="^password protected$"):
        load(path)


def test_old_workbook_whose_sectors_run_in_a_circle(tmp_path: Path) -> None:
    """A chain without end is refused before a reader follows it."""
    data = bytearray(OLD)
    fat = 512 * (int.from_bytes(OLD[76:80], "little") + 1)
    data[fat : fat + 8] = struct.pack("<II", 1, 0)
    path = tmp_path / "a.xls"
    path.write_bytes(data)

    with pytest.raises(DocumentError, match="^damaged: its container contradicts itself$"):
        load(path)


@pytest.mark.parametrize("data", [OLE_MARK + bytes(3000), OLD[:2500], b"PK\x03\x04 broken"])
def test_damaged_workbook(data: bytes, tmp_path: Path) -> None:
    """A download that broke off is damaged."""
    path = tmp_path / "a.xls"
    path.write_bytes(data)

    with pytest.raises(DocumentError, match="^damaged: "):
        load(path)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<html><table><tr><th>City</th><th>Sales</th></tr><tr><td>Rome</td><td>9</td></tr></table>",
         "City | Sales\nRome | 9"),
        ("City\tSales\nRome\t9\n", "City | Sales\nRome | 9"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
         ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>'
         '<Row><Cell ss:Index="2"><Data ss:Type="String">City</Data></Cell><Cell>'
         '<Data ss:Type="String">Since</Data></Cell></Row><Row><Cell ss:Index="2">'
         '<Data ss:Type="String">Rome</Data></Cell><Cell><Data ss:Type="DateTime">'
         "2020-01-02T00:00:00.000</Data></Cell></Row></Table></Worksheet></Workbook>",
         "S\n\nCity | Since\nRome | 2020-01-02"),
    ],
)  # fmt: skip
def test_what_is_only_called_xls(source: str, expected: str, tmp_path: Path) -> None:
    """Web pages, plain text and XML are exported under Excel's suffix."""
    path = tmp_path / "export.xls"
    path.write_text(source)

    assert load(path).text == expected


def record(kind: int, data: bytes) -> bytes:
    """Return a record of a binary workbook."""
    name = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return name + bytes([len(data)]) + data


def binary(tmp_path: Path, *places: tuple[int, int]) -> Path:
    """Return the path of an XLSB file with the number 7 at these rows and columns."""
    wide = [struct.pack("<I", len(text)) + text.encode("utf-16-le") for text in ("r1", "Bin")]
    rows = b"".join(
        record(0, struct.pack("<I", row) + bytes(13))
        + record(5, struct.pack("<IId", column, 0, 7.0))
        for row, column in places
    )
    size = record(148, struct.pack("<4I", *places[0], *places[-1]))
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relationships(("r1", "officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": record(143, b"") + record(156, struct.pack("<II", 0, 1) + b"".join(wide))
        + record(144, b"") + record(132, b""),
        "xl/_rels/workbook.bin.rels": relationships(("r1", "worksheet", "worksheets/sheet1.bin")),
        "xl/worksheets/sheet1.bin": record(129, b"") + size + record(145, b"") + rows
        + record(146, b"") + record(130, b""),
    }  # fmt: skip
    return package(tmp_path / "a.xlsb", parts)


def test_binary_workbook(tmp_path: Path) -> None:
    """Cells of the binary format are read."""
    assert load(binary(tmp_path, (3, 2))).text == "Bin\n\n7"


def test_cell_far_away_in_binary_workbook(tmp_path: Path) -> None:
    """Room for what lies between two far cells is never made."""
    path = binary(tmp_path, (0, 0), (1_048_575, 16_383))

    with pytest.raises(DocumentError, match="^too large: its cells lie too far apart$"):
        load(path)
