"""What a workbook's parts say before it is read: how far its cells reach, which are percentages.

One cell in the last corner of a sheet makes a reader reserve room for 17 thousand million cells.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.errors import DocumentError
from ingest.loaders.office_xml import (
    attribute,
    child,
    children,
    main_part,
    related,
    relation_id,
    relations,
    whole_number,
)
from ingest.loaders.zip_package import ZipPackage

_CELL = re.compile(
    rb'<(?:\w{1,20}:)?c\s(?=[^>]*?\br="([A-Z]{1,3})(\d{1,7})")(?:(?=[^>]*?\bs="(\d{1,6})")|)'
    rb"[^>]*(?<!/)>(?!</)"
)
_UNSTORED = re.compile(
    rb"(?:</(?:\w{1,20}:)?f>|<(?:\w{1,20}:)?f\b[^>]*/>)(?:<v></v>|<v ?/>)?</(?:\w{1,20}:)?c>"
)
_PERCENT_FORMATS = {9, 10}  # the built-in ones
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_ROW_RECORD = 0
_CELL_RECORDS = range(1, 12)


@dataclass(slots=True)
class Extent:
    """The cells of a sheet that hold something.

    ``percents`` are the places, row and column from 0, of numbers shown in hundredths; ``unstored``
    counts formulas whose result the file does not hold.
    """

    first: tuple[int, int] = (1 << 30, 1 << 30)
    last: tuple[int, int] = (-1, -1)
    percents: set[tuple[int, int]] = field(default_factory=set)
    unstored: int = 0

    @property
    def cells(self) -> int:
        """How many cells lie between the first and the last row and column."""
        rows, columns = (self.last[i] - self.first[i] + 1 for i in (0, 1))
        return max(rows, 0) * max(columns, 0)

    def add(self, row: int, column: int) -> None:
        """Take in one more cell."""
        self.first = (min(self.first[0], row), min(self.first[1], column))
        self.last = (max(self.last[0], row), max(self.last[1], column))


def sheet_extents(package: ZipPackage) -> dict[str, Extent]:
    """Return the extents of the sheets of an XLSX or XLSB package, by name; XLSB has one for all.

    Reading each part here counts its bytes, so that a bomb ends in DocumentError.
    """
    main = main_part(package, "xl/workbook.xml")
    links = relations(package, main)
    strings = related(links, "sharedStrings")
    if strings and strings in package:
        package.read(strings)
    if main.endswith(".bin"):
        parts = [link.target for link in links.values() if link.kind == "worksheet"]
        return {"": _binary_extent(package, parts)}
    percents = _percent_styles(package, related(links, "styles"))
    found = {}
    for sheet in children(child(package.xml(main), "sheets"), "sheet"):
        link = links.get(relation_id(sheet) or "")
        if link is not None and link.kind == "worksheet" and link.target in package:
            name = attribute(sheet, "name") or ""
            found[name] = _extent(package.read(link.target), percents)
    return found


def column_index(letters: str) -> int:
    """Return 0 for column A and 26 for AA."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _extent(sheet: bytes, percent_styles: set[int]) -> Extent:
    extent = Extent(unstored=sum(1 for _ in _UNSTORED.finditer(sheet)))
    columns: dict[bytes, int] = {}
    for match in _CELL.finditer(sheet):
        letters, digits, style = match.groups()
        column = columns.get(letters)
        if column is None:
            column = columns[letters] = column_index(letters.decode("ascii"))
        row = int(digits) - 1
        extent.add(row, column)
        if style is not None and int(style) in percent_styles:
            extent.percents.add((row, column))
    return extent


def _percent_styles(package: ZipPackage, part: str | None) -> set[int]:
    """Return the styles of cells that show numbers in hundredths."""
    if part is None or part not in package:
        return set()
    try:
        root = package.xml(part)
    except DocumentError:
        return set()
    formats = set(_PERCENT_FORMATS)
    for custom in children(child(root, "numFmts"), "numFmt"):
        if "%" in _QUOTED.sub("", attribute(custom, "formatCode") or ""):
            formats.add(whole_number(attribute(custom, "numFmtId"), -1))
    styles = children(child(root, "cellXfs"), "xf")
    named = (whole_number(attribute(style, "numFmtId")) for style in styles)
    return {index for index, number in enumerate(named) if number in formats}


def _binary_extent(package: ZipPackage, parts: list[str]) -> Extent:
    """Return the widest extent among the sheets of an XLSB package."""
    widest = Extent()
    for part in parts:
        extent, row = Extent(), 0
        for kind, place, data in _records(package.read(part)):
            if kind == _ROW_RECORD:
                row = int.from_bytes(data[place : place + 4], "little")
            elif kind in _CELL_RECORDS and kind != 1:
                extent.add(row, int.from_bytes(data[place : place + 4], "little"))
        widest = max(widest, extent, key=lambda e: e.cells)
    return widest


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield kind, place and the data themselves for each record of a binary part."""
    place = 0
    while place < len(data):
        kind = data[place]
        place += 1
        if kind & 0x80 and place < len(data):
            kind = (kind & 0x7F) | data[place] << 7
            place += 1
        size = 0
        for shift in range(0, 28, 7):
            byte = data[place] if place < len(data) else 0
            place += 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        yield kind, place, data
        place += size
