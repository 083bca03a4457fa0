"""Questions that a passage almost answers: another name, another year, the opposite, a gap.

Passages that search finds are mostly about something else; people's folders are full of the same
thing for another client, another year. Three changes make such a case of an answered question, in
the manner of SQuAD 2.0's written ones (Rajpurkar et al. 2018, table 2: entity swap, antonym,
number): a name or number of the question becomes another of its article that the passage lacks; a
word becomes its opposite; or the sentence that holds the answer leaves the passage.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.training.examples import Example, sentence_ranges

# A name inside a sentence, and a number; the first word of a question is never taken for a name.
NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+)*")
NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d|(?<![\w.,])\d(?!\w)")

_OPPOSITES = (
    "first last,largest smallest,highest lowest,biggest smallest,longest shortest,oldest youngest,"
    "most least,more fewer,before after,above below,over under,north south,northern southern,"
    "east west,eastern western,increase decrease,increased decreased,increases decreases,"
    "inside outside,minimum maximum,earliest latest,best worst,male female,father mother,son "
    "daughter,brother sister,husband wife,king queen,won lost,win lose,begin end,began ended,start "
    "finish,started finished,older younger,larger smaller,higher lower,legal illegal,cheap "
    "expensive,allowed forbidden,support oppose,supported opposed,include exclude,included "
    "excluded,major minor,early late,internal external,public private,always never,can cannot,"
    "positive negative,left right,upper lower,same different,accept reject,accepted rejected,"
    "arrive leave,arrived left,buy sell,bought sold,import export,imported exported,with without,"
    "winter summer,day night,morning evening,gain loss,rise fall,open closed,opened closed"
)
OPPOSITES: dict[str, str] = {}
for _pair in _OPPOSITES.split(","):
    _one, _other = _pair.split()
    OPPOSITES.setdefault(_one, _other)
    OPPOSITES.setdefault(_other, _one)

_WORD = re.compile(r"[A-Za-z]+")


class Names:
    """The names and numbers that questions of each article mention."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        """Gather them from pairs of an article's title and a text about it."""
        pools: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for title, text in texts:
            for kind, found in mentions(text):
                pools[title, kind][found.group()] = None
        self._pools = {key: list(pool) for key, pool in pools.items()}

    def other(self, title: str, kind: str, known: str, text: str, rng: random.Random) -> str | None:
        """Return another name or number of the article that ``text`` lacks; None if there is none.

        It shares no word with ``known``, so that it is not the same thing by a longer name.
        """
        pool = self._pools.get((title, kind), [])
        lowered, words = text.lower(), set(known.lower().split())
        for _ in range(4 if pool else 0):
            name = rng.choice(pool)
            if name.lower() not in lowered and not words & set(name.lower().split()):
                return name
        return None


def mentions(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield the names, years and other numbers of a text, each with its kind."""
    for found in NAME.finditer(text):
        yield "name", found
    for found in NUMBER.finditer(text):
        digits = found.group()
        yield ("year" if len(digits) == 4 and digits[0] in "12" else "number"), found


def swapped(text: str, title: str, passage: str, names: Names, rng: random.Random) -> str | None:
    """Return the text with one name or number that the passage has made one that it lacks."""
    lowered = passage.lower()
    found = [(k, m) for k, m in mentions(text) if m.group().lower() in lowered]
    if not found:
        return None
    kind, match = rng.choice(found)
    name = names.other(title, kind, match.group(), passage + " " + text, rng)
    return None if name is None else text[: match.start()] + name + text[match.end() :]


def opposed(text: str, rng: random.Random) -> str | None:
    """Return the text with one word made its opposite; None where it has no such word."""
    found = [m for m in _WORD.finditer(text) if m.group().lower() in OPPOSITES]
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + OPPOSITES[match.group().lower()] + text[match.end() :]


def without_answer(example: Example) -> Example | None:
    """Return the example with the sentence of its answer taken out; None if it is still there."""
    if example.start is None or example.end is None:
        return None
    text = example.passage
    answer = text[example.start : example.end].lower()
    spans = sentence_ranges(text)
    kept = [text[a:b] for a, b in spans if b <= example.start or a >= example.end]
    rest = "".join(kept).strip()
    if len(spans) < 3 or len(kept) == len(spans) or answer in rest.lower():
        return None
    return replace(example, passage=rest, start=None, end=None, relevant=False, answers=())


def near_misses(examples: Sequence[Example], names: Names, rng: random.Random) -> Iterator[Example]:
    """Yield one near miss of each answered example of which one can be made."""
    for example in examples:
        missed = _near_miss(example, names, rng)
        if missed is not None:
            yield missed


def _near_miss(example: Example, names: Names, rng: random.Random) -> Example | None:
    if rng.random() < 0.4:
        return without_answer(example)
    question = None
    if rng.random() < 0.3:
        question = opposed(example.question, rng)
    question = question or swapped(example.question, example.title, example.passage, names, rng)
    if question is None:
        return None
    return replace(example, question=question, start=None, end=None, relevant=False, answers=())
