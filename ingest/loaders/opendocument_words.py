"""The words of an OpenDocument paragraph, and what hangs on it: notes, drawings, comments."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.loaders.office_xml import attribute, local, whole_number
from ingest.loaders.opendocument_styles import OpenStyles

if TYPE_CHECKING:
    from lxml.etree import _Element

DRAWN = frozenset(
    "frame custom-shape g rect line ellipse circle polygon polyline path connector caption "
    "regular-polygon measure a3d".split()
)
_UNSEEN = frozenset(
    "ruby-text annotation-end hidden-text hidden-paragraph script event-listeners "
    "tracked-changes note-citation".split()
)
_MOST_BLANKS = 200


@dataclass(slots=True)
class Words:
    """The text of a paragraph, with the elements that stand in it but are read on their own."""

    parts: list[str] = field(default_factory=list)
    notes: "list[_Element]" = field(default_factory=list)
    drawn: "list[_Element]" = field(default_factory=list)
    comments: int = 0

    @property
    def text(self) -> str:
        """The words with tabs and line breaks."""
        return "".join(self.parts)


def words_of(paragraph: "_Element", styles: OpenStyles) -> Words:
    """Return the words of a paragraph; text that is not shown is left out."""
    words = Words()
    _gather(paragraph, words, styles)
    return words


def _gather(element: "_Element", words: Words, styles: OpenStyles) -> None:
    words.parts.append((element.text or "").replace("\n", " "))
    for below in element:
        kind = local(below)
        if kind == "s":
            words.parts.append(" " * min(whole_number(attribute(below, "c"), 1), _MOST_BLANKS))
        elif kind == "tab":
            words.parts.append("\t")
        elif kind == "line-break":
            words.parts.append("\n")
        elif kind == "note":
            words.notes.append(below)
        elif kind == "annotation":
            words.comments += 1
        elif kind in DRAWN:
            words.drawn.append(below)
        elif kind not in _UNSEEN and not styles.is_hidden(attribute(below, "style-name") or ""):
            _gather(below, words, styles)
        words.parts.append((below.tail or "").replace("\n", " "))
