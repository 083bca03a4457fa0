"""Slides: where their shapes stand, and the order in which a person reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

SPEAKER_NOTES = "Speaker notes"
_ROW = 24.0  # points; shapes whose tops differ by less stand in one row
_LONGEST_TITLE = 80

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the top left corner of a shape lies, in points."""

    top: float
    left: float


@dataclass(frozen=True, slots=True)
class Shape(Generic[Content]):
    """A shape; ``place`` is None where nothing says where it stands."""

    content: Content
    place: Place | None


def in_reading_order(shapes: Sequence[Shape[Content]]) -> list[Content]:
    """Return shapes from top to bottom, those of one row from left to right.

    Shapes of unknown place come first, in the order of the file.
    """
    order = [shape.content for shape in shapes if shape.place is None]
    placed = [(shape.place, shape.content) for shape in shapes if shape.place is not None]
    placed.sort(key=lambda pair: pair[0].top)
    while placed:
        bottom = placed[0][0].top + _ROW
        row = [pair for pair in placed if pair[0].top < bottom]
        placed = placed[len(row) :]
        order += [content for _, content in sorted(row, key=lambda pair: pair[0].left)]
    return order


def looks_like_title(text: str) -> bool:
    """Tell whether the first words of a slide without a title may stand for one."""
    return 0 < len(text) <= _LONGEST_TITLE and "\n" not in text
