"""The styles of an OpenDocument file: titles, code, hidden text, and how lists are numbered."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.loaders.office_list import ListLevel
from ingest.loaders.office_style import names_code, names_title
from ingest.loaders.office_xml import attribute, child, descendants, whole_number

if TYPE_CHECKING:
    from lxml.etree import _Element

LEVELS = 10
_MAX_PARENTS = 30
_ENCODED = re.compile(r"_([0-9a-f]{2})_")
_NUMERALS = {
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "1": "decimal",
}
_BULLET = ListLevel("bullet", "")
_NONE = ListLevel("none", "")


@dataclass(frozen=True, slots=True)
class _Style:
    parent: str
    hidden: bool


class OpenStyles:
    """The styles of one document, those that it made up for single paragraphs included."""

    def __init__(self, *roots: "_Element | None") -> None:
        self._styles: dict[str, _Style] = {}
        self._lists: dict[str, tuple[ListLevel, ...]] = {}
        for root in dict.fromkeys(root for root in roots if root is not None):
            for style in descendants(root, "style"):
                self._styles[attribute(style, "name") or ""] = _style(style)
            for listed in descendants(root, "list-style"):
                self._lists[attribute(listed, "name") or ""] = _levels(listed)

    def is_title(self, name: str) -> bool:
        """Tell whether a style is that of the document's title."""
        return any(map(names_title, self._names(name)))

    def is_code(self, name: str) -> bool:
        """Tell whether a style sets lines of code."""
        return any(map(names_code, self._names(name)))

    def is_hidden(self, name: str) -> bool:
        """Tell whether text in a style is not shown."""
        style = self._styles.get(name)
        return style is not None and style.hidden

    def list_levels(self, name: str) -> tuple[ListLevel, ...]:
        """Return the levels of a list style; bullets where it is not known."""
        return self._lists.get(name, (_BULLET,) * LEVELS)

    def _names(self, name: str) -> list[str]:
        """Return the names of a style and of those it is based on, as a person reads them."""
        names: list[str] = []
        while name and len(names) < _MAX_PARENTS:
            names.append(_ENCODED.sub(lambda match: chr(int(match[1], 16)), name))
            style = self._styles.get(name)
            name = style.parent if style is not None else ""
        return names


def _style(element: "_Element") -> _Style:
    return _Style(
        parent=attribute(element, "parent-style-name") or "",
        hidden=attribute(child(element, "text-properties"), "display") == "none",
    )


def _levels(listed: "_Element") -> tuple[ListLevel, ...]:
    levels = [_NONE] * LEVELS
    for element in listed:
        index = whole_number(attribute(element, "level")) - 1
        if 0 <= index < LEVELS:
            levels[index] = _level(element, index)
    return tuple(levels)


def _level(element: "_Element", index: int) -> ListLevel:
    """Return a level by its prefix, its suffix and how many outer numbers it shows."""
    if not str(element.tag).endswith("level-style-number"):
        return _BULLET
    style = attribute(element, "num-format") or ""
    if not style:
        return _NONE
    shown = min(max(whole_number(attribute(element, "display-levels"), 1), 1), index + 1)
    numbers = ".".join(f"%{place + 1}" for place in range(index + 1 - shown, index + 1))
    pattern = f"{attribute(element, 'num-prefix') or ''}{numbers}"
    return ListLevel(
        _NUMERALS.get(style, "decimal"),
        pattern + (attribute(element, "num-suffix") or ""),
        whole_number(attribute(element, "start-value"), 1),
    )
