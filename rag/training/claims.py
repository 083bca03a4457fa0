"""Statements with a quote that supports them or does not, for the check of written sentences.

Supported ones are full-sentence answers with the sentence they rest on. Unsupported ones are made
of them as a writer errs: another answer, another name, another number, "not", the opposite, or a
quote from beside the right one. Sets of labelled statements come on top.
"""

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rag.training.examples import Split, sentence_ranges, split_of
from rag.training.near_misses import Names, mentions, opposed, swapped

_VERB = re.compile(r"\b(is|are|was|were|has|had|can|could|will|would|should|must|may|might)\b")
_LONGEST_QUOTE = 900  # characters


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, the quote it is said to rest on, and whether it does."""

    statement: str
    quote: str
    supported: bool


def made_claims(
    rows: Iterable[dict[str, Any]], split: Split, rng: random.Random
) -> Iterator[Claim]:
    """Yield, of each row with a full-sentence answer, one supported and one unsupported claim."""
    rows = [
        row
        for row in rows
        if row.get("answer_sentence")
        and row["answers"]
        and row["answers"][0]["start"] >= 0
        and split_of(row.get("title") or "") == split
    ]
    names = Names([(row["title"], row["answer_sentence"]) for row in rows])
    answers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        answers[row["title"], _kind(row)].append(row["answers"][0]["text"])
    for row in rows:
        quote, aside = _quotes(row, rng)
        yield Claim(row["answer_sentence"], quote, True)
        wrong = _contradicted(row, quote, names, answers[row["title"], _kind(row)], rng)
        if wrong is not None and rng.random() < 0.75:
            yield Claim(wrong, quote, False)
        elif aside:
            yield Claim(row["answer_sentence"], aside, False)


def labelled_claims(rows: Iterable[dict[str, Any]]) -> Iterator[Claim]:
    """Turn entailment rows into claims; what is neutral is not supported."""
    for row in rows:
        if row["label"] != "generic" and len(row["premise"]) <= _LONGEST_QUOTE:
            yield Claim(row["hypothesis"], row["premise"], row["label"] == "entailment")


def premise_is_held_out(row: dict[str, Any]) -> bool:
    """Whether a row's premise belongs to the fifth that is kept for measuring."""
    return int(hashlib.sha256(row["premise"].strip().encode()).hexdigest(), 16) % 5 == 0


def _kind(row: dict[str, Any]) -> str:
    """Return what sort of answer it is: that of its question word, and whether it has digits."""
    asked = re.search(r"\b(who|when|where|how|what|which|why)\b", row["question"].lower())
    digits = any(c.isdigit() for c in row["answers"][0]["text"])
    return f"{asked.group() if asked else 'what'} {digits}"


def _quotes(row: dict[str, Any], rng: random.Random) -> tuple[str, str]:
    """Return the sentences that hold the answer, sometimes with neighbours, and some without it."""
    text, answer = row["context"], row["answers"][0]
    start, end = answer["start"], answer["start"] + len(answer["text"])
    spans = sentence_ranges(text)
    inside = [i for i, (a, b) in enumerate(spans) if a < end and b > start]
    first = max(0, inside[0] - rng.choice((0, 0, 0, 1)))
    last = min(len(spans) - 1, inside[-1] + rng.choice((0, 0, 0, 1)))
    quote = text[spans[first][0] : spans[last][1]].strip()
    others = [text[a:b].strip() for i, (a, b) in enumerate(spans) if i < first or i > last]
    others = [o for o in others if answer["text"].lower() not in o.lower() and len(o) > 30]
    return quote, rng.choice(others) if others else ""


def _contradicted(
    row: dict[str, Any], quote: str, names: Names, answers: list[str], rng: random.Random
) -> str | None:
    sentence: str = row["answer_sentence"]
    answer: str = row["answers"][0]["text"]
    ways = ["answer", "answer", "name", "number", "not", "opposite"]
    rng.shuffle(ways)
    for way in ways:
        changed: str | None = None
        if way == "answer" and answer in sentence:
            other = rng.choice(answers)
            if other.lower() not in quote.lower() and not _overlap(other, answer):
                changed = sentence.replace(answer, other, 1)
        elif way == "name":
            changed = swapped(sentence, row["title"], quote, names, rng)
        elif way == "number":
            changed = _renumbered(sentence, rng)
        elif way == "not" and rng.random() < 0.5 and " not " not in sentence:
            changed = _VERB.sub(r"\1 not", sentence, count=1)
        elif way == "opposite":
            changed = opposed(sentence, rng)
        if changed is not None and changed != sentence:
            return changed
    return None


def _overlap(one: str, other: str) -> bool:
    return bool(set(one.lower().split()) & set(other.lower().split()))


def _renumbered(sentence: str, rng: random.Random) -> str | None:
    """Return the sentence with a digit of one of its numbers changed."""
    numbers = [match for kind, match in mentions(sentence) if kind != "name"]
    if not numbers:
        return None
    match = rng.choice(numbers)
    places = [i for i in range(match.start(), match.end()) if sentence[i].isdigit()]
    place = rng.choice(places)
    digit = rng.choice([d for d in "123456789" if d != sentence[place]])
    return sentence[:place] + digit + sentence[place + 1 :]
