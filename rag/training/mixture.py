"""Which data sets the reader learns from, and in what shares. Deterministic by seed."""

import random
from pathlib import Path
from typing import TypeVar

from rag.training.examples import Example, Split, pair_examples, qa_examples, read_set
from rag.training.negatives import mine

_T = TypeVar("_T")


def mixture(data: Path, seed: int = 0, quick: bool = False) -> list[Example]:
    """Return the training examples; ``quick`` keeps a few hundred, for tests."""
    rng = random.Random(seed)
    squad = list(qa_examples(read_set(data, "squad1_train"), "train"))
    if quick:
        squad = rng.sample(squad, min(len(squad), 300))
    found = list(mine(squad if quick else rng.sample(squad, min(len(squad), 36_000)), rng))
    examples = [*squad, *found]
    if quick:
        return examples
    examples += _some(_answers(data, "squad1_synth_unans"), 8_000, rng)
    examples += 2 * _answers(data, "squad2_devA")
    for name in ("nq_oracle", "openstax_glossary_qa", "fairytaleqa", "tatqa_text"):
        examples += _answers(data, name)
    examples += _some(_answers(data, "qamr_dev"), 5_000, rng)
    pairs = _some(read_set(data, "medquad"), 4_000, rng)
    examples += list(pair_examples(pairs, rng))
    return examples


def held_out(
    data: Path, split: Split, limit: int | None = None, name: str = "squad1_train"
) -> list[Example]:
    """Return the questions of a held-out split that their own paragraph answers, shuffled."""
    examples = [e for e in qa_examples(read_set(data, name), split) if e.relevant]
    random.Random(0).shuffle(examples)
    return examples[:limit]


def _answers(data: Path, name: str) -> list[Example]:
    return list(qa_examples(read_set(data, name), "train"))


def _some(items: list[_T], count: int, rng: random.Random) -> list[_T]:
    return rng.sample(items, min(count, len(items)))


def held_out_unanswerable(
    data: Path, split: Split, name: str = "squad1_synth_unans"
) -> list[Example]:
    """Return held-out questions with a passage of the same article that does not answer them."""
    examples = [e for e in qa_examples(read_set(data, name), split) if not e.relevant]
    random.Random(0).shuffle(examples)
    return examples
