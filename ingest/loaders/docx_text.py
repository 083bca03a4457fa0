"""The words of a DOCX paragraph, as they are seen once all tracked changes are accepted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.loaders.office_xml import (
    attribute,
    child,
    formula,
    is_on,
    local,
    shown_alternative,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

REMOVED = frozenset(("del", "moveFrom"))
_UNSEEN = REMOVED | {"pPr", "rPr", "sdtPr", "sdtEndPr", "delText", "instrText", "rt"}
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
_DRAWN = ("drawing", "pict", "object")
_SYMBOLS = {"a7": "▪", "b7": "•", "d8": "➢", "e0": "→", "fc": "✓", "fb": "✗", "a8": "☐", "fe": "☑"}


@dataclass(slots=True)
class Words:
    """The text of a paragraph, what is drawn in it, and its notes as (kind, id)."""

    parts: list[str] = field(default_factory=list)
    drawn: "list[_Element]" = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words as they stand in the file, with tabs and line breaks."""
        return "".join(self.parts)


class ParagraphReader:
    """Reads paragraphs in order; the instructions of fields are passed over, their results kept."""

    def __init__(self) -> None:
        self._open_fields: list[bool] = []  # whether the result has begun
        self._words = Words()
        self._handlers: dict[str, Callable[[_Element], None]] = {
            "t": self._text,
            "r": self._run,
            "fldChar": self._field,
            "sym": lambda element: self._words.parts.append(_symbol(element)),
            "oMath": lambda element: self._words.parts.append(formula(element)),
            "AlternateContent": self._alternatives,
            **dict.fromkeys(_UNSEEN, lambda element: None),
            **dict.fromkeys(_CHARACTERS, self._character),
            **dict.fromkeys(_DRAWN, lambda element: self._words.drawn.append(element)),
            **dict.fromkeys(_NOTES, self._note),
        }

    def read(self, paragraph: "_Element") -> Words:
        """Return the words of a paragraph."""
        self._words = Words()
        self._gather(paragraph)
        if not all(self._open_fields):  # an instruction ends with its paragraph at the latest
            self._open_fields.clear()
        return self._words

    def _gather(self, element: "_Element") -> None:
        for below in element:
            self._handlers.get(local(below), self._gather)(below)

    def _text(self, element: "_Element") -> None:
        if all(self._open_fields):
            self._words.parts.append((element.text or "").replace("\n", " "))

    def _run(self, element: "_Element") -> None:
        if not is_on(child(element, "rPr", "vanish")):
            self._gather(element)

    def _character(self, element: "_Element") -> None:
        self._words.parts.append(_CHARACTERS[local(element)])

    def _note(self, element: "_Element") -> None:
        self._words.notes.append((_NOTES[local(element)], attribute(element, "id") or ""))

    def _alternatives(self, element: "_Element") -> None:
        shown = shown_alternative(element)
        if shown is not None:
            self._gather(shown)

    def _field(self, element: "_Element") -> None:
        """Follow the marks that begin, divide and end a field."""
        mark = attribute(element, "fldCharType")
        if mark == "begin":
            self._open_fields.append(False)
        elif self._open_fields and mark == "separate":
            self._open_fields[-1] = True
        elif self._open_fields and mark == "end":
            self._open_fields.pop()


def _symbol(element: "_Element") -> str:
    """Return a character of a symbol font, as far as it has a meaning in others."""
    code = (attribute(element, "char") or "").lower()
    if code.startswith("f0"):
        return _SYMBOLS.get(code[2:], "")
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
