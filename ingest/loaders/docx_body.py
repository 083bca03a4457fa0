"""Writing the paragraphs, lists, tables and text boxes of a DOCX file in reading order."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import decode
from ingest.loaders.docx_numbering import Numbering
from ingest.loaders.docx_package import DocxPackage
from ingest.loaders.docx_styles import NumberedBy, Styles, numbered_by, outline_level
from ingest.loaders.docx_text import REMOVED, ParagraphReader
from ingest.loaders.html import write_fragment
from ingest.loaders.office_drawing import text_boxes, write_drawing
from ingest.loaders.office_flow import TextFlow
from ingest.loaders.office_list import BULLET
from ingest.loaders.office_table import Cell, arranges_page, cell_text, write_table
from ingest.loaders.office_xml import (
    attribute,
    child,
    counted,
    descendants,
    in_lines,
    joined,
    local,
    relation_id,
    shown_alternative,
    whole_number,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_LONGEST_HEADING = 300
_BODY = 9
_UNSEEN = REMOVED | {"sectPr", "tblPr", "tblGrid", "tcPr", "trPr", "sdtPr", "sdtEndPr", "pPr"}


class DocxWriter:
    """Writes the elements of a document into a DocumentBuilder."""

    def __init__(
        self, builder: DocumentBuilder, parts: DocxPackage, styles: Styles, numbering: Numbering
    ) -> None:
        self.title = ""
        self._page = TextFlow(builder)
        self._target = self._page
        self._parts = parts
        self._styles = styles
        self._numbering = numbering
        self._reader = ParagraphReader()
        self._called: dict[str, list[str]] = {"footnote": [], "endnote": []}
        self._counts = {"footnote": 0, "endnote": 0}
        self.images = 0
        self._contents = 0
        self._embedded = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in a user's words."""
        contents = ("table of contents, left out",) if self._contents else ()
        images = counted(self.images, "image", "without text")
        return contents + images + counted(self._embedded, "embedded document", "left out")

    def write_body(self, body: "_Element | None") -> None:
        """Write the main text, with footnotes where they are called and endnotes at the end."""
        if body is not None:
            self._write(body)
        self._target.close()
        self._write_notes("endnote")

    def write_margins(self) -> None:
        """Write headers and footers."""
        for root in self._parts.roots_of("header") + self._parts.roots_of("footer"):
            self._write(root)
            self._target.close()

    def _write(self, container: "_Element") -> None:
        for element in container:
            kind = local(element)
            if kind == "p":
                self._paragraph(element)
            elif kind == "tbl":
                self._table(element)
            elif kind == "altChunk":
                self._chunk(element)
            elif kind == "AlternateContent":
                shown = shown_alternative(element)
                if shown is not None:
                    self._write(shown)
            elif kind == "sdt" and _is_contents(element):
                self._contents += 1
            elif kind not in _UNSEEN:
                self._write(element)

    def _paragraph(self, paragraph: "_Element") -> None:
        properties = child(paragraph, "pPr")
        style = attribute(child(properties, "pStyle"), "val") or ""
        words = self._reader.read(paragraph)
        if self._styles.is_contents(style):
            self._contents += 1
            return
        if self._styles.is_code(style):
            self._target.code(words.text)
        else:
            self._target.end_code()
            self._set(in_lines(words.text), properties, style)
        for drawn in words.drawn:
            self._drawn(drawn)
        for kind, note_id in words.notes:
            self._called[kind].append(note_id)
        self._write_footnotes()

    def _set(self, text: str, properties: "_Element | None", style: str) -> None:
        """Write a paragraph as the heading, the item of a list or the prose that it is."""
        level = self._heading_level(properties, style)
        depth, marker = self._number(properties, style)
        if not text:
            return
        if level is not None and len(text) <= _LONGEST_HEADING:
            title = joined(text)
            if self._styles.is_title(style) and not self.title:
                self.title = title
            numbered = "" if marker == BULLET else marker
            self._target.lists.end()
            self._target.builder.heading(level, numbered + title)
        elif marker:
            self._target.lists.item(depth, marker, text)
        else:
            self._target.lists.end()
            self._target.builder.paragraph(text)

    def _heading_level(self, properties: "_Element | None", style: str) -> int | None:
        own = outline_level(properties)
        if own is None:
            return self._styles.level(style)
        return own + 1 if 0 <= own < _BODY else None

    def _number(self, properties: "_Element | None", style: str) -> tuple[int, str]:
        """Return the level in its list and the marker of a paragraph; no marker outside of one."""
        of_style = self._styles.numbered(style)
        own = numbered_by(properties) or of_style
        if own is None:
            return 0, ""
        inherited = of_style or NumberedBy(None, None)
        list_id = own.list_id or inherited.list_id
        if not list_id or list_id == "0":
            return 0, ""
        level = own.level if own.level is not None else inherited.level
        if level is None:
            level = self._numbering.level_of_style(list_id, style)
        return level, self._numbering.marker(list_id, level)

    def _inner(self, container: "_Element") -> str:
        """Return what a cell or a note holds, on one line."""
        outside, self._target = self._target, TextFlow(DocumentBuilder())
        self._write(container)
        self._target.close()
        text = cell_text(self._target.builder)
        self._target = outside
        return text

    def _table(self, table: "_Element") -> None:
        self._target.close()
        rows = [list(_wrapped(row, "tc")) for row in _wrapped(table, "tr")]
        lengths = [_length(cell) for row in rows for cell in row]
        if arranges_page(lengths) or any(True for _ in descendants(table, "tbl")):
            for cell in (cell for row in rows for cell in row):
                self._write(cell)
                self._target.close()
            return
        write_table([[self._cell(cell) for cell in row] for row in rows], self._target.builder)
        self._write_footnotes()

    def _cell(self, cell: "_Element") -> Cell:
        properties = child(cell, "tcPr")
        merged = child(properties, "vMerge")
        return Cell(
            text=self._inner(cell),
            columns=whole_number(attribute(child(properties, "gridSpan"), "val"), 1),
            continues=merged is not None and attribute(merged, "val") != "restart",
        )

    def _drawn(self, drawn: "_Element") -> None:
        """Write text boxes, charts and diagrams; count pictures."""
        boxes = list(text_boxes(drawn))
        for box in boxes:
            self._target.close()
            self._write(box)
            self._target.close()
        if not boxes:
            self.images += write_drawing(drawn, self._parts.linked_root, self._target.builder)

    def _chunk(self, element: "_Element") -> None:
        """Write a piece of HTML that is embedded whole."""
        self._target.close()
        data = self._parts.linked_bytes(relation_id(element))
        if data.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
            write_fragment(decode(data)[0], self._target.builder)
        else:
            self._embedded += 1

    def _write_footnotes(self) -> None:
        """Write the footnotes that were called, once the table they are called in has ended."""
        if self._target is self._page:
            self._write_notes("footnote")

    def _write_notes(self, kind: str) -> None:
        """Write notes, each as a paragraph that says it is one."""
        called, self._called[kind] = self._called[kind], []
        for note_id in called:
            note = self._parts.note(kind, note_id)
            text = self._inner(note) if note is not None else ""
            if text:
                self._counts[kind] += 1
                self._page.builder.paragraph(f"{kind.capitalize()} {self._counts[kind]}: {text}")


def _wrapped(container: "_Element", name: str) -> "Iterator[_Element]":
    """Yield the rows of a table or the cells of a row, also those that something wraps."""
    for element in container:
        kind = local(element)
        if kind == name:
            if child(element, "trPr", "del") is None:
                yield element
        elif kind not in _UNSEEN:
            yield from _wrapped(element, name)


def _length(cell: "_Element") -> int:
    return sum(len(text.text or "") for text in descendants(cell, "t"))


def _is_contents(block: "_Element") -> bool:
    """Tell whether a content control holds a table of contents."""
    gallery = child(block, "sdtPr", "docPartObj", "docPartGallery")
    return attribute(gallery, "val") == "Table of Contents"
