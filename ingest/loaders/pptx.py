"""Presentations (PPTX and its relatives): a page a slide, its title first, notes marked as such."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.office_drawing import write_drawing
from ingest.loaders.office_list import ListWriter
from ingest.loaders.office_slide import (
    SPEAKER_NOTES,
    Shape,
    in_reading_order,
    looks_like_title,
)
from ingest.loaders.office_table import Cell, write_table
from ingest.loaders.office_xml import (
    attribute,
    child,
    children,
    core_title,
    counted,
    descendants,
    joined,
    local,
    shown_alternative,
    whole_number,
)
from ingest.loaders.pptx_package import PptxPackage, Slide, placeholder
from ingest.loaders.pptx_text import SlideParagraph, paragraphs
from ingest.loaders.zip_package import open_package
from ingest.types import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

_MARGINS = ("dt", "ftr", "sldNum", "hdr")
_COMPARED = ("1", "2", "3", "4")  # left heading, left text, right heading, right text
_SHAPES = ("sp", "graphicFrame", "pic")


def load(path: Path) -> Document:
    """Read a presentation.

    The title is that of its properties, else that of its first slide. Raises DocumentError where it
    needs a password, is damaged or holds only images.
    """
    builder = DocumentBuilder()
    writer = _SlideWriter(builder)
    with open_package(path) as package:
        presentation = PptxPackage(package)
        for number, part in enumerate(presentation.slide_parts(), start=1):
            if builder.full:
                break
            try:
                slide = Slide(presentation, part)
            except DocumentError:
                writer.lost += 1
            else:
                writer.write(number, slide)
        title = core_title(package)
    if not writer.words:
        raise DocumentError(_why_no_text(writer))
    return builder.build(title or writer.title, writer.notes)


def _why_no_text(writer: "_SlideWriter") -> str:
    if writer.lost:
        return "damaged: its slides cannot be read"
    return "no text, only images: needs OCR" if writer.images else "empty"


class _SlideWriter:
    """Writes slides into a DocumentBuilder, and counts what it leaves out."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self.title = ""
        self.images = 0
        self.lost = 0
        self.words = False
        self._builder = builder
        self._bare = 0
        self._comments = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in a user's words."""
        return (
            *counted(self.lost, "slide", "could not be read"),
            *counted(self._bare, "slide", "without text"),
            *counted(self.images, "image", "without text"),
            *counted(self._comments, "comment", "left out"),
        )

    def write(self, number: int, slide: Slide) -> None:
        """Write one slide."""
        shapes = list(_ordered(slide, child(slide.root, "cSld", "spTree")))
        if slide.compares:
            shapes = _column_by_column(shapes)
        titles = [shape for shape in shapes if _is_title(shape)]
        title = " ".join(joined(p.text) for t in titles for p in paragraphs(t, (), False))
        rest = [shape for shape in shapes if shape not in titles]
        if not title and rest:
            title, rest = _title_of_first(rest)
        spoken = _spoken(slide)
        self._comments += slide.comments()
        self._builder.open_page(number)
        if title or spoken or any(map(_has_words, rest)):
            self.words = True
            self._builder.heading(1, title or f"Slide {number}")
        else:
            self._bare += 1
        for shape in rest:
            self._shape(slide, shape)
        if spoken:
            self._builder.heading(2, SPEAKER_NOTES)
            self._paragraphs(spoken)
        if number == 1:
            self.title = title

    def _shape(self, slide: Slide, shape: "_Element") -> None:
        kind = local(shape)
        if kind == "pic":
            self.images += 1
        elif kind == "sp":
            inherited = slide.inherited(shape)
            own = placeholder(shape)
            bulleted = own is not None and own.kind in ("", "body", "obj")
            self._paragraphs(paragraphs(shape, inherited, bulleted))
        else:
            table = next(descendants(shape, "tbl"), None)
            if table is not None:
                self._table(table)
            else:
                write_drawing(shape, slide.linked, self._builder)

    def _paragraphs(self, found: Sequence[SlideParagraph]) -> None:
        lists = ListWriter(self._builder)
        for paragraph in found:
            if paragraph.marker and len(found) > 1:
                lists.item(paragraph.level, paragraph.marker, paragraph.text)
            else:
                lists.end()
                self._builder.paragraph(paragraph.text)
        lists.end()

    def _table(self, table: "_Element") -> None:
        rows = [[_cell(cell) for cell in _cells(row)] for row in children(table, "tr")]
        write_table(rows, self._builder)


def _spoken(slide: Slide) -> list[SlideParagraph]:
    """Return what the notes page of a slide says."""
    root = slide.notes()
    shapes = () if root is None else descendants(root, "sp")
    bodies = [shape for shape in shapes if (own := placeholder(shape)) and own.kind == "body"]
    return [paragraph for body in bodies for paragraph in paragraphs(body, (), False)]


def _has_words(shape: "_Element") -> bool:
    """Tell whether a shape has text, or may have in a part of its own."""
    texts = descendants(shape, "t")
    return local(shape) == "graphicFrame" or any((text.text or "").strip() for text in texts)


def _ordered(slide: Slide, tree: "_Element | None") -> "Iterator[_Element]":
    """Yield the shapes of a slide or a group in reading order, a group as one."""
    shapes = [Shape(element, slide.place(element)) for element in _seen(tree)]
    for shape in in_reading_order(shapes):
        if local(shape) == "grpSp":
            yield from _ordered(slide, shape)
        else:
            yield shape


def _column_by_column(shapes: "list[_Element]") -> "list[_Element]":
    """Return shapes with the placeholders of a comparison in their own order."""
    order = list(shapes)
    places = [place for place, shape in enumerate(shapes) if _index(shape) in _COMPARED]
    compared = sorted((shapes[place] for place in places), key=_index)
    for place, shape in zip(places, compared, strict=True):
        order[place] = shape
    return order


def _index(shape: "_Element") -> str:
    own = placeholder(shape)
    return own.index if own is not None else ""


def _seen(tree: "_Element | None") -> "Iterator[_Element]":
    """Yield shapes and groups, without dates, footers and numbers of slides."""
    for element in () if tree is None else tree:
        kind = local(element)
        if kind == "AlternateContent":
            yield from _seen(shown_alternative(element))
        elif kind == "grpSp":
            yield element
        elif kind in _SHAPES:
            own = placeholder(element)
            if own is None or own.kind not in _MARGINS:
                yield element


def _is_title(shape: "_Element") -> bool:
    own = placeholder(shape)
    return own is not None and own.is_title


def _title_of_first(shapes: "list[_Element]") -> "tuple[str, list[_Element]]":
    """Return the words of the first shape where they may be the title, and the other shapes."""
    found = paragraphs(shapes[0], (), False)
    if len(found) == 1 and looks_like_title(found[0].text):
        return found[0].text, shapes[1:]
    return "", shapes


def _cells(row: "_Element") -> "Iterator[_Element]":
    """Yield the cells of a row that are not covered by the one to their left."""
    return (cell for cell in children(row, "tc") if attribute(cell, "hMerge") != "1")


def _cell(cell: "_Element") -> Cell:
    return Cell(
        text=" — ".join(joined(paragraph.text) for paragraph in paragraphs(cell, (), False)),
        columns=whole_number(attribute(cell, "gridSpan"), 1),
        continues=attribute(cell, "vMerge") == "1",
    )
