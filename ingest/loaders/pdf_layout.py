"""How the lines of a page belong together: columns, paragraphs, running lines, broken words."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ingest.loaders.pdf_lines import Line

Page = Sequence[Line]

JOIN, LINE, PARAGRAPH = " ", "\n", "\n\n"
BREAKERS = "\x02\ufffe\u00ad"
_BROKEN_WORD = re.compile(rf"([^\W\d_]+)[{BREAKERS}]\s?([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ITEM = re.compile(r"(?:[•◦▪■●‣∙·*–—-]|\(?\d{1,3}\)|\d{1,3}\.|\(?[a-zA-Z]\))\s")
_PAGE_NUMBER = re.compile(r"(?:page\s+)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of)\s*\d{1,4})?", re.I)
_NUMBER = re.compile(r"\d{1,4}", re.A)
_DIGITS = re.compile(r"\d+")
_ENDS = tuple(".:!?;…。！？")
_EDGE = 2  # how many lines at the top and the bottom of a page may be running lines
_REPEATS = 3
_SHORT, _VERY_SHORT = 0.12, 0.45  # free shares of a line that end a line on purpose
_ENTRY = re.compile(r"\D.*?(?:…|[\s.])\s*(?P<page>\d{1,4})")
_ENTRIES = 8
_FEW = 8  # lines


def without_running_lines(pages: Sequence[Page]) -> list[Page]:
    """Return the pages without page numbers and the heads and feet that several pages share.

    A line counts as running where, but for its digits, it stands at the same height at the edge
    of at least three pages, or where it ends or begins with the number of its page.
    """
    seen = Counter(key for page in pages for key in {_key(line) for line in _edges(page, _EDGE)})
    first = _first_number(pages)
    cleared: list[Page] = []
    for index, page in enumerate(pages):
        running = {
            id(line)
            for line in _edges(page, _EDGE)
            if _PAGE_NUMBER.fullmatch(line.text) or seen[_key(line)] >= _REPEATS
        }
        if first is not None:
            outer = _edges(page, 1)
            running |= {id(line) for line in outer if first + index in _outer_numbers(line)}
        cleared.append([line for line in page if id(line) not in running])
    return cleared


def _first_number(pages: Sequence[Page]) -> int | None:
    """Return the number of the first page where the pages' outer lines agree on one."""
    votes = Counter(
        vote
        for index, page in enumerate(pages)
        for vote in {number - index for line in _edges(page, 1) for number in _outer_numbers(line)}
    )
    first, agreeing = votes.most_common(1)[0] if votes else (0, 0)
    return first if agreeing >= max(_REPEATS, 0.4 * len(pages)) else None


def _outer_numbers(line: Line) -> set[int]:
    """Return the numbers that a line begins or ends with."""
    words = line.text.split()
    return {int(word) for word in (words[0], words[-1]) if _NUMBER.fullmatch(word)}


def _edges(page: Page, count: int) -> list[Line]:
    """Return the ``count`` uppermost and lowest lines of a page."""
    ranked = sorted(page, key=lambda line: line.top)
    return ranked if len(ranked) <= 2 * count else ranked[:count] + ranked[-count:]


def _key(line: Line) -> tuple[str, int]:
    """Return what two appearances of a running line have in common."""
    return _DIGITS.sub("#", line.text), round(line.top / 4)


def is_contents(page: Page) -> bool:
    """Tell whether a page is part of a table of contents.

    Most of its lines end with a page number, those never fall, and dot leaders lead to some.
    """
    entries = [match for line in page if (match := _ENTRY.fullmatch(line.text))]
    if len(entries) < max(_ENTRIES, 0.7 * len(page)) or not any("…" in e[0] for e in entries):
        return False
    numbers = [int(entry["page"]) for entry in entries]
    return all(before <= after for before, after in pairwise(numbers))


class Vocabulary:
    """The words of a document, to tell a broken word from a hyphened one."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._words = {
            word.lower() for page in pages for line in page for word in _WORD.findall(line.text)
        }

    def keeps_hyphen(self, left: str, right: str) -> bool:
        """Tell whether two halves are written with a hyphen elsewhere, and never as one word."""
        hyphened, joined = f"{left}-{right}".lower(), (left + right).lower()
        return hyphened in self._words and joined not in self._words

    def mended(self, text: str) -> str:
        """Return text with the words joined that a line end had broken."""
        return _BROKEN_WORD.sub(self._joined, text)

    def _joined(self, match: re.Match[str]) -> str:
        left, right = match.groups()
        return f"{left}-{right}" if self.keeps_hyphen(left, right) else left + right


def leading(pages: Iterable[Page]) -> float:
    """Return the usual distance from line to line, 0 where no line stands below another."""
    steps = sorted(
        after.top - before.base
        for page in pages
        for before, after in pairwise(page)
        if after.top > before.base + 0.3 * before.size
    )
    return steps[len(steps) // 4] if steps else 0.0


class PageLayout:
    """Tells how each line of a page joins the one before it.

    ``usual`` is the leading of the whole document, for pages of too few lines to show their own.
    """

    def __init__(self, lines: Page, usual: float) -> None:
        self._lines = lines
        self._leading = (leading([lines]) if len(lines) > _FEW else 0.0) or usual or 1.0
        self._left, self._right, self._middle = _columns(lines)

    def gap(self, index: int) -> str:
        """Return JOIN, LINE or PARAGRAPH: what stands before line ``index``."""
        before, line = self._lines[index - 1], self._lines[index]
        if before.row and line.row:
            return LINE
        if before.row != line.row:
            return PARAGRAPH
        if before.monospaced != line.monospaced or not _similar(before.size, line.size):
            return PARAGRAPH
        step = line.top - before.base
        if line.monospaced:
            return LINE
        if step > 1.25 * self._leading:
            return PARAGRAPH
        if _ITEM.match(line.text):
            return LINE
        if step < -0.5 * line.size:
            return _onward(before, line)
        return self._within_block(before, line, step)

    def _within_block(self, before: Line, line: Line, step: float) -> str:
        """Return how two lines join that stand close below one another."""
        ended = before.text.endswith(_ENDS)
        missing = self._missing(before)
        if step > 0.3 * line.size and missing > _SHORT:
            if line.text[0].islower() and not ended and missing < _VERY_SHORT:
                return JOIN
            return PARAGRAPH if ended else LINE
        if ended and line.left > before.left + 0.7 * line.size:
            return PARAGRAPH
        return JOIN

    def _missing(self, line: Line) -> float:
        """Return which share of its column's width a line leaves free at the right."""
        column = 0 if line.left < self._middle else 1
        left, right = self._left[column], self._right[column]
        return (right - line.right) / max(right - left, 1.0)


def over_pages(before: Line, line: Line) -> str:
    """Return how the first line of a page joins the last line of the page before."""
    if (before.monospaced and line.monospaced) or (before.row and line.row):
        return LINE
    return _onward(before, line) if _similar(before.size, line.size) else PARAGRAPH


def _onward(before: Line, line: Line) -> str:
    """Tell whether a sentence goes on in the next column or on the next page."""
    goes_on = line.text[0].islower() and not before.text.endswith(_ENDS)
    return JOIN if goes_on else PARAGRAPH


def _similar(one: float, other: float) -> bool:
    """Tell whether two font sizes are the same to the eye."""
    return abs(one - other) <= 0.12 * max(one, other)


def _columns(lines: Page) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Return the left and right edges of one or two columns, and where the second begins."""
    if not lines:
        return (0.0, 0.0), (0.0, 0.0), 0.0
    low = min(line.left for line in lines)
    high = _high([line.right for line in lines])
    middle = (low + high) / 2
    second = [line for line in lines if line.left > middle]
    first = [line for line in lines if line.right < middle + 0.02 * (high - low)]
    if min(len(first), len(second)) < 0.25 * len(lines):
        return (low, low), (high, high), float("inf")
    lefts = low, min(line.left for line in second)
    return lefts, (_high([line.right for line in first]), high), middle


def _high(values: list[float]) -> float:
    """Return the value that nine of ten lie below, so that one stray line moves no edge."""
    return sorted(values)[int(0.9 * (len(values) - 1))]
