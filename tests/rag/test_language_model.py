"""A larger writer behind the same proof, tested with a tiny model made on the spot."""

import threading
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.language_model import LanguageModelGenerator
from rag.sampling import Sampling
from tests.rag.passages import make_evidence, make_hit

TEXT = "Intro. Staff receive 26 days of paid leave a year. Unused days lapse in March."


def test_babble_is_streamed_but_never_becomes_the_answer(tiny_model: Path) -> None:
    """A model that writes nonsense is shown writing; the answer is the verbatim evidence."""
    evidence = [make_evidence(make_hit(TEXT), "26 days")]
    generator = LanguageModelGenerator(str(tiny_model), Sampling(max_new_tokens=12))

    drafts = list(generator.write("How many days of leave?", evidence, threading.Event()))

    assert len(drafts) > 2
    assert all(not draft.statements for draft in drafts[:-1])
    assert [s.text for s in drafts[-1].statements] == [
        "26 days",
        "Staff receive 26 days of paid leave a year.",
    ]


def written(model: Path, sampling: Sampling) -> str:
    """Return what a model writes about the days of leave."""
    evidence = [make_evidence(make_hit(TEXT), "26 days")]
    generator = LanguageModelGenerator(str(model), sampling)
    return list(generator.write("How many days?", evidence, threading.Event()))[-2].text


def test_same_seed_writes_the_same_words(tiny_model: Path) -> None:
    """Sampling is reproducible."""
    first, again, other = (
        written(tiny_model, Sampling(12, temperature=1.0, seed=seed)) for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


def test_smallest_top_p_leaves_only_the_likeliest_words(tiny_model: Path) -> None:
    """However hot, a draw from one token is the greedy choice."""
    greedy = written(tiny_model, Sampling(12))

    assert written(tiny_model, Sampling(12, temperature=2.0, top_p=1e-6, seed=3)) == greedy
    assert written(tiny_model, Sampling(12, temperature=2.0, seed=3)) != greedy


def test_closing_the_stream_stops_the_model(tiny_model: Path) -> None:
    """The stop button ends generation long before its bound."""
    evidence = [make_evidence(make_hit(TEXT), "26 days")]
    generator = LanguageModelGenerator(str(tiny_model), Sampling(max_new_tokens=100_000))
    before = threading.active_count()
    drafts = generator.write("How many days?", evidence, threading.Event())

    next(drafts)
    drafts.close()

    assert threading.active_count() <= before


def test_model_that_is_not_here_is_a_clear_error() -> None:
    """Nothing is downloaded: a name that is not on this machine says what to give."""
    generator = LanguageModelGenerator("nobody/no-such-model")
    evidence = [make_evidence(make_hit(TEXT), "26 days")]

    with pytest.raises(ModelError, match="cannot be loaded from this machine .* give the folder"):
        list(generator.write("How many days?", evidence, threading.Event()))
