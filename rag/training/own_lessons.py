"""What is learned from a person's own rows, and what is held out of them to measure by.

Rows say mostly where an answer is; a reader that learns from nothing else forgets to abstain. So
each question is also shown passages that lack its answer: of other rows, and of the library. The
check of statements is kept in training by the sentences that hold the answers.
"""

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelError
from rag.training.claims import Claim
from rag.training.examples import Example, sentence_ranges
from rag.training.negatives import mine
from rag.training.own_library import OwnLibrary, holds
from rag.training.reading import Lesson

LEAST_HELD_OUT = 4  # questions with an answer; fewer say nothing
_ONE_IN = 5  # questions are held out
_FROM_LIBRARY = 2  # passages of the library that each question is shown in vain
_LONGEST_QUOTE = 900  # characters


@dataclass(frozen=True, slots=True)
class OwnLessons:
    """What is trained on, and the questions and statements that are held out."""

    train: tuple[Lesson, ...]
    held_out: tuple[Example, ...]
    held_out_claims: tuple[Claim, ...]

    @property
    def answered(self) -> list[Example]:
        """The held-out questions with the passage that answers them."""
        return [example for example in self.held_out if example.relevant]


def divide(
    rows: Sequence[Example], library: OwnLibrary | None, seed: int, source: Path
) -> OwnLessons:
    """Add passages without the answer, and hold out a fifth of the questions, by their hash.

    Raises ModelError that says how many rows ``source`` lacks when too few are held out.
    """
    answered = [row for row in rows if row.relevant]
    lacking = _ONE_IN * LEAST_HELD_OUT - len({row.question for row in answered})
    if lacking > 0:
        raise ModelError(
            f"{source} has {len(answered)} usable questions with an answer; a fifth is held out to "
            f"measure by, at least {LEAST_HELD_OUT}: add {lacking} rows"
        )
    held_out = _held_out(row.question for row in answered)
    rng = random.Random(seed)
    examples = [*rows, *_negatives(rows, library, rng)]
    claims = [(row.question in held_out, c) for row in answered for c in _claims(row, rows, rng)]
    return OwnLessons(
        (
            *(e for e in examples if not _is_held_out(e, held_out)),
            *(claim for held, claim in claims if not held),
        ),
        tuple(e for e in examples if _is_held_out(e, held_out)),
        tuple(claim for held, claim in claims if held),
    )


def is_held_out(question: str) -> bool:
    """Whether a question is one to measure by: the same in every run, whatever else is asked."""
    return _digest(question) % _ONE_IN == 0


def _is_held_out(example: Example, held_out: frozenset[str]) -> bool:
    return example.question in held_out or is_held_out(example.question)


def _held_out(questions: Iterable[str]) -> frozenset[str]:
    """Return the questions that are held out, and where chance gives too few, the next ones."""
    ordered = sorted(set(questions), key=_digest)
    chosen = [question for question in ordered if is_held_out(question)]
    others = [question for question in ordered if not is_held_out(question)]
    return frozenset(chosen + others[: max(0, LEAST_HELD_OUT - len(chosen))])


def _digest(question: str) -> int:
    return int(hashlib.sha256(question.lower().encode()).hexdigest(), 16)


def _negatives(
    rows: Sequence[Example], library: OwnLibrary | None, rng: random.Random
) -> Iterator[Example]:
    """Yield questions with passages that lack the answer and that no row names for them."""
    named = {(row.question, row.passage) for row in rows}
    for example in [*mine(rows, rng), *_others(rows, rng), *_of_library(rows, library)]:
        if (example.question, example.passage) not in named:
            named.add((example.question, example.passage))
            yield example


def _others(rows: Sequence[Example], rng: random.Random) -> Iterator[Example]:
    for row in rows:
        other = rng.choice(rows)
        if row.answers and not holds(row.answers[0], other.passage):
            yield _without_answer(row, other.heading, other.passage)


def _of_library(rows: Sequence[Example], library: OwnLibrary | None) -> Iterator[Example]:
    for row in rows:
        if library is not None and row.answers:
            for chunk in library.lacking(row.question, row.answers[0], _FROM_LIBRARY):
                yield _without_answer(row, chunk.context, chunk.text)


def _without_answer(row: Example, heading: str, passage: str) -> Example:
    return Example(row.question, passage, heading, None, None, False, heading)


def _claims(row: Example, rows: Sequence[Example], rng: random.Random) -> Iterator[Claim]:
    """Yield the sentence that holds the answer, and the same with the answer of another row."""
    if row.start is None or row.end is None:
        return
    text = row.passage
    inside = [(a, b) for a, b in sentence_ranges(text) if a < row.end and b > row.start]
    begin, end = inside[0][0], inside[-1][1]
    statement = text[begin:end].strip()
    quote = text if len(text) <= _LONGEST_QUOTE else statement
    yield Claim(statement, quote, True)
    other = rng.choice(rows)
    if other.answers and not holds(other.answers[0], text):
        changed = text[begin : row.start] + other.answers[0] + text[row.end : end]
        yield Claim(changed.strip(), quote, False)
