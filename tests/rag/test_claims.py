"""Statements and quotes for the check: what supports, what contradicts, what stands beside."""

import random
from typing import Any

from rag.training.claims import labelled_claims, made_claims, premise_is_held_out
from rag.training.examples import split_of

TITLE = next(f"Mill {n}" for n in range(100) if split_of(f"Mill {n}") == "train")
OTHER = next(f"Mill {n}" for n in range(100) if split_of(f"Mill {n}") == "test")
TEXT = "Arden opened its mill in 1820. The owner of the mill lived in the village of Corve."


def row(question: str, answer: str, sentence: str, title: str = TITLE) -> dict[str, Any]:
    """Return a row whose answer stands in TEXT."""
    return {
        "question": question,
        "context": TEXT,
        "answers": [{"text": answer, "start": TEXT.index(answer)}],
        "answer_sentence": sentence,
        "title": title,
    }


ROWS = [
    row("When did Arden open its mill?", "1820", "Arden opened its mill in 1820."),
    row(
        "Where did the owner live?", "village of Corve", "The owner lived in the village of Corve."
    ),
]


def test_each_answer_gives_a_supported_claim_and_a_wrong_one() -> None:
    """The supported one has the sentence of its answer in the quote."""
    claims = list(made_claims(ROWS, "train", random.Random(0)))

    supported = [claim for claim in claims if claim.supported]
    assert [claim.statement for claim in supported] == [r["answer_sentence"] for r in ROWS]
    assert all(r["answers"][0]["text"] in c.quote for r, c in zip(ROWS, supported, strict=True))
    assert 1 <= sum(not claim.supported for claim in claims) <= 2


def test_wrong_claims_are_wrong() -> None:
    """Either the statement differs from the true one, or the quote lacks the answer."""
    true = {r["answer_sentence"]: r["answers"][0]["text"] for r in ROWS}
    wrong = [
        claim
        for seed in range(60)
        for claim in made_claims(ROWS, "train", random.Random(seed))
        if not claim.supported
    ]

    assert all(c.statement not in true or true[c.statement] not in c.quote for c in wrong)
    statements = {claim.statement for claim in wrong}
    assert any("1820" not in s and s.startswith("Arden opened its mill in") for s in statements)
    assert len({c.quote for c in wrong}) > 1


def test_articles_that_are_held_out_make_no_claims_to_train_on() -> None:
    """The split of articles holds for claims too."""
    rows = [row("When?", "1820", "Arden opened its mill in 1820.", title=OTHER)]

    assert not list(made_claims(rows, "train", random.Random(0)))
    assert list(made_claims(rows, "test", random.Random(0)))


def test_only_entailment_supports() -> None:
    """Neutral and contradicting statements are both unsupported; what asserts nothing is left."""
    rows = [
        {"premise": "p", "hypothesis": label, "label": label}
        for label in ("entailment", "neutral", "contradiction", "not_entailment", "generic")
    ]

    assert {c.statement: c.supported for c in labelled_claims(rows)} == {
        "entailment": True,
        "neutral": False,
        "contradiction": False,
        "not_entailment": False,
    }


def test_a_fifth_of_the_premises_is_kept_for_measuring() -> None:
    """All rows of one premise are on the same side."""
    held = [premise_is_held_out({"premise": f"premise {n}"}) for n in range(1000)]

    assert 150 < sum(held) < 250
    assert premise_is_held_out({"premise": " premise 1 "}) == held[1]
