"""The sections of a document, and the smallest pieces that a chunk is made of."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from ingest.sentences import sentence_spans
from ingest.types import Document, Heading, Span

TokenSpans = Callable[[str], list[tuple[int, int]]]

CHARACTERS_PER_TOKEN = 16  # no chunk is longer than this times its limit in tokens
_LEAD = 30  # tokens
_STOPS = ".!?…。！？"
_GROUP = 8_000  # characters that are given to the tokenizer at once


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, a line of a table or of code, or a part of one that is over-long.

    ``solid`` is the index of the table or code it belongs to, None for prose. ``leads`` says that
    it is short prose without a full stop, such as a term or a caption: it belongs to what follows.
    """

    start: int
    end: int
    tokens: int
    solid: int | None
    leads: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The pieces from one heading to the next; ``path`` are the headings it lies under."""

    path: tuple[str, ...]
    pieces: tuple[Piece, ...]
    bare: bool

    @property
    def tokens(self) -> int:
        """How many tokens its pieces have together."""
        return sum(piece.tokens for piece in self.pieces)


def sections(document: Document, token_spans: TokenSpans, limit: int) -> Iterator[Section]:
    """Yield the sections in order; no piece has more than ``limit`` tokens."""
    headings = sorted(document.headings, key=lambda heading: heading.start)
    bounds = [0, *(heading.start for heading in headings), len(document.text)]
    sentences = _pieces_of_text(document, bounds)
    pieces = list(_counted(document.text, sentences, token_spans, limit))
    starts = [piece.start for piece in pieces]
    for index, path in enumerate([(), *_paths(headings)]):
        first = bisect_left(starts, bounds[index])
        last = bisect_left(starts, bounds[index + 1])
        if first < last:
            body = pieces[first:last]
            bare = index > 0 and _is_bare(document.text, body, headings[index - 1])
            yield Section(path, tuple(body), bare)


def _paths(headings: Sequence[Heading]) -> Iterator[tuple[str, ...]]:
    """Yield for each heading the titles from the outermost one down to it."""
    open_headings: list[Heading] = []
    for heading in headings:
        while open_headings and open_headings[-1].level >= heading.level:
            open_headings.pop()
        open_headings.append(heading)
        yield tuple(above.title for above in open_headings)


def _is_bare(text: str, body: Sequence[Piece], heading: Heading) -> bool:
    """Tell whether a section is nothing but its heading."""
    written = "".join(text[body[0].start : body[-1].end].split())
    return written == "".join(heading.title.split())


def _pieces_of_text(document: Document, bounds: Sequence[int]) -> Iterator[tuple[Span, int | None]]:
    """Yield sentences and lines, none across a heading or the edge of a table."""
    solids = sorted(document.solid, key=lambda span: span.start)
    place = 0
    for index, solid in enumerate(solids):
        yield from ((span, None) for span in _prose(document.text, place, solid.start, bounds))
        yield from ((span, index) for span in _lines(document.text, solid))
        place = max(place, solid.end)
    rest = _prose(document.text, place, len(document.text), bounds)
    yield from ((span, None) for span in rest)


def _prose(text: str, start: int, end: int, bounds: Sequence[int]) -> Iterator[Span]:
    """Yield the sentences of a range, section by section."""
    inner = bounds[bisect_right(bounds, start) : bisect_left(bounds, end)]
    for left, right in zip([start, *inner], [*inner, end], strict=True):
        for span in sentence_spans(text[left:right]):
            yield Span(left + span.start, left + span.end)


def _lines(text: str, solid: Span) -> Iterator[Span]:
    """Yield the lines of a table or of code, without the blanks around them."""
    place = solid.start
    for line in text[solid.start : solid.end].split("\n"):
        words = line.strip()
        if words:
            left = place + len(line) - len(line.lstrip())
            yield Span(left, left + len(words))
        place += len(line) + 1


def _counted(
    text: str, spans: Iterator[tuple[Span, int | None]], token_spans: TokenSpans, limit: int
) -> Iterator[Piece]:
    """Yield pieces of at most ``limit`` tokens, tokenizing many of them in one call."""
    longest = CHARACTERS_PER_TOKEN * limit
    group: list[tuple[Span, int | None]] = []
    for span, solid in spans:
        for part in _shortened(text, span, longest):
            if group and part.end - group[0][0].start > max(_GROUP, longest):
                yield from _tokenized(text, group, token_spans, limit)
                group = []
            group.append((part, solid))
    if group:
        yield from _tokenized(text, group, token_spans, limit)


def _shortened(text: str, span: Span, longest: int) -> Iterator[Span]:
    """Yield parts of at most ``longest`` characters, cut at blanks where there are any."""
    start = span.start
    while span.end - start > longest:
        cut = max(text.rfind(blank, start + longest // 2, start + longest) for blank in " \n\t")
        cut = cut if cut > start else start + longest
        words = text[start:cut]
        if words.strip():
            yield _trimmed(text, start, cut)
        start = cut
    if text[start : span.end].strip():
        yield _trimmed(text, start, span.end)


def _trimmed(text: str, start: int, end: int) -> Span:
    """Return a range of text without the blanks at its ends."""
    words = text[start:end]
    left = start + len(words) - len(words.lstrip())
    return Span(left, left + len(words.strip()))


def _tokenized(
    text: str, group: Sequence[tuple[Span, int | None]], token_spans: TokenSpans, limit: int
) -> Iterator[Piece]:
    """Yield the pieces of a group, over-long ones cut between tokens."""
    start = group[0][0].start
    starts = [start + left for left, _ in token_spans(text[start : group[-1][0].end])]
    for span, solid in group:
        first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
        step = ceil((last - first) / ceil((last - first) / limit)) if last > first else limit
        cuts = [span.start, *starts[first + step : last : step], span.end]
        for left, right in pairwise(cuts):
            part = _trimmed(text, left, right)
            count = max(1, bisect_left(starts, right) - bisect_left(starts, left))
            leads = solid is None and count <= _LEAD and text[part.end - 1] not in _STOPS
            yield Piece(part.start, part.end, count, solid, leads)
