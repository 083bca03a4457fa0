"""The lists of a DOCX file, and the markers of their items."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.loaders.office_list import BULLET, ListCounter, ListLevel
from ingest.loaders.office_xml import attribute, child, children, is_on, whole_number

if TYPE_CHECKING:
    from lxml.etree import _Element

LEVELS = 9
_NONE = ListLevel("none", "")


@dataclass(frozen=True, slots=True)
class _List:
    """A list: the definition it counts by, its levels, and those that it begins anew."""

    definition: str
    levels: tuple[ListLevel, ...]
    restarts: tuple[int, ...]


class Numbering:
    """Counts the items of all lists, in the order in which they are asked for.

    ``list_of_style`` gives the list that a numbering style names.
    """

    def __init__(self, root: "_Element | None", list_of_style: Callable[[str], str | None]) -> None:
        self._definitions = {
            attribute(element, "abstractNumId") or "": element
            for element in children(root, "abstractNum")
        }
        self._numbers = {
            attribute(element, "numId") or "": element for element in children(root, "num")
        }
        self._list_of_style = list_of_style
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, ListCounter] = {}

    def marker(self, list_id: str, level: int) -> str:
        """Count one more item and return its marker; a list that is not defined has bullets."""
        if list_id not in self._numbers:
            return BULLET
        new = list_id not in self._lists
        if new:
            self._lists[list_id] = self._list(list_id)
        found = self._lists[list_id]
        counter = self._counters.setdefault(found.definition, ListCounter())
        for restarted in found.restarts if new else ():
            counter.restart(restarted)
        return counter.marker(min(max(level, 0), LEVELS - 1), found.levels)

    def level_of_style(self, list_id: str, style_id: str) -> int:
        """Return the level of a list that is tied to a paragraph style, else the outermost."""
        _, definition = self._definition(list_id)
        for level in children(definition, "lvl"):
            if attribute(child(level, "pStyle"), "val") == style_id:
                return whole_number(attribute(level, "ilvl"))
        return 0

    def _definition(self, list_id: str) -> "tuple[str, _Element | None]":
        """Return the definition of a list and its id; a link to that of a style is followed."""
        key = attribute(child(self._numbers.get(list_id), "abstractNumId"), "val") or ""
        link = attribute(child(self._definitions.get(key), "numStyleLink"), "val")
        named = self._list_of_style(link) if link else None
        if named and named != list_id:
            linked = attribute(child(self._numbers.get(named), "abstractNumId"), "val") or ""
            key = linked if linked in self._definitions else key
        return key, self._definitions.get(key)

    def _list(self, list_id: str) -> _List:
        key, definition = self._definition(list_id)
        levels = [_NONE] * LEVELS
        for element in children(definition, "lvl"):
            _define(levels, element)
        restarts = []
        for override in children(self._numbers[list_id], "lvlOverride"):
            index = whole_number(attribute(override, "ilvl"))
            start = attribute(child(override, "startOverride"), "val")
            _define(levels, child(override, "lvl"))
            if start is not None and 0 <= index < LEVELS:
                restarts.append(index)
                levels[index] = replace(levels[index], start=whole_number(start, 1))
        return _List(key, tuple(levels), tuple(restarts))


def _define(levels: list[ListLevel], element: "_Element | None") -> None:
    """Set the level that an element describes."""
    index = whole_number(attribute(element, "ilvl"))
    if element is None or not 0 <= index < LEVELS:
        return
    levels[index] = ListLevel(
        style=attribute(child(element, "numFmt"), "val") or "decimal",
        pattern=attribute(child(element, "lvlText"), "val") or "",
        start=whole_number(attribute(child(element, "start"), "val"), 1),
        only_digits=is_on(child(element, "isLgl")),
    )
