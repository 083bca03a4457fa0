"""Putting the text of an RTF file together: paragraphs, lists, tables and notes."""

from dataclasses import dataclass, field

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.office_list import BULLET, ListWriter
from ingest.loaders.office_table import Cell, write_table
from ingest.loaders.office_xml import counted, in_lines, joined
from ingest.loaders.rtf_header import RtfStyle

_LONGEST_HEADING = 300
_BULLETS = "·•*-–—o§▪■●◦\uf0b7\uf0a7"
_PLAIN = RtfStyle(None, is_title=False, is_contents=False)


@dataclass(slots=True)
class ParagraphFormat:
    """What is set for the paragraph that is being read."""

    style: int = 0
    outline: int | None = None
    level: int = 0
    in_table: bool = False


@dataclass(slots=True)
class _Aside:
    """A note or a text box: a text of its own within a paragraph."""

    kind: str
    parts: list[str] = field(default_factory=list)


class RtfWriter:
    """Collects text, and writes each paragraph into a DocumentBuilder when it ends."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self.title = ""
        self.title_given = ""
        self.styles: dict[int, RtfStyle] = {}
        self.format = ParagraphFormat()
        self.images = 0
        self.comments = 0
        self._builder = builder
        self._lists = ListWriter(builder)
        self._parts: list[str] = []
        self._marker: list[str] = []
        self._cell: list[str] = []
        self._row: list[str] = []
        self._rows: list[list[Cell]] = []
        self._covered: list[bool] = []
        self._open_asides: list[_Aside] = []
        self._asides: list[_Aside] = []
        self._footnotes = 0
        self._contents = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in a user's words."""
        contents = ("table of contents, left out",) if self._contents else ()
        images = counted(self.images, "image", "without text")
        return contents + images + counted(self.comments, "comment", "left out")

    def text(self, text: str) -> None:
        """Add text to the paragraph, the note or the box that is open."""
        (self._open_asides[-1].parts if self._open_asides else self._parts).append(text)

    def marker(self, text: str) -> None:
        """Add to what stands before the words of an item of a list."""
        self._marker.append(text)

    def open_aside(self, kind: str) -> None:
        """Begin a note or a text box."""
        self._open_asides.append(_Aside(kind))

    def close_aside(self) -> None:
        """End a note or a text box; it is written after the paragraph it stands in."""
        if self._open_asides:
            self._asides.append(self._open_asides.pop())

    def end_paragraph(self) -> None:
        """End a paragraph, of the page, of a cell or of an aside."""
        if self._open_asides:
            self._open_asides[-1].parts.append("\n\n")
            return
        text = in_lines(_paired("".join(self._parts)))
        marker = joined("".join(self._marker))
        self._parts.clear()
        self._marker.clear()
        if self.format.in_table or self._row:
            self._cell.append(f"{marker} {text}" if marker else text)
            return
        self._end_table()
        self._paragraph(text, marker)
        self._write_asides()

    def define_row(self) -> None:
        """Begin the definition of a row."""
        self._covered.clear()

    def define_cell(self, covered: bool) -> None:
        """Define one more cell; a covered one goes on with that above it."""
        self._covered.append(covered)

    def end_cell(self) -> None:
        """End a cell of a table."""
        if self._open_asides:
            self._open_asides[-1].parts.append(" ")
            return
        self._row.append("")  # from here on, paragraphs belong to the row
        self.end_paragraph()
        self._row[-1] = " — ".join(filter(None, map(joined, self._cell)))
        self._cell.clear()

    def end_row(self) -> None:
        """End a row of a table."""
        covered = self._covered + [False] * len(self._row)
        if self._row:
            row = [Cell(text, continues=c) for text, c in zip(self._row, covered, strict=False)]
            self._rows.append(row)
        self._row.clear()

    def end(self) -> None:
        """End the document."""
        while self._open_asides:
            self.close_aside()
        if self._row:
            self.end_row()
        self.format = ParagraphFormat()
        self.end_paragraph()
        self._lists.end()

    def _paragraph(self, text: str, marker: str) -> None:
        """Write a paragraph as the heading, the item of a list or the prose that it is."""
        style = self.styles.get(self.format.style, _PLAIN)
        outline = self.format.outline
        level = outline + 1 if outline is not None and 0 <= outline < 9 else style.level
        if not text:
            return
        if style.is_contents:
            self._contents = True
        elif level is not None and len(text) <= _LONGEST_HEADING:
            if style.is_title and not self.title:
                self.title = joined(text)
            self._lists.end()
            number = f"{marker} " if marker.strip(_BULLETS) else ""
            self._builder.heading(level, number + joined(text))
        elif marker:
            item = f"{marker} " if marker.strip(_BULLETS) else BULLET
            self._lists.item(self.format.level, item, text)
        else:
            self._lists.end()
            self._builder.paragraph(text)

    def _end_table(self) -> None:
        rows = [*self._rows]
        self._rows.clear()
        self._cell.clear()
        if not rows:
            return
        self._lists.end()
        if sum(map(len, rows)) == 1:
            self._builder.paragraph(rows[0][0].text)
        else:
            write_table(rows, self._builder)
        self._write_asides()

    def _write_asides(self) -> None:
        asides, self._asides = self._asides, []
        for aside in asides:
            paragraphs = [in_lines(part) for part in _paired("".join(aside.parts)).split("\n\n")]
            if aside.kind == "footnote":
                self._footnote(" — ".join(filter(None, map(joined, paragraphs))))
            else:
                self._lists.end()
                for paragraph in paragraphs:
                    self._builder.paragraph(paragraph)

    def _footnote(self, text: str) -> None:
        if text:
            self._footnotes += 1
            self._builder.paragraph(f"Footnote {self._footnotes}: {text}")


def _paired(text: str) -> str:
    """Return text whose characters beyond 16 bits, read in two halves each, are whole."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
