"""Where the sentences of a text are.

Blank lines, headings and list items end a sentence whatever the words say; then nupunkt decides
for scripts with spaces, and full-width stops for those without.
"""

import re
from collections.abc import Iterator

from ingest.types import Span

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_ITEM = re.compile(r"\s*(?:[-*+•◦▪‣·–—]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\))\s")
_CELLS = re.compile(r"\S ?(?:\||\t) ?\S")
_STOPS = re.compile(r"[。！？｡．।॥։؟۔።፧]+[」』）”’\"'»›〉》】\]]*\s*")
_INITIALS = re.compile(r"(?:^|[\s(])(?:\w\.){2,}$")
_NUMBERING = re.compile(r"(?:[A-Z][a-z]{2,9}\s)?(?:\d{1,3}|[A-Z]|[IVX]{1,5})(?:\.\d{1,3})*\.")
_ENDS = (".", ":", "!", "?", ";")
_TOLERANCE = 4  # characters that a wrapped line may be shorter than its editor allowed


def sentence_spans(text: str) -> list[Span]:
    """Return the sentences in order; each non-blank character lies in exactly one of them."""
    spans: list[Span] = []
    for start, end in _blocks(text):
        for piece_start, piece_end in _stopped(text, start, end):
            spans.extend(_sentences(text, piece_start, piece_end))
    return spans


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges between blank lines and between lines that do not run on."""
    start = 0
    for match in _BLANK_LINES.finditer(text):
        yield from _runs(text, start, match.start())
        start = match.end()
    yield from _runs(text, start, len(text))


def _runs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of wrapped lines of a paragraph."""
    lines = text[start:end].split("\n")
    width = max(map(len, lines))
    place = begin = start
    for index, line in enumerate(lines):
        place += len(line) + 1
        if index + 1 == len(lines) or _breaks(line, lines[index + 1], width):
            if text[begin : min(place, end)].strip():
                yield begin, min(place, end)
            begin = place


def _breaks(line: str, after: str, width: int) -> bool:
    """Tell whether the end of ``line`` was meant, not made by an editor that wraps at ``width``."""
    if _ITEM.match(after) or _CELLS.search(line) or _CELLS.search(after):
        return True
    word = after.split(maxsplit=1)
    if word and word[0][0].islower() and not line.rstrip().endswith(_ENDS):
        return False
    room = width - len(line) - 1 - _TOLERANCE
    return not word or room >= len(word[0])


def _stopped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges that end with a full stop of a script without spaces."""
    for match in _STOPS.finditer(text, start, end):
        yield start, match.end()
        start = match.end()
    if start < end:
        yield start, end


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield what nupunkt takes for sentences, without the blanks around them."""
    from nupunkt import sent_spans

    passage = text[start:end]
    begin: int | None = None
    for first, last in sent_spans(passage):
        begin = first if begin is None else begin
        if last < len(passage) and _goes_on(passage[begin:last], passage[last : last + 80]):
            continue
        words = passage[begin:last]
        if words.strip():
            left = start + begin + len(words) - len(words.lstrip())
            yield Span(left, left + len(words.strip()))
        begin = None


def _goes_on(sentence: str, after: str) -> bool:
    """Tell whether a cut came after a number such as "Table 3." or inside "z.B. hier"."""
    following = after.lstrip()
    if len(sentence) < 40 and _NUMBERING.fullmatch(sentence.strip()):
        return True
    return following[:1].islower() and bool(_INITIALS.search(sentence.rstrip()[-12:]))
