"""The paragraphs of a shape on a slide: their words, and what stands before each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.loaders.office_list import BULLET, ListCounter, ListLevel
from ingest.loaders.office_xml import (
    attribute,
    child,
    children,
    formula,
    in_lines,
    local,
    shown_alternative,
    whole_number,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_NUMBERED = re.compile(r"(arabic|alphaLc|alphaUc|romanLc|romanUc)\w*?(Period|ParenR|ParenBoth)?")
_STYLES = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}
_PATTERNS = {"ParenR": "%{})", "ParenBoth": "(%{})"}
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class SlideParagraph:
    """A paragraph; ``marker`` is empty outside of lists."""

    text: str
    level: int
    marker: str


def paragraphs(
    shape: "_Element", inherited: "Sequence[_Element]", bulleted: bool
) -> list[SlideParagraph]:
    """Return the paragraphs of a shape that are not empty.

    ``inherited`` are the shapes that give it styles; ``bulleted`` says that its paragraphs are
    items of a list where nothing else is said.
    """
    body = child(shape, "txBody")
    counter = ListCounter()
    found = []
    for paragraph in children(body, "p"):
        text = in_lines("".join(_words(paragraph)))
        if not text:
            continue
        properties = child(paragraph, "pPr")
        level = min(max(whole_number(attribute(properties, "lvl")), 0), _DEEPEST)
        styles = [child(s, "txBody", "lstStyle", f"lvl{level + 1}pPr") for s in (shape, *inherited)]
        marker = _marker([properties, *styles], level, counter, bulleted)
        found.append(SlideParagraph(text, level, marker))
    return found


def _words(paragraph: "_Element") -> Iterator[str]:
    """Yield the words of a paragraph; the numbers of slides are left out."""
    for element in paragraph:
        kind = local(element)
        if kind == "br":
            yield "\n"
        elif kind == "r" or (kind == "fld" and attribute(element, "type") != "slidenum"):
            text = child(element, "t")
            yield ((text.text or "") if text is not None else "").replace("\v", "\n")
        elif kind == "m":
            yield formula(element)
        elif kind == "AlternateContent":
            shown = shown_alternative(element)
            if shown is not None:
                yield from _words(shown)


def _marker(
    properties: "Sequence[_Element | None]", level: int, counter: ListCounter, bulleted: bool
) -> str:
    """Return what stands before a paragraph, by the nearest properties that say it."""
    for element in properties:
        if child(element, "buNone") is not None:
            counter.restart(level)
            return ""
        numbered = child(element, "buAutoNum")
        if numbered is not None:
            return counter.marker(level, [_list_level(numbered, level)] * (level + 1))
        if child(element, "buChar") is not None or child(element, "buBlip") is not None:
            bulleted = True
            break
    counter.restart(level)
    return BULLET if bulleted else ""


def _list_level(numbered: "_Element", level: int) -> ListLevel:
    named = _NUMBERED.fullmatch(attribute(numbered, "type") or "")
    style, mark = named.groups() if named else ("arabic", "Period")
    pattern = _PATTERNS.get(mark or "", "%{}.").format(level + 1)
    return ListLevel(_STYLES[style], pattern, whole_number(attribute(numbered, "startAt"), 1))
