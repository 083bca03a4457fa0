"""Reading the lines of a PDF with pypdfium2: fast, with places, sizes and fonts."""

import ctypes
import math
import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders.pdf_lines import (
    MAX_PAGE_CHARACTERS,
    MAX_PAGES,
    PASSWORD,
    Bookmark,
    Line,
    PdfLines,
)

if TYPE_CHECKING:
    import pypdfium2

_MAX_BOOKMARKS = 50_000
_LINE = re.compile(r"[^\r\n]+")
_BLANK = re.compile(r" +")
_BOLD = re.compile(r"bold|black|heavy|cmbx|sfbx|demi", re.I)
_MONOSPACED = re.compile(r"mono|courier|consol|typewriter|cmtt|sftt|menlo|fixed", re.I)
_MARKER = re.compile(r"[\W\d_]+|[A-Za-z]\W|(?:chapter|section|part|appendix)\s\S+", re.I)
_FIXED_PITCH = 1
_STRETCHED = 0.6  # a character is about half as wide as its size; a row with wide gaps is wider
_COLUMN_GAP = 1.2  # sizes of type


def read_with_pdfium(data: bytes) -> PdfLines:
    """Read a PDF with pypdfium2.

    Raises DocumentError for a password, ValueError where PDFium cannot open the file.
    """
    import pypdfium2
    from pypdfium2 import raw

    try:
        book = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise DocumentError(PASSWORD) from error
        raise ValueError(str(error)) from error
    pages: list[tuple[Line, ...]] = []
    lost, blank = [], []
    for number in range(min(len(book), MAX_PAGES)):
        try:
            lines, marked = _pdfium_page(book, number)
        except pypdfium2.PdfiumError:
            lines, marked = (), True
            lost.append(number)
        pages.append(lines)
        if not marked:
            blank.append(number)
    return PdfLines(
        title=book.get_metadata_value("Title"),
        total=len(book),
        pages=tuple(pages),
        bookmarks=_bookmarks(book),
        lost=tuple(lost),
        blank=tuple(blank),
        form=book.get_formtype() != raw.FORMTYPE_NONE,
    )


def _pdfium_page(book: "pypdfium2.PdfDocument", number: int) -> tuple[tuple[Line, ...], bool]:
    """Return the lines of one page, and whether anything at all is on it."""
    from pypdfium2 import raw

    page = book[number]
    textpage = page.get_textpage()
    try:
        text = textpage.get_text_range()[:MAX_PAGE_CHARACTERS]
        turn = page.get_rotation()
        wide = not text.isascii() and max(text) > "\uffff"
        lines = []
        for match in _LINE.finditer(text):
            words = match[0].strip(" ")
            if words:
                first = match.start() + match[0].index(words)
                offset = len(text[:first].encode("utf-16-le")) // 2 if wide else first
                lines.append(_placed(textpage, words, offset, turn))
        return tuple(lines), bool(lines) or raw.FPDFPage_CountObjects(page) > 0
    finally:
        textpage.close()
        page.close()


def _placed(textpage: "pypdfium2.PdfTextPage", words: str, offset: int, turn: int) -> Line:
    """Return a line with its place and font, asked of its first, middle and last character."""
    from pypdfium2 import raw

    half = len(words) // 2
    half -= words[half] == " "
    first, middle, last = (
        raw.FPDFText_GetCharIndexFromTextIndex(textpage, offset + place)
        for place in (0, half, len(words) - 1)
    )
    left, top = _turned(*_origin(textpage, first), turn)
    end, base = _turned(*_origin(textpage, last), turn)
    size = _font_size(textpage, middle)
    fonts = [_font(textpage, index) for index in (first, middle, last)]
    monospaced = all(flags & _FIXED_PITCH or _MONOSPACED.search(name) for name, flags in fonts)
    stretched = end - left > _STRETCHED * size * len(words)
    text = _celled(textpage, words, offset, size) if stretched and not monospaced else words
    return Line(
        text=text,
        left=left,
        right=end + size / 2,
        top=top,
        base=base,
        size=size,
        bold=all(_BOLD.search(name) for name, _ in fonts),
        monospaced=monospaced,
        row=text != words,
    )


def _celled(textpage: "pypdfium2.PdfTextPage", words: str, offset: int, size: float) -> str:
    """Return a line with " | " where a gap is as wide as between the columns of a table."""
    from pypdfium2 import raw

    cells = [0]
    for match in _BLANK.finditer(words):
        before, after = (
            raw.FPDFText_GetCharIndexFromTextIndex(textpage, offset + place)
            for place in (match.start() - 1, match.end())
        )
        gap = _origin(textpage, after)[0] - _right_edge(textpage, before)
        if gap > _COLUMN_GAP * size:
            cells.append(match.end())
    texts = [words[start:end].strip() for start, end in pairwise([*cells, len(words)])]
    return words if len(texts) == 2 and _MARKER.fullmatch(texts[0]) else " | ".join(texts)


def _right_edge(textpage: "pypdfium2.PdfTextPage", index: int) -> float:
    """Return where a character ends."""
    from pypdfium2 import raw

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
    return right.value


def _origin(textpage: "pypdfium2.PdfTextPage", index: int) -> tuple[float, float]:
    """Return where a character stands on its baseline, from the lower left corner."""
    from pypdfium2 import raw

    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    return x.value, y.value


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    """Return distances from the left and downwards as seen on a page shown turned by ``turn``."""
    if turn == 90:
        return y, x
    if turn == 180:
        return -x, y
    if turn == 270:
        return -y, -x
    return x, -y


def _font_size(textpage: "pypdfium2.PdfTextPage", index: int) -> float:
    """Return the size a character has on the page, whatever its matrix scales."""
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    size: float = raw.FPDFText_GetFontSize(textpage, index)
    if raw.FPDFText_GetMatrix(textpage, index, matrix):
        size *= math.hypot(matrix.c, matrix.d) or 1.0
    return size


def _font(textpage: "pypdfium2.PdfTextPage", index: int) -> tuple[str, int]:
    """Return the name and the flags of a character's font."""
    from pypdfium2 import raw

    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage, index, name, 128, flags)
    return name.value.decode("utf-8", "replace"), flags.value


def _bookmarks(book: "pypdfium2.PdfDocument") -> tuple[Bookmark, ...]:
    """Return the outline's entries that point to a page."""
    found = []
    for mark in islice(book.get_toc(), _MAX_BOOKMARKS):
        target = mark.get_dest()
        page = target.get_index() if target is not None else None
        title = " ".join(mark.get_title().split())
        if page is not None and title:
            found.append(Bookmark(mark.level + 1, title, page, _height(target)))
    return tuple(found)


def _height(target: "pypdfium2.PdfDest") -> float | None:
    """Return how far down its page a destination lies, where it names a height."""
    from pypdfium2 import raw

    mode, place = target.get_view()
    if mode == raw.PDFDEST_VIEW_XYZ and len(place) > 1 and place[1]:
        return -float(place[1])
    return None
