"""Lists as word processors and slides show them: the numbers of items, and their nesting."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.loaders.builder import DocumentBuilder

BULLET = "- "
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListLevel:
    """How one level of a list is numbered.

    ``style`` is "bullet", "none", or one that ``numeral`` knows. In ``pattern``, ``%1`` stands for
    the number of the outermost level, ``%2`` for that of the next.
    """

    style: str
    pattern: str
    start: int = 1
    only_digits: bool = False


def numeral(number: int, style: str) -> str:
    """Return a number in a style: letters, Roman numerals, else digits."""
    match style:
        case "lowerLetter":
            return _letters(number)
        case "upperLetter":
            return _letters(number).upper()
        case "lowerRoman":
            return _roman(number)
        case "upperRoman":
            return _roman(number).upper()
        case "decimalZero":
            return f"{number:02d}"
    return str(number)


class ListCounter:
    """Counts the items of one list, level by level."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def restart(self, level: int) -> None:
        """Begin a level and those below it again."""
        self._numbers = {k: v for k, v in self._numbers.items() if k < level}

    def marker(self, level: int, levels: Sequence[ListLevel]) -> str:
        """Count one more item of a level and return what stands before its words, "2.1 ".

        Nothing for a level that is not numbered.
        """
        own = levels[level]
        number = self._numbers.get(level, own.start - 1) + 1
        self.restart(level + 1)
        self._numbers[level] = number
        if own.style == "bullet":
            return BULLET
        if own.style == "none" or not own.pattern.strip():
            return ""
        text = own.pattern
        for index, shown in enumerate(levels[: level + 1]):
            style = "decimal" if own.only_digits else shown.style
            value = numeral(self._numbers.get(index, shown.start), style)
            text = text.replace(f"%{index + 1}", value)
        return text.strip() + " "


class ListWriter:
    """Writes items of a level each into a DocumentBuilder, opening and closing lists for them."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._levels: list[int] = []

    def item(self, level: int, marker: str, text: str) -> None:
        """Write an item; ``level`` is compared with those of the items before it."""
        while self._levels and self._levels[-1] > level:
            self._levels.pop()
            self._builder.close_list()
        if not self._levels or self._levels[-1] < level:
            self._levels.append(level)
            self._builder.open_list()
        self._builder.open_item(marker)
        self._builder.paragraph(text)

    def end(self) -> None:
        """End all lists that are open."""
        while self._levels:
            self._levels.pop()
            self._builder.close_list()


def _letters(number: int) -> str:
    """Return a, b, … z, aa, bb, … for the numbers from 1."""
    times, index = divmod(max(number, 1) - 1, 26)
    return chr(ord("a") + index) * min(times + 1, 10)


def _roman(number: int) -> str:
    """Return a lower-case Roman numeral; digits beyond those that have one."""
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text
