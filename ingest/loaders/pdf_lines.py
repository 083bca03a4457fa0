"""What a PDF parser reports: the lines of each page, where they stand, and the outline."""

from dataclasses import dataclass

MAX_PAGES = 5_000
MAX_PAGE_CHARACTERS = 1_000_000
PASSWORD = "encrypted: needs a password"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. Lengths are in points; ``top`` and ``base`` grow downwards.

    ``base`` differs from ``top`` where a hyphenated word carried the line on to the next. ``row``
    says that it is a row of a table, its cells set off by " | ".
    """

    text: str
    left: float
    right: float
    top: float
    base: float
    size: float
    bold: bool = False
    monospaced: bool = False
    row: bool = False


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of a PDF's outline; ``level`` starts at 1, ``page`` at 0.

    ``top`` is the height it points to, in the measure of ``Line.top``, where it names one.
    """

    level: int
    title: str
    page: int
    top: float | None


@dataclass(frozen=True, slots=True)
class PdfLines:
    """What a parser finds in a PDF; pages count from 0.

    ``lost`` are the pages that could not be read, ``blank`` those with nothing on them at all.
    ``form`` says that there are fields to fill in.
    """

    title: str
    total: int
    pages: tuple[tuple[Line, ...], ...]
    bookmarks: tuple[Bookmark, ...] = ()
    lost: tuple[int, ...] = ()
    blank: tuple[int, ...] = ()
    form: bool = False

    @property
    def characters(self) -> int:
        """How many characters all lines hold together."""
        return sum(len(line.text) for page in self.pages for line in page)
