"""Which sentences are chosen."""

import numpy as np
import pytest

from ingest.types import Vectors
from rag.prose import Candidate
from rag.salience import centroid, choose, salience_for_topic, salience_in_document
from tests.rag.passages import make_hit

NONE = np.zeros(2, dtype=np.float32)


def sentence(text: str, place: float = 0.5, whole: bool = True, cue: bool = False) -> Candidate:
    """Return a sentence that leans on nothing."""
    return Candidate(make_hit(text), 0, len(text), text, place, whole, False, cue)


def units(*angles: float) -> Vectors:
    """Return unit vectors in the plane at the angles given in degrees."""
    turns = np.radians(angles)
    return np.stack([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32)


def test_best_comes_first_and_a_copy_is_passed_over() -> None:
    """The second sentence says the same as the first, so the third is taken."""
    scores = np.array([0.9, 0.89, 0.5], dtype=np.float32)

    assert choose(scores, units(0, 1, 80), 3) == [0, 2]


def test_a_new_thought_is_preferred_to_a_near_copy() -> None:
    """By hand: 0.7*0.8 - 0.3*cos(35°) = 0.314 against 0.7*0.6 - 0 = 0.42."""
    scores = np.array([0.9, 0.8, 0.6], dtype=np.float32)

    assert choose(scores, units(0, 35, 90), 2) == [0, 2]


def test_early_and_announced_sentences_gain() -> None:
    """Of sentences equally near, the first of the document, and one with a cue, are ahead."""
    early, late = sentence("a", 0.0), sentence("b", 0.9)
    plain, announced = sentence("c"), sentence("In short, d", cue=True)

    first = salience_in_document([early, late], NONE)
    second = salience_in_document([plain, announced], NONE)

    assert first[0] > first[1]
    assert second[0] < second[1]


def test_a_fragment_never_comes_before_a_sentence() -> None:
    """Even one that is as near as can be."""
    found = [sentence("a fragment", whole=False), sentence("A far sentence.")]
    nearness = np.array([0.95, 0.0], dtype=np.float32)

    scores = salience_in_document(found, nearness)

    assert scores[1] > scores[0]


def test_words_of_the_topic_count() -> None:
    """The other forms of a word do as well."""
    found = [sentence("Receipts are kept."), sentence("Hotels are limited to 140 euros.")]

    scores = salience_for_topic(found, NONE, "hotel limits")

    assert scores == pytest.approx([0.0, 0.1])


def test_centroid_has_length_one() -> None:
    """It lies in the middle."""
    assert centroid(units(0, 90)) == pytest.approx([0.5**0.5, 0.5**0.5])
