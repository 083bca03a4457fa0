"""Spreadsheets of Excel, old and new, by calamine: a page a sheet, a line a row."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders import delimited, html, opendocument_sheet
from ingest.loaders.builder import MAX_CHARACTERS, DocumentBuilder
from ingest.loaders.office_xml import core_title, counted
from ingest.loaders.spreadsheet_container import check_container
from ingest.loaders.spreadsheet_extent import Extent, sheet_extents
from ingest.loaders.spreadsheet_markup import is_markup, write_markup
from ingest.loaders.spreadsheet_table import write_rows
from ingest.loaders.spreadsheet_values import shown
from ingest.loaders.zip_package import OLE_MARK, open_package
from ingest.types import Document

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MAX_CELLS = 1_000_000
MAX_ROOM = 15_000_000  # cells between the first and the last; memory is reserved for all of them
_HEAD = 4096
_ZIP_MARK = b"PK"


def load(path: Path) -> Document:
    """Read a workbook, whatever its suffix claims: many a ".xls" is a web page or plain text.

    Raises DocumentError where it needs a password, is damaged or larger than can be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_ZIP_MARK):
        with open_package(path) as package:
            if "content.xml" in package:
                return opendocument_sheet.load(path)
            return _workbook(path, sheet_extents(package), core_title(package))
    if head.startswith(OLE_MARK):
        check_container(path.read_bytes())
        return _workbook(path, {}, "")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if is_markup(head):
        builder = DocumentBuilder()
        notes = write_markup(path.read_bytes(), builder)
        return builder.build("", notes)
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<style")):
        return html.load(path)
    return delimited.load(path)


def _workbook(path: Path, extents: dict[str, Extent], title: str) -> Document:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    whole = extents.get("")
    if whole is not None and whole.cells > MAX_ROOM:
        raise DocumentError("too large: its cells lie too far apart")
    try:
        with CalamineWorkbook.from_filelike(BytesIO(path.read_bytes())) as workbook:
            return _Writer(workbook, extents).document(title)
    except PasswordError:
        raise DocumentError("password protected") from None
    except CalamineError as error:
        raise DocumentError(f"damaged: {' '.join(str(error).split())[:100]}") from None
    except BaseException as error:  # the parser panics with what is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise DocumentError("damaged: its parts contradict each other") from None


class _Writer:
    """Writes the sheets of a workbook, and notes what it cut or left out."""

    def __init__(self, workbook: "CalamineWorkbook", extents: dict[str, Extent]) -> None:
        self._workbook = workbook
        self._extents = extents
        self._builder = DocumentBuilder()
        self._left = MAX_CELLS
        self._notes: list[str] = []

    def document(self, title: str) -> Document:
        """Return the Document of all sheets."""
        for number, name in enumerate(self._workbook.sheet_names, start=1):
            self._builder.open_page(number)
            extent = self._extents.get(name, Extent())
            if extent.cells > MAX_ROOM:
                self._notes.append(f'sheet "{name}" left out: its cells lie too far apart')
            elif self._left <= 0 or self._builder.full:
                self._notes.append(f'sheet "{name}" left out: the workbook is too large')
            else:
                self._sheet(name, extent)
        unstored = sum(extent.unstored for extent in self._extents.values())
        notes = (*self._notes, *counted(unstored, "formula", "without a stored result"))
        return self._builder.build(title, notes)

    def _sheet(self, name: str, extent: Extent) -> None:
        sheet = self._opened(name)
        if sheet is None or not sheet.width or sheet.start is None:
            return
        limit = max(1, self._left // sheet.width)
        rows = list(_texts(sheet, limit, extent.percents))
        self._left -= len(rows) * sheet.width
        if len(rows) < sheet.height:
            self._notes.append(f'only the first {len(rows):,} rows of sheet "{name}" were read')
        if any(map(any, rows)):
            _fill_merged(rows, sheet)
            self._builder.heading(1, " ".join(name.split()))
            write_rows(rows, self._builder, sheet.start[1])

    def _opened(self, name: str) -> "CalamineSheet | None":
        """Return a sheet; one that cannot be read is noted, the others go on."""
        from python_calamine import CalamineError

        try:
            return self._workbook.get_sheet_by_name(name)
        except CalamineError:
            self._notes.append(f'sheet "{name}" could not be read')
            return None


def _texts(
    sheet: "CalamineSheet", limit: int, percents: set[tuple[int, int]]
) -> Iterator[list[str]]:
    """Yield the texts of at most so many rows, from the first that holds anything."""
    top, left = sheet.start or (0, 0)
    length = 0
    for row, values in enumerate(sheet.to_python(skip_empty_area=True, nrows=limit), start=top):
        texts = [
            shown(value, (row, column) in percents) for column, value in enumerate(values, left)
        ]
        yield texts
        length += sum(map(len, texts))
        if length > MAX_CHARACTERS:
            return


def _fill_merged(rows: Sequence[list[str]], sheet: "CalamineSheet") -> None:
    """Give the text of merged cells to each of them."""
    top, left = sheet.start or (0, 0)
    filled = 0
    for (first, begin), (last, end) in sheet.merged_cell_ranges or ():
        first, last, begin, end = first - top, last - top, begin - left, end - left
        if first < 0 or begin < 0 or first >= len(rows) or begin >= len(rows[first]):
            continue
        text = rows[first][begin]
        for row in rows[first : last + 1]:
            width = len(row[begin : end + 1])
            row[begin : end + 1] = [text] * width
            filled += width
        if filled > MAX_CELLS:
            return
