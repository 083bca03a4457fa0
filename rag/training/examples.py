"""Training examples: read from the data sets, split by whole articles, deterministic by seed."""

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from rag.errors import ModelError

Split = Literal["train", "calibration", "test"]

# How many of a hundred articles are held out to choose settings, and to report.
_HELD_OUT_PERCENT = {"calibration": 5, "test": 5}

# A set whose questions have several accepted answers is rare: more of its articles report.
_TEST_PERCENT = {"squad2_devA": 43}

# Where a passage may be cut to vary its length; a rough rule is enough for that.
_SENTENCE = re.compile(r".+?(?:[.!?][\"')\]]*(?=\s+[A-Z0-9\"'(\[]|\s*$)|\n|$)\s*")


@dataclass(frozen=True, slots=True)
class Example:
    """A question and one passage.

    ``start``/``end`` are the answer's characters in ``passage``; None where the passage does not
    answer, or where it does without a marked span (``relevant`` tells which). ``heading`` stands
    before the passage as it does in a library. ``answers`` are all accepted answers, for measuring.
    """

    question: str
    passage: str
    heading: str
    start: int | None
    end: int | None
    relevant: bool
    title: str
    answers: tuple[str, ...] = ()


def split_of(title: str, name: str = "") -> Split:
    """Which part an article belongs to, by its title alone; the set ``name`` may hold out more."""
    bucket = int(hashlib.sha256(title.strip().lower().encode()).hexdigest(), 16) % 100
    if bucket < _HELD_OUT_PERCENT["calibration"]:
        return "calibration"
    test = _TEST_PERCENT.get(name, _HELD_OUT_PERCENT["test"])
    return "test" if bucket < _HELD_OUT_PERCENT["calibration"] + test else "train"


def read_set(folder: Path, name: str) -> list[dict[str, Any]]:
    """Read one set, ``folder/train/name.jsonl.gz``; raise ModelError when it is missing."""
    path = folder / "train" / f"{name}.jsonl.gz"
    if not path.is_file():
        raise ModelError(f"training set {path} is missing: pass the data folder with --data")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def qa_examples(rows: Iterable[dict[str, Any]], split: Split, name: str = "") -> Iterator[Example]:
    """Turn question-answering rows of one split into examples; free-form answers are left out.

    ``name`` is the set's, where it matters for the split.
    """
    for row in rows:
        title = row.get("title") or ""
        if split_of(title, name) != split:
            continue
        answers = row["answers"]
        if not answers:
            yield Example(row["question"], row["context"], title, None, None, False, title)
        elif answers[0]["start"] >= 0:
            start = answers[0]["start"]
            end = start + len(answers[0]["text"])
            texts = tuple(answer["text"] for answer in answers)
            yield Example(row["question"], row["context"], title, start, end, True, title, texts)


def pair_examples(rows: Iterable[dict[str, Any]], rng: random.Random) -> Iterator[Example]:
    """Turn question and passage pairs into a relevant example and one with another's passage."""
    rows = list(rows)
    for row in rows:
        other = rng.choice(rows)
        yield Example(row["question"], _opening(row["passage"]), "", None, None, True, "")
        if other["question"] != row["question"]:
            yield Example(row["question"], _opening(other["passage"]), "", None, None, False, "")


def vary(example: Example, rng: random.Random) -> Example:
    """Make an example look like a library's passage: often with a heading, sometimes cut short.

    A tenth of the questions loses its question mark, as people's do.
    """
    heading = example.heading.replace("_", " ") if rng.random() < 0.5 else ""
    question = example.question
    if rng.random() < 0.1:
        question = question.rstrip(" ?")
    example = replace(example, heading=heading, question=question)
    return _window(example, rng) if rng.random() < 0.35 else example


def sentence_ranges(text: str) -> list[tuple[int, int]]:
    """Return the character ranges of the sentences, with their blanks, by a rough rule."""
    return [match.span() for match in _SENTENCE.finditer(text)]


def _opening(passage: str, limit: int = 800) -> str:
    return passage if len(passage) <= limit else passage[:limit].rsplit(" ", 1)[0]


def _window(example: Example, rng: random.Random) -> Example:
    """Keep a run of one to four sentences that holds the answer (any run where there is none)."""
    spans = sentence_ranges(example.passage)
    if len(spans) < 2:
        return example
    if example.start is None or example.end is None:
        first = last = rng.randrange(len(spans))
        start, end = None, None
    else:
        first = max(i for i, (begin, _) in enumerate(spans) if begin <= example.start or i == 0)
        last = max(i for i, (begin, _) in enumerate(spans) if begin < example.end or i == first)
        start, end = example.start, example.end
    first = max(0, first - rng.randint(0, 2))
    last = min(len(spans) - 1, last + rng.randint(0, 2))
    left, right = spans[first][0], spans[last][1]
    if start is not None and end is not None:
        if start < left or end > right:
            return example
        start, end = start - left, end - left
    return replace(example, passage=example.passage[left:right], start=start, end=end)
