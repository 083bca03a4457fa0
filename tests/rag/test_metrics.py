"""Metrics against values worked out by hand."""

import math
from statistics import fmean

import pytest

from rag.evaluation.metrics import (
    bootstrap,
    calibration_error,
    contains,
    exact_match,
    f1,
    ndcg_at,
    normalise,
    quantile,
    recall_at,
    risk_coverage_area,
    roc_area,
)


def test_normalise_drops_case_punctuation_articles_and_spaces() -> None:
    """SQuAD's rule, step by step."""
    assert normalise("  The  U.S. Army,\nan army ") == "us army army"


def test_exact_match_takes_any_accepted_answer() -> None:
    """One accepted answer is enough; a longer answer is no match."""
    assert exact_match("the 27 days.", ["27", "27 Days"]) == 1.0
    assert exact_match("27 days a year", ["27", "27 days"]) == 0.0


def test_f1_counts_shared_words_and_takes_the_best_answer() -> None:
    """Three words said, two wanted, two shared: precision 2/3, recall 1, F1 0.8."""
    assert f1("27 working days", ["none", "27 days"]) == pytest.approx(0.8)


def test_f1_counts_a_repeated_word_as_often_as_it_is_wanted() -> None:
    """Of "no no no", one word counts towards "no": precision 1/3, recall 1, F1 0.5."""
    assert f1("no no no", ["no"]) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("prediction", "answers"), [("blue", ["red"]), ("", ["red"]), ("red", []), ("the", ["red"])]
)
def test_f1_is_zero_without_a_shared_word(prediction: str, answers: list[str]) -> None:
    """Nothing shared, nothing said, nothing accepted, or only an article."""
    assert f1(prediction, answers) == 0.0


@pytest.mark.parametrize(
    ("text", "answers", "found"),
    [
        ("You get 27 days.", ["27 days"], True),
        ("You get 127 days.", ["27 days"], False),
        ("In the year 1994, Gage wrote it", ["Year 1994"], True),
        ("anything", ["the"], False),
        ("anything", [], False),
    ],
)
def test_contains_looks_for_whole_words(text: str, answers: list[str], found: bool) -> None:
    """A number inside a longer number is not contained, nor is an answer of articles only."""
    assert contains(text, answers) is found


def test_recall_counts_each_relevant_item_once() -> None:
    """Of a and b, only a is among the first three, twice."""
    assert recall_at(["a", "x", "a", "b"], ["a", "b"], 3) == 0.5
    assert recall_at(["a", "x", "a", "b"], ["a", "b"], 4) == 1.0


def test_ndcg_of_a_worked_example() -> None:
    """Gains 3 2 3 0 1 2 of ideal 3 3 2 2 1 0: 6.8611 / 7.1410, a widely printed example."""
    gains = [3.0, 2.0, 3.0, 0.0, 1.0, 2.0]

    assert ndcg_at(gains, gains, 6) == pytest.approx(0.9608, abs=1e-4)


def test_ndcg_of_one_item_at_rank_three() -> None:
    """1 / log2(4), and nothing once the ranking is cut before it."""
    assert ndcg_at([0, 0, 1], [1], 10) == pytest.approx(0.5)
    assert ndcg_at([0, 0, 1], [1], 2) == 0.0


def test_risk_coverage_area_of_a_worked_example() -> None:
    """Right, wrong, right from the top: risks 0, 1/2, 1/3 with a mean of 5/18."""
    assert risk_coverage_area([0.1, 0.9, 0.5], [True, True, False]) == pytest.approx(5 / 18)


def test_risk_coverage_area_does_not_depend_on_the_order_of_ties() -> None:
    """One right and one wrong of equal score have risk 1/2 at each coverage."""
    assert risk_coverage_area([0.5, 0.5], [True, False]) == pytest.approx(0.5)
    assert risk_coverage_area([0.5, 0.5], [False, True]) == pytest.approx(0.5)


def test_calibration_error_of_a_worked_example() -> None:
    """Two at 0.9 with one right are off by 0.4; two at 0.2 with none right are off by 0.2."""
    scores = [0.9, 0.9, 0.2, 0.2]

    error = calibration_error(scores, [True, False, False, False])

    assert error == pytest.approx((2 * 0.4 + 2 * 0.2) / 4)


def test_calibration_error_puts_certainty_into_the_last_bin() -> None:
    """A score of exactly 1 that is right costs nothing."""
    assert calibration_error([1.0, 0.0], [True, False]) == 0.0


def test_roc_area_counts_pairs_and_halves_ties() -> None:
    """Of the four pairs two are won, one is lost and one is a tie: 2.5 / 4."""
    area = roc_area([0.9, 0.3, 0.3, 0.5], [True, True, False, False])

    assert area == pytest.approx(2.5 / 4)


def test_roc_area_needs_both_kinds() -> None:
    """Without a negative there is no pair to order."""
    assert math.isnan(roc_area([0.1, 0.2], [True, True]))


def test_quantile_returns_an_observed_value() -> None:
    """Of ten values the median is the fifth and the 95th percentile the tenth."""
    values = [9.0, 1, 2, 3, 4, 5, 6, 7, 8, 10]

    assert quantile(values, 0.5) == 5
    assert quantile(values, 0.95) == 10


def test_bootstrap_interval_is_close_to_the_binomial_one() -> None:
    """Fifty of a hundred: 0.5 with bounds about 1.96 standard errors of 0.05 away."""
    interval = bootstrap([0.0, 1.0] * 50, fmean)

    assert interval.value == 0.5
    assert interval.low == pytest.approx(0.402, abs=0.02)
    assert interval.high == pytest.approx(0.598, abs=0.02)


def test_bootstrap_repeats_itself_and_leaves_its_input_alone() -> None:
    """The same items give the same bounds; constant items give no width."""
    items = [0.0, 1.0, 1.0, 0.0, 1.0]

    first = bootstrap(items, fmean)

    assert first == bootstrap(items, fmean)
    assert items == [0.0, 1.0, 1.0, 0.0, 1.0]
    assert bootstrap([2.0, 2.0], max).low == bootstrap([2.0, 2.0], max).high == 2.0


def test_bootstrap_of_nothing_is_not_a_number() -> None:
    """No items, no value and no bounds."""
    interval = bootstrap([], max)

    assert all(map(math.isnan, (interval.value, interval.low, interval.high)))
