"""Which data sets the reader learns from, and in what shares. Deterministic by seed."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from rag.training.claims import Claim, labelled_claims, made_claims, premise_is_held_out
from rag.training.examples import Example, Split, pair_examples, qa_examples, read_set
from rag.training.near_misses import Names, near_misses
from rag.training.negatives import mine
from rag.training.paraphrase import Embed, Paraphraser

_T = TypeVar("_T")

_REWORDED = 0.3  # the share of questions that are put in other words


def mixture(data: Path, embed: Embed, seed: int = 0, quick: bool = False) -> list[Example | Claim]:
    """Return the training examples and claims; ``quick`` keeps a few hundred, for tests.

    ``embed`` turns words into unit vectors (n, d); it finds the synonyms.
    """
    rng = random.Random(seed)
    squad = list(qa_examples(read_set(data, "squad1_train"), "train"))
    reworded = Paraphraser.learn((e.question for e in squad), embed)
    names = Names([(e.title, e.question) for e in squad])
    count = 300 if quick else len(squad)
    squad = _some(squad, count, rng)
    examples = [
        *squad,
        *mine(_some(squad, count // 4, rng), rng),
        *near_misses(_some(squad, count // 2, rng), names, rng),
    ]
    if not quick:
        examples += _wider(data, rng)
    claims = list(made_claims(read_set(data, "squad1_train"), "train", rng))
    asked = reworded.some(examples, _REWORDED, rng)
    told = _some(claims, count // 4, rng)
    return [*asked, *told] if quick else [*asked, *told, *_labelled(data)]


def held_out(
    data: Path, split: Split, limit: int | None = None, name: str = "squad1_train"
) -> list[Example]:
    """Return the questions of a held-out split that their own paragraph answers, shuffled."""
    examples = [e for e in qa_examples(read_set(data, name), split, name) if e.relevant]
    random.Random(0).shuffle(examples)
    return examples[:limit]


def held_out_unanswerable(
    data: Path, split: Split, name: str = "squad1_synth_unans"
) -> list[Example]:
    """Return held-out questions with a passage of the same article that does not answer them."""
    examples = [e for e in qa_examples(read_set(data, name), split, name) if not e.relevant]
    random.Random(0).shuffle(examples)
    return examples


def held_out_claims(data: Path, made: int = 1000) -> dict[str, list[Claim]]:
    """Return held-out claims: replies judged by people (BEGIN), and ``made`` ones of our own."""
    judged = [row for row in read_set(data, "begin_attrib") if premise_is_held_out(row)]
    own = list(made_claims(read_set(data, "squad1_train"), "test", random.Random(0)))
    return {
        "judged by people": list(labelled_claims(judged)),
        "made": _some(own, made, random.Random(0)),
    }


def _wider(data: Path, rng: random.Random) -> list[Example]:
    """Return what is not SQuAD 1.1: written near misses and other kinds of text and question."""
    examples = 2 * _answers(data, "squad2_devA") + 2 * _answers(data, "nq_oracle")
    examples += _some(_answers(data, "squad1_synth_unans"), 4_000, rng)
    for name in ("openstax_glossary_qa", "openstax_review_qa", "fairytaleqa", "quoref_1k"):
        examples += _answers(data, name)
    examples += _answers(data, "tatqa_text") + _some(_answers(data, "qamr_dev"), 4_000, rng)
    pairs = _some(read_set(data, "medquad"), 4_000, rng)
    return examples + list(pair_examples(pairs, rng))


def _labelled(data: Path) -> list[Claim]:
    rows = [row for row in read_set(data, "begin_attrib") if not premise_is_held_out(row)]
    for name in ("mnli_train", "openstax_mcq_nli"):
        rows += read_set(data, name)
    return list(labelled_claims(rows))


def _answers(data: Path, name: str) -> list[Example]:
    return list(qa_examples(read_set(data, name), "train", name))


def _some(items: Sequence[_T], count: int, rng: random.Random) -> list[_T]:
    return rng.sample(items, min(count, len(items)))
