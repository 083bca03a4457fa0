"""PDF: text with pages, headings and paragraphs, by pypdfium2, and by pypdf where that fails."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest.errors import DocumentError
from ingest.loaders import pdf_headings
from ingest.loaders.pdf_forms import filled_fields
from ingest.loaders.pdf_layout import (
    Page,
    Vocabulary,
    is_contents,
    leading,
    without_running_lines,
)
from ingest.loaders.pdf_lines import MAX_PAGES, Line, PdfLines
from ingest.loaders.pdf_pdfium import read_with_pdfium
from ingest.loaders.pdf_pypdf import read_with_pypdf
from ingest.loaders.pdf_writer import PdfWriter
from ingest.types import Document

_LITTLE = 20  # characters; below it the other parser is asked
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_ACCENTS = {"¨": "\u0308", "´": "\u0301", "ˆ": "\u0302"}
_LEADERS = re.compile(r"(?:\s?\.){5,}")
_GLYPH_NAME = re.compile(r"/[gG]\d{1,4}\b|\(cid:\d+\)")
_PRIVATE = re.compile(r"[\x00-\x01\x03-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
_ACCENT = re.compile(r"([¨´ˆ])([A-Za-zı])")
_NO_TITLE = re.compile(
    r"\W*(?:untitled|microsoft word|microsoft powerpoint|powerpoint|document\d*$|slide 1$)"
    r"|.*\.(?:docx?|pptx?|xlsx?|tex|dvi|indd|pdf|qxd|odt|rtf|html?)$",
    re.I,
)


def load(path: Path) -> Document:
    """Read a PDF.

    The title is that of its metadata, else its first heading. Headings come from the outline, else
    from the type. Raises DocumentError where it needs a password, is damaged or holds no text.
    """
    data = path.read_bytes()
    book = _read(data)
    if book.form:
        book = _with_fields(book, filled_fields(data, len(book.pages)))
    pages = [_readable(page) for page in book.pages]
    notes = _notes(book, pages)
    if not any(pages):
        reason = "no readable text (its fonts name no letters): needs OCR"
        raise DocumentError(reason if book.characters else "no text layer (a scan?): needs OCR")
    cleared = without_running_lines(pages)
    pages = cleared if any(cleared) else pages
    contents = [number for number, page in enumerate(pages) if is_contents(page)]
    if len(contents) < len(pages):
        pages = [() if is_contents(page) else page for page in pages]
        notes += tuple(filter(None, [_named(contents, "table of contents, left out")]))
    if book.bookmarks:
        marks = pdf_headings.from_outline(pages, book.bookmarks)
    else:
        marks = pdf_headings.from_type(pages)
    writer = PdfWriter(Vocabulary(pages), leading(pages))
    for number, (page, headings) in enumerate(zip(pages, marks, strict=True), start=1):
        writer.write(number, page, headings)
    return writer.build(_named_title(book.title) or pdf_headings.front_title(pages), notes)


def _read(data: bytes) -> PdfLines:
    """Read with pypdfium2; ask pypdf where that opens nothing or finds next to no text."""
    try:
        book = read_with_pdfium(data)
    except ValueError:
        return read_with_pypdf(data)
    if book.characters >= _LITTLE:
        return book
    try:
        other = read_with_pypdf(data)
    except DocumentError:
        return book
    return other if other.characters > book.characters else book


def _with_fields(book: PdfLines, fields: dict[int, list[str]]) -> PdfLines:
    """Return the book with what was filled into its form below the lines of each page."""
    pages = list(book.pages)
    for number, texts in fields.items():
        lowest = max((line.base for line in pages[number]), default=0.0)
        pages[number] += tuple(
            Line(text, 0.0, 1.0, lowest + 100.0 * place, lowest + 100.0 * place, 10.0, row=True)
            for place, text in enumerate(texts, start=1)
        )
    return replace(book, pages=tuple(pages))


def _named_title(title: str) -> str:
    """Return the title that the metadata give, unless a program filled it in by itself."""
    return "" if _NO_TITLE.match(title) else title.strip()


def _readable(lines: Page) -> Page:
    """Return a page's lines in ordinary characters; none where the page is garbled."""
    if _is_garbled(" ".join(line.text for line in lines)):
        return ()
    cleaned = (replace(line, text=_cleaned(line.text)) for line in lines)
    return tuple(line for line in cleaned if line.text)


def _cleaned(text: str) -> str:
    """Return a line without ligatures, loose accents, dot leaders and stray characters."""
    text = _LEADERS.sub(" …", _PRIVATE.sub(" ", text.translate(_LIGATURES)))
    return _ACCENT.sub(_accented, text).strip()


def _accented(match: re.Match[str]) -> str:
    """Return the letter that TeX set as an accent and a letter, such as ``´e``."""
    accent, letter = match.groups()
    return unicodedata.normalize("NFC", ("i" if letter == "ı" else letter) + _ACCENTS[accent])


def _is_garbled(text: str) -> bool:
    """Tell whether the characters of a page are not those that are seen on it."""
    odd = sum(map(len, _GLYPH_NAME.findall(text))) + len(_PRIVATE.findall(text))
    words = [word for word in text.split() if word.isalpha() and word.isascii()]
    single = sum(len(word) == 1 for word in words)
    return odd > 0.1 * len(text) or (len(words) > 50 and single > 0.5 * len(words))


def _notes(book: PdfLines, pages: list[Page]) -> tuple[str, ...]:
    """Say which pages were lost, and why."""
    blank = {*book.blank, *book.lost}
    silent = [n for n, page in enumerate(book.pages) if not page and n not in blank]
    garbled = [n for n, page in enumerate(pages) if not page and book.pages[n]]
    notes = [
        _named(book.lost, "could not be read"),
        _named(silent, "no text"),
        _named(garbled, "garbled text"),
    ]
    if book.total > MAX_PAGES:
        notes.append(f"only the first {MAX_PAGES:,} of {book.total:,} pages were read")
    return tuple(filter(None, notes))


def _named(numbers: Sequence[int], what: str) -> str:
    """Return "page 7: no text" or "pages 3, 7-12: no text"; nothing for no page."""
    if not numbers:
        return ""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number:
            runs[-1][1] = number + 1
        else:
            runs.append([number + 1, number + 1])
    named = ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)
    return f"page{'s' if len(numbers) > 1 else ''} {named}: {what}"
