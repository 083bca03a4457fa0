"""The styles of a DOCX file: which paragraphs are headings, titles, code or contents."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.loaders.office_style import named_level, names_code, names_contents, names_title
from ingest.loaders.office_xml import attribute, child, children, whole_number

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_PARENTS = 30
_BODY = 9  # the outline level of what is no heading


@dataclass(frozen=True, slots=True)
class NumberedBy:
    """The list and the level that number a paragraph; None where it is left to another style."""

    list_id: str | None
    level: int | None


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style as the file defines it, what it inherits left out."""

    name: str
    parent: str
    outline: int | None
    numbered: NumberedBy | None


class Styles:
    """All styles, asked by the id that paragraphs name; an unknown id is taken for a name."""

    def __init__(self, root: "_Element | None") -> None:
        self._default = ""
        self._styles: dict[str, Style] = {}
        for element in children(root, "style"):
            style_id = attribute(element, "styleId") or ""
            self._styles[style_id] = _style(element)
            is_default = attribute(element, "default") in ("1", "true")
            if is_default and attribute(element, "type") == "paragraph":
                self._default = style_id

    def level(self, style_id: str) -> int | None:
        """Return the level, from 1, of the headings that are set in a style."""
        for style in self._chain(style_id):
            if style.outline is not None:
                return style.outline + 1 if 0 <= style.outline < _BODY else None
            named = named_level(style.name)
            if named is not None:
                return named
        return None

    def is_title(self, style_id: str) -> bool:
        """Tell whether a style is that of the document's title."""
        return names_title(self._name(style_id))

    def is_contents(self, style_id: str) -> bool:
        """Tell whether a style is that of lines in a table of contents."""
        return names_contents(self._name(style_id))

    def is_code(self, style_id: str) -> bool:
        """Tell whether a style sets lines of code."""
        return names_code(self._name(style_id))

    def numbered(self, style_id: str) -> NumberedBy | None:
        """Return what numbers the paragraphs of a style."""
        own = (style.numbered for style in self._chain(style_id))
        return next((numbered for numbered in own if numbered is not None), None)

    def _name(self, style_id: str) -> str:
        style = self._styles.get(style_id)
        return style.name if style is not None else style_id

    def _chain(self, style_id: str) -> Iterator[Style]:
        """Yield a style, the one it is based on, and so on."""
        style_id = style_id or self._default
        if style_id and style_id not in self._styles:
            yield Style(style_id, "", None, None)
        for _ in range(_MAX_PARENTS):
            style = self._styles.get(style_id)
            if style is None:
                return
            yield style
            style_id = style.parent


def outline_level(properties: "_Element | None") -> int | None:
    """Return the outline level, from 0, that paragraph properties give."""
    value = attribute(child(properties, "outlineLvl"), "val")
    return whole_number(value, _BODY) if value is not None else None


def numbered_by(properties: "_Element | None") -> NumberedBy | None:
    """Return the list and level that paragraph properties give."""
    numbering = child(properties, "numPr")
    if numbering is None:
        return None
    level = attribute(child(numbering, "ilvl"), "val")
    return NumberedBy(
        attribute(child(numbering, "numId"), "val"),
        whole_number(level) if level is not None else None,
    )


def _style(element: "_Element") -> Style:
    properties = child(element, "pPr")
    return Style(
        name=attribute(child(element, "name"), "val") or "",
        parent=attribute(child(element, "basedOn"), "val") or "",
        outline=outline_level(properties),
        numbered=numbered_by(properties),
    )
