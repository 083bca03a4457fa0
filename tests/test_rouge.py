"""ROUGE against values worked out by hand."""

import pytest

from tests.benchmarks.rouge import longest_common_subsequence, rouge_l, rouge_n

REFERENCE = "police killed the gunman"


@pytest.mark.parametrize(
    ("summary", "expected"),
    [("police kill the gunman", 0.75), ("the gunman kill police", 0.5)],
)
def test_rouge_l_follows_the_order_of_words(summary: str, expected: float) -> None:
    """The example of Lin 2004: the same words in another order share a shorter sequence."""
    assert rouge_l(summary, REFERENCE) == expected
    assert rouge_n(summary, REFERENCE, 2) == pytest.approx(1 / 3)


def test_rouge_n_counts_a_word_as_often_as_both_have_it() -> None:
    """Saying "the" seven times gains once for each "the" of the reference: F1 of 2/7 and 2/6."""
    summary = "the the the the the the the"

    assert rouge_n(summary, "The cat is on the mat.", 1) == pytest.approx(2 * 2 / (7 + 6))


def test_nothing_shared_is_zero_and_the_same_is_one() -> None:
    """Case and punctuation do not count; an empty summary has nothing."""
    assert rouge_n("Leave lapses.", "leave, lapses", 2) == rouge_l("A b.", "a B") == 1.0
    assert rouge_n("", REFERENCE, 1) == rouge_l("", REFERENCE) == 0.0
    assert rouge_n("one", "one", 2) == 0.0


def test_longest_common_subsequence_may_have_gaps() -> None:
    """``b d`` and ``b c`` are longest in these."""
    assert longest_common_subsequence("abcd", "xbzdc") == 2
