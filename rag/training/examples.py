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

# How many of a hundred articles are held out: half to choose settings, half to report.
_HELD_OUT_PERCENT = {"calibration": 5, "test": 5}

# Where a passage may be cut to vary its length; a rough rule is enough for that.
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*\s*")


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


def split_of(title: str) -> Split:
    """Which part an article belongs to; decided by its title alone, so it holds across sets."""
    bucket = int(hashlib.sha256(title.strip().lower().encode()).hexdigest(), 16) % 100
    if bucket < _HELD_OUT_PERCENT["calibration"]:
        return "calibration"
    if bucket < sum(_HELD_OUT_PERCENT.values()):
        return "test"
    return "train"


def read_set(folder: Path, name: str) -> list[dict[str, Any]]:
    """Read one set, ``folder/train/name.jsonl.gz``; raise ModelError when it is missing."""
    path = folder / "train" / f"{name}.jsonl.gz"
    if not path.is_file():
        raise ModelError(f"training set {path} is missing: pass the data folder with --data")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def qa_examples(rows: Iterable[dict[str, Any]], split: Split) -> Iterator[Example]:
    """Turn question-answering rows of one split into examples; free-form answers are left out."""
    for row in rows:
        title = row.get("title") or ""
        if split_of(title) != split:
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
    """Make an example look like a library's passage: often with a heading, sometimes cut short."""
    heading = example.heading.replace("_", " ") if rng.random() < 0.5 else ""
    example = replace(example, heading=heading)
    return _window(example, rng) if rng.random() < 0.35 else example


def _opening(passage: str, limit: int = 800) -> str:
    return passage if len(passage) <= limit else passage[:limit].rsplit(" ", 1)[0]


def _window(example: Example, rng: random.Random) -> Example:
    """Keep a run of one to four sentences that holds the answer (any run where there is none)."""
    spans = [match.span() for match in _SENTENCE.finditer(example.passage)]
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
