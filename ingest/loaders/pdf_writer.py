"""Writing the pages of a PDF into one text, with the offsets of pages, headings and code."""

import re

from ingest.loaders.pdf_headings import Marks
from ingest.loaders.pdf_layout import (
    BREAKERS,
    JOIN,
    LINE,
    PARAGRAPH,
    PageLayout,
    Vocabulary,
    over_pages,
)
from ingest.loaders.pdf_layout import Page as Lines
from ingest.loaders.pdf_lines import Line
from ingest.types import Document, Heading, Page, Span

_HALF = re.compile(rf"([^\W\d_]+)[-{BREAKERS}]$")
_REST = re.compile(r"[^\W\d_]+")
_LEFT_OVER = dict.fromkeys(map(ord, BREAKERS), "-")


class PdfWriter:
    """Joins lines to paragraphs, page after page."""

    def __init__(self, vocabulary: Vocabulary, usual_leading: float) -> None:
        self._vocabulary = vocabulary
        self._usual_leading = usual_leading
        self._parts: list[str] = []
        self._length = 0
        self._before: Line | None = None
        self._code_left = 0.0
        self._pages: list[Page] = []
        self._headings: list[Heading] = []
        self._solid: list[Span] = []

    def write(self, number: int, lines: Lines, marks: Marks) -> None:
        """Write the lines of a page; ``marks`` are the headings among them."""
        layout = PageLayout(lines, self._usual_leading)
        starts: list[int] = []
        heading_ends = 0
        for index, line in enumerate(lines):
            if index in marks or (index and index == heading_ends):
                gap = PARAGRAPH
            elif index < heading_ends:
                gap = JOIN
            else:
                gap = layout.gap(index) if index else self._page_gap(line)
            starts.append(self._append(gap, line))
            for mark in marks.get(index, ()):
                self._headings.append(Heading(mark.level, mark.title, starts[-1]))
                heading_ends = max(heading_ends, index + mark.lines)
        self._pages.append(Page(number, starts[0] if starts else self._length, self._length))

    def build(self, title: str, notes: tuple[str, ...]) -> Document:
        """Return the Document of all pages written."""
        return Document(
            title=title or (self._headings[0].title if self._headings else ""),
            text="".join(self._parts).translate(_LEFT_OVER),
            pages=tuple(self._pages),
            headings=tuple(self._headings),
            solid=tuple(self._solid),
            notes=notes,
        )

    def _page_gap(self, line: Line) -> str:
        """Return what stands between the last line of earlier pages and the first of this one."""
        return over_pages(self._before, line) if self._before is not None else PARAGRAPH

    def _append(self, gap: str, line: Line) -> int:
        """Write a line after ``gap`` and return where it starts."""
        text = self._vocabulary.mended(line.text)
        if gap == JOIN and self._parts:
            gap = self._joint(text)
        if line.monospaced:
            text = self._indented(gap, line, text)
        if self._parts:
            self._parts.append(gap)
            self._length += len(gap)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        self._before = line
        if line.monospaced or line.row:
            self._keep_whole(gap, start)
        return start

    def _joint(self, text: str) -> str:
        """Return what joins ``text`` to the line before; a word broken there is made whole."""
        half, rest = _HALF.search(self._parts[-1]), _REST.match(text)
        if half is None or rest is None or not rest[0][0].islower():
            return JOIN
        if not self._vocabulary.keeps_hyphen(half[1], rest[0]):
            self._parts[-1] = self._parts[-1][:-1]
            self._length -= 1
            if self._pages and self._pages[-1].end > self._length:
                last = self._pages[-1]
                self._pages[-1] = Page(last.number, last.start, self._length)
        return ""

    def _indented(self, gap: str, line: Line, text: str) -> str:
        """Return a line of code as far to the right of the first line as the page shows it."""
        if gap != LINE:
            self._code_left = line.left
            return text
        width = (line.right - line.left) / len(line.text) or 1.0
        return " " * min(40, max(0, round((line.left - self._code_left) / width))) + text

    def _keep_whole(self, gap: str, start: int) -> None:
        """Add what was written last to the table or code that is open, or open a new one."""
        if gap == LINE and self._solid and self._solid[-1].end == start - len(gap):
            start = self._solid.pop().start
        self._solid.append(Span(start, self._length))
