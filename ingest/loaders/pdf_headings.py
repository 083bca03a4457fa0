"""Where the headings of a PDF are: from its outline, else from the size of its type."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.loaders.pdf_layout import Page
from ingest.loaders.pdf_lines import Bookmark, Line

_NUMBERING = re.compile(
    r"^(?:(?:chapter|section|part|appendix)\s+)?(?:[\dA-Z]{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6})[.:)]?\s+",
    re.I,
)
_MAX_LINES = 3
_MAX_LENGTH = 120
_MAX_SHARE = 0.3  # where more of the text than this looks like headings, size says nothing
_LEVELS = 4
_TITLE = 1.25  # how much larger than the text a title is


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading that begins at a line of a page and takes ``lines`` lines, 0 if none is its own."""

    level: int
    title: str
    lines: int


Marks = dict[int, list[Mark]]  # by the index of the line


def from_outline(pages: Sequence[Page], bookmarks: Sequence[Bookmark]) -> list[Marks]:
    """Return for each page the headings that the outline names, at the lines that hold them."""
    marks: list[Marks] = [defaultdict(list) for _ in pages]
    for bookmark in bookmarks:
        if 0 <= bookmark.page < len(pages) and pages[bookmark.page]:
            index, count = _located(pages[bookmark.page], bookmark)
            mark = Mark(bookmark.level, bookmark.title, count)
            marks[bookmark.page][index].append(mark)
    return marks


def _located(lines: Page, bookmark: Bookmark) -> tuple[int, int]:
    """Return the line where a bookmark's title stands and how many lines it takes.

    Without its words on the page it is the line that the bookmark points to, or the first.
    """
    wanted = _forms(bookmark.title)
    for index in range(len(lines)):
        for count in range(1, _MAX_LINES + 1):
            words = " ".join(line.text for line in lines[index : index + count])
            if len(words) <= 2 * _MAX_LENGTH and _forms(words) & wanted:
                return index, count
    if bookmark.top is not None:
        for index, line in enumerate(lines):
            if line.top >= bookmark.top:
                return index, 0
    return 0, 0


def _forms(title: str) -> set[str]:
    """Return a title's letters and digits, with its number and without."""
    bare = (title, _NUMBERING.sub("", title, count=1))
    return {"".join(filter(str.isalnum, form)).casefold() for form in bare} - {""}


def from_type(pages: Sequence[Page]) -> list[Marks]:
    """Return for each page the lines set in larger or bolder type than the text."""
    body = _body_size(pages)
    found = [[_prominence(line, body) for line in page] for page in pages]
    ranks = sorted({rank for page in found for rank in page if rank}, reverse=True)
    marked = [
        (line, rank)
        for page, row in zip(pages, found, strict=True)
        for line, rank in zip(page, row, strict=True)
    ]
    prominent = sum(len(line.text) for line, rank in marked if rank)
    if prominent > _MAX_SHARE * sum(len(line.text) for line, _ in marked):
        return [{} for _ in pages]
    levels = {rank: min(level, _LEVELS) for level, rank in enumerate(ranks, start=1)}
    return [_grouped(page, rank, levels) for page, rank in zip(pages, found, strict=True)]


def front_title(pages: Sequence[Page]) -> str:
    """Return the words set in the largest type of the first page, where any stand out."""
    front = next(filter(None, pages), ())
    sizes = [line.size if any(map(str.isalpha, line.text)) else 0.0 for line in front]
    largest = max(sizes, default=0.0)
    if largest < _TITLE * _body_size(pages):
        return ""
    first = sizes.index(largest)
    count = 1
    while count < _MAX_LINES and sizes[first + count : first + count + 1] == [largest]:
        count += 1
    return " ".join(line.text for line in front[first : first + count])


def _body_size(pages: Sequence[Page]) -> float:
    """Return the size of type that most characters have."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _prominence(line: Line, body: float) -> float:
    """Return how far a line stands out as a heading; 0 for ordinary text."""
    heading = (
        not line.monospaced
        and len(line.text) <= _MAX_LENGTH
        and line.text[-1] not in ".,;"
        and any(map(str.isalpha, line.text))
    )
    if heading and line.size >= 1.12 * body:
        return round(line.size, 1)
    return body if heading and line.bold and line.size >= 0.95 * body else 0.0


def _grouped(lines: Page, ranks: Sequence[float], levels: dict[float, int]) -> Marks:
    """Join neighbouring lines of one rank into one heading."""
    marks: Marks = {}
    index = 0
    while index < len(lines):
        count = 1
        rank = ranks[index]
        while index + count < len(lines) and _goes_on(lines, ranks, index, count):
            count += 1
        if rank and count <= _MAX_LINES:
            title = " ".join(line.text for line in lines[index : index + count])
            marks[index] = [Mark(levels[rank], title, count)]
        index += count
    return marks


def _goes_on(lines: Page, ranks: Sequence[float], index: int, count: int) -> bool:
    """Tell whether the line ``count`` below ``index`` belongs to the same heading."""
    before, line = lines[index + count - 1], lines[index + count]
    near = 0 < line.top - before.base < 1.6 * max(line.size, 1.0)
    return bool(ranks[index]) and ranks[index + count] == ranks[index] and near
