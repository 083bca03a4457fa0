"""From the word pieces that a writer chose back to words, spelt as its sources spell them.

The tokenizer knows no capital letters and parts "U.S." into five pieces. So the longest runs of
pieces that stand in a source are cut from the source itself.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

_JOINS_LEFT = re.compile(r"##|[.,;:!?%)\]’'/-]")
_JOINS_RIGHT = re.compile(r"[(\[/$£€-]$")
_CONTRACTED = {"s", "t", "re", "ve", "ll", "d", "m"}
_OPENING = re.compile(r"(?:^|[.!?:]\s+)$")


@dataclass(frozen=True, slots=True)
class _Run:
    """How many pieces stand in a source, as what, and whether they open a sentence there."""

    length: int
    text: str
    opening: bool = False


def spelled(
    ids: Sequence[int],
    tokenizer: "Tokenizer",
    sources: Sequence[str],
    common: Callable[[int], bool],
) -> str:
    """Return the pieces as a sentence; the first of the sources that has a run spells it.

    ``common(id)`` says of a piece that it is an ordinary word, which loses the capital letter that
    it has where it opens a sentence of a source.
    """
    encoded = [(text, tokenizer.encode(text, add_special_tokens=False)) for text in sources]
    pieces = [tokenizer.id_to_token(i) or "" for i in ids]
    sentence, at = "", 0
    while at < len(ids):
        run = _longest(ids, pieces, at, encoded)
        text = run.text
        if run.opening and sentence and common(ids[at]):
            text = text[:1].lower() + text[1:]
        sentence += ("" if _joined(sentence, pieces[at]) else " ") + text.removeprefix("##")
        at += run.length
    return sentence[:1].upper() + sentence[1:]


def _longest(
    ids: Sequence[int],
    pieces: Sequence[str],
    at: int,
    encoded: Sequence[tuple[str, "Encoding"]],
) -> _Run:
    best = _Run(1, pieces[at])
    found = 0
    for text, source in encoded:
        for place, piece in enumerate(source.ids):
            if piece != ids[at]:
                continue
            length = _common_length(ids[at:], source.ids[place:])
            while length and at + length < len(ids) and pieces[at + length].startswith("##"):
                length -= 1  # a run ends where a word does
            if length > found:
                start, end = source.offsets[place][0], source.offsets[place + length - 1][1]
                found = length
                best = _Run(length, text[start:end], bool(_OPENING.search(text[:start])))
    return best


def _common_length(one: Sequence[int], other: Sequence[int]) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _joined(sentence: str, piece: str) -> bool:
    """Whether a piece follows without a space."""
    if not sentence or _JOINS_LEFT.match(piece) or _JOINS_RIGHT.search(sentence):
        return True
    return sentence[-1] in "’'" and piece in _CONTRACTED
