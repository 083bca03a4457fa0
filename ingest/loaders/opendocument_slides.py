"""Slides of an OpenDocument presentation: a page each, its title first, notes marked as such."""

import re
from typing import TYPE_CHECKING

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.office_slide import (
    SPEAKER_NOTES,
    Place,
    Shape,
    in_reading_order,
    looks_like_title,
)
from ingest.loaders.office_xml import attribute, children, descendants, joined, local
from ingest.loaders.opendocument_body import OpenWriter
from ingest.loaders.opendocument_words import DRAWN

if TYPE_CHECKING:
    from lxml.etree import _Element

_MARGINS = ("date-time", "footer", "header", "page-number", "page")
_LENGTH = re.compile(r"(-?[\d.]+)(cm|mm|in|pt|pc|px)?")
_POINTS = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "pc": 12.0, "px": 0.75, None: 1.0}


def write_slides(body: "_Element", builder: DocumentBuilder, writer: OpenWriter) -> str:
    """Write all pages of a presentation or a drawing; return the title of the first."""
    first = ""
    for number, page in enumerate(children(body, "page"), start=1):
        title = _write(number, page, builder, writer)
        first = first or (title if number == 1 else "")
    return first


def _write(number: int, page: "_Element", builder: DocumentBuilder, writer: OpenWriter) -> str:
    """Write one slide and return its title."""
    shapes = [element for element in page if local(element) in DRAWN]
    seen = [shape for shape in shapes if attribute(shape, "class") not in _MARGINS]
    order = in_reading_order([Shape(shape, _place(shape)) for shape in seen])
    titles = [shape for shape in order if attribute(shape, "class") == "title"]
    title = " ".join(filter(None, map(_words, titles)))
    rest = [shape for shape in order if shape not in titles]
    if not title and rest and looks_like_title(_words(rest[0])) and local(rest[0]) != "g":
        title = _words(rest[0])
        rest = rest[1:]
    spoken = [shape for notes in children(page, "notes") for shape in _spoken(notes)]
    builder.open_page(number)
    if title or spoken or any(map(_words, rest)):
        builder.heading(1, title or f"Slide {number}")
    for shape in rest:
        writer.write_drawn(shape)
    if spoken:
        builder.heading(2, SPEAKER_NOTES)
        for shape in spoken:
            writer.write_drawn(shape)
    return title


def _spoken(notes: "_Element") -> "list[_Element]":
    """Return the shapes of a notes page that hold what is said."""
    frames = (shape for shape in notes if attribute(shape, "class") == "notes")
    return [shape for shape in frames if _words(shape)]


def _words(shape: "_Element") -> str:
    """Return the text of a shape on one line."""
    paragraphs = (p for name in ("p", "h") for p in descendants(shape, name))
    return joined(" ".join("".join(paragraph.itertext()) for paragraph in paragraphs))


def _place(shape: "_Element") -> Place | None:
    """Return where a shape stands; a group begins where the first of its shapes does."""
    if local(shape) == "g":
        places = [place for below in shape if (place := _place(below)) is not None]
        return min(places, key=lambda place: place.top, default=None)
    top, left = (_length(attribute(shape, axis)) for axis in "yx")
    return Place(top, left) if top is not None and left is not None else None


def _length(text: str | None) -> float | None:
    """Return a length in points."""
    found = _LENGTH.fullmatch(text or "")
    try:
        return float(found[1]) * _POINTS[found[2]] if found else None
    except ValueError:
        return None
