"""The parts of a PPTX package: slides in their order, what they inherit, their notes."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders.office_slide import Place
from ingest.loaders.office_xml import (
    Relation,
    attribute,
    child,
    children,
    descendants,
    main_part,
    related,
    relation_id,
    relations,
    whole_number,
)
from ingest.loaders.zip_package import ZipPackage

if TYPE_CHECKING:
    from lxml.etree import _Element

_POINT = 12700  # English Metric Units
_TITLES = ("title", "ctrTitle")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What a shape stands for on its layout: a kind, such as "title", and a number."""

    kind: str
    index: str

    @property
    def is_title(self) -> bool:
        """Whether it holds the title of the slide."""
        return self.kind in _TITLES


class Slide:
    """One slide, with the layout and the master that its placeholders inherit from."""

    def __init__(self, package: "PptxPackage", part: str) -> None:
        self._package = package
        self._links = relations(package.zip, part)
        self.root: _Element = package.zip.xml(part)

    @property
    def compares(self) -> bool:
        """Whether the layout sets two texts side by side, each below a heading of its own."""
        layout = related(self._links, "slideLayout")
        return self._package.layout_kind(layout) == "twoTxTwoObj"

    @cached_property
    def _patterns(self) -> "list[list[_Element]]":
        """The placeholders of the layout, and those of the master."""
        layout = related(self._links, "slideLayout")
        return [self._package.placeholders(layout), self._package.master_placeholders(layout)]

    def linked(self, relation: str | None) -> "_Element | None":
        """Return the root of the part that a relation leads to."""
        link = self._links.get(relation or "")
        return self._package.root(link.target) if link is not None else None

    def notes(self) -> "_Element | None":
        """Return the root of the slide's notes page."""
        part = related(self._links, "notesSlide")
        return self._package.root(part) if part else None

    def comments(self) -> int:
        """Return how many comments are written on the slide."""
        parts = [link.target for link in self._links.values() if link.kind == "comments"]
        roots = [self._package.root(part) for part in parts]
        return sum(1 for root in roots if root is not None for _ in descendants(root, "cm"))

    def inherited(self, shape: "_Element") -> "list[_Element]":
        """Return the shapes that a placeholder inherits from, the nearest first."""
        own = placeholder(shape)
        if own is None:
            return []
        matches = (_match(own, pattern) for pattern in self._patterns)
        return [match for match in matches if match is not None]

    def place(self, shape: "_Element") -> Place | None:
        """Return where a shape stands, by itself or by what it inherits."""
        places = (_own_place(element) for element in (shape, *self.inherited(shape)))
        return next((place for place in places if place is not None), None)


class PptxPackage:
    """An open presentation; layouts are read once."""

    def __init__(self, package: ZipPackage) -> None:
        self.zip = package
        self._main = main_part(package, "ppt/presentation.xml")
        self._placeholders: dict[str | None, list[_Element]] = {None: []}
        self._masters: dict[str | None, str | None] = {None: None}
        self._kinds: dict[str | None, str] = {None: ""}

    def slide_parts(self) -> list[str]:
        """Return the names of the slides' parts, in the order in which they are shown."""
        links = relations(self.zip, self._main)
        listed = child(self.zip.xml(self._main), "sldIdLst")
        found = (links.get(relation_id(slide) or "") for slide in children(listed, "sldId"))
        return [link.target for link in found if isinstance(link, Relation)]

    def root(self, part: str) -> "_Element | None":
        """Return the root of a part, None where it is missing or damaged."""
        try:
            return self.zip.xml(part)
        except DocumentError:
            return None

    def layout_kind(self, part: str | None) -> str:
        """Return what a layout is made for, such as "titleOnly"."""
        if part not in self._kinds:
            root = self.root(part or "")
            self._kinds[part] = attribute(root, "type") or ""
        return self._kinds[part]

    def placeholders(self, part: str | None) -> "list[_Element]":
        """Return the placeholders of a layout or a master."""
        if part not in self._placeholders:
            root = self.root(part or "")
            shapes = () if root is None else descendants(root, "sp")
            found = [shape for shape in shapes if placeholder(shape) is not None]
            self._placeholders[part] = found
        return self._placeholders[part]

    def master_placeholders(self, layout: str | None) -> "list[_Element]":
        """Return the placeholders of the master that a layout is made by."""
        if layout not in self._masters:
            self._masters[layout] = related(relations(self.zip, layout or ""), "slideMaster")
        return self.placeholders(self._masters[layout])


def placeholder(shape: "_Element") -> Placeholder | None:
    """Return what a shape stands for on its layout."""
    for properties in ("nvSpPr", "nvGraphicFramePr", "nvPicPr"):
        found = child(shape, properties, "nvPr", "ph")
        if found is not None:
            return Placeholder(attribute(found, "type") or "", attribute(found, "idx") or "0")
    return None


def _match(own: Placeholder, pattern: "list[_Element]") -> "_Element | None":
    """Return the placeholder of a layout that another is filled in for."""
    known = [(shape, placeholder(shape)) for shape in pattern]
    for shape, other in known:
        if other is not None and own.index == other.index and own.index != "0":
            return shape
    for shape, other in known:
        if other is not None and (own.kind == other.kind or own.is_title and other.is_title):
            return shape
    return next((shape for shape, other in known if other and other.kind == "body"), None)


def _own_place(shape: "_Element") -> Place | None:
    paths = (("spPr", "xfrm"), ("xfrm",), ("grpSpPr", "xfrm"))
    offsets = (child(shape, *path, "off") for path in paths)
    offset = next((found for found in offsets if found is not None), None)
    if offset is None:
        return None
    top, left = (whole_number(attribute(offset, axis)) / _POINT for axis in "yx")
    return Place(top, left)
