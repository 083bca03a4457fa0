"""Writing a Document from top to bottom, with the offsets of its headings, tables and code."""

from ingest.types import Document, Heading, Page, Span

MAX_CHARACTERS = 20_000_000
PARAGRAPH = "\n\n"
LINE = "\n"


class DocumentBuilder:
    """Collects paragraphs, list items, tables and code, and says where each of them lies."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._solid: list[Span] = []
        self._opened: list[tuple[int, int]] = []
        self._gap = PARAGRAPH
        self._depth = 0
        self._marker = ""

    @property
    def text(self) -> str:
        """All that was written so far."""
        return "".join(self._parts)

    @property
    def full(self) -> bool:
        """Whether more was written than a document may keep."""
        return self._length > MAX_CHARACTERS

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings written so far, in order."""
        return tuple(self._headings)

    def open_page(self, number: int) -> None:
        """Begin a page, slide or sheet, outside of lists; the one before ends here."""
        self._gap = PARAGRAPH
        self._opened.append((number, self._length))

    def paragraph(self, text: str) -> None:
        """Write a paragraph, or the next part of the list item that is open."""
        if not text:
            return
        indent = "  " * (self._depth - 1) if self._depth else ""
        lead = self._marker or ("  " if self._depth else "")
        self._marker = ""
        self._append(indent + lead + text)
        self._gap = LINE if self._depth else PARAGRAPH

    def heading(self, level: int, title: str) -> None:
        """Write a heading on a line of its own."""
        if not title:
            return
        self._gap = PARAGRAPH
        start = self._append(title)
        self._headings.append(Heading(level, title, start))

    def solid(self, text: str) -> None:
        """Write a table or code as it stands; its lines should stay whole."""
        if not text.strip():
            return
        self._gap = PARAGRAPH
        if self._marker:
            text, self._marker = self._marker + text, ""
        start = self._append(text)
        self._solid.append(Span(start, start + len(text)))

    def tie(self) -> None:
        """Set what comes next directly below what came last, without a blank line."""
        self._gap = LINE

    def part(self) -> None:
        """Set what comes next apart from what came last, unless a list is open."""
        self._gap = LINE if self._depth else PARAGRAPH

    def open_list(self) -> None:
        """Begin a list, or a list inside an item of one."""
        if not self._depth:
            self._gap = PARAGRAPH
        self._depth += 1

    def open_item(self, marker: str) -> None:
        """Begin an item; ``marker`` ("- ", "2. ") stands before its first words."""
        self._marker = marker

    def close_list(self) -> None:
        """End the innermost list."""
        self._depth -= 1
        self._marker = ""
        self.part()

    def build(self, title: str, notes: tuple[str, ...] = ()) -> Document:
        """Return what was written as a Document."""
        return Document(
            title=title,
            text=self.text,
            pages=self._pages(),
            headings=self.headings,
            solid=tuple(self._solid),
            notes=notes,
        )

    def _pages(self) -> tuple[Page, ...]:
        """Return the pages; the gap before a page belongs to none."""
        ends = [*(length for _, length in self._opened), self._length][1:]
        return tuple(
            Page(number, begin + len(PARAGRAPH) if 0 < begin < end else begin, end)
            for (number, begin), end in zip(self._opened, ends, strict=True)
        )

    def _append(self, text: str) -> int:
        """Add ``text`` after the gap that is due; return where it starts."""
        if self._parts:
            self._parts.append(self._gap)
            self._length += len(self._gap)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        self._gap = PARAGRAPH
        return start
