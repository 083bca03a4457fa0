"""The reliability diagram against values worked out by hand."""

import random

import pytest
from rich.console import Console

from rag.evaluation.metrics import calibration_error
from rag.evaluation.reliability import reliability, reliability_table


def test_each_bin_has_its_count_mean_confidence_and_share_right() -> None:
    """Three answers at about 0.9 of which two are right, one at 0.05 that is wrong."""
    bins = reliability([0.9, 0.92, 0.94, 0.05], [True, True, False, False])

    assert [found.count for found in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]
    assert (bins[9].low, bins[9].high) == (0.9, 1.0)
    assert bins[9].confidence == pytest.approx(0.92)
    assert bins[9].right == pytest.approx(2 / 3)
    assert (bins[1].confidence, bins[1].right) == (None, None)


def test_certainty_belongs_to_the_last_bin() -> None:
    """A score of 1 is in range."""
    assert reliability([1.0], [True])[-1].count == 1


def test_its_gaps_are_the_calibration_error() -> None:
    """The figure and the diagram tell the same."""
    rng = random.Random(0)
    scores = [rng.random() for _ in range(500)]
    correct = [rng.random() < score**2 for score in scores]

    bins = reliability(scores, correct)

    gaps = sum(b.count * abs((b.confidence or 0.0) - (b.right or 0.0)) for b in bins)
    assert gaps / 500 == pytest.approx(calibration_error(scores, correct))


def test_the_table_shows_empty_bins_as_such() -> None:
    """Nothing measured is not shown as nothing right."""
    console = Console(width=80)
    with console.capture() as captured:
        console.print(reliability_table(reliability([0.95], [True])))
    lines = captured.get().splitlines()

    empty, full = (next(line for line in lines if name in line) for name in ("0.0-0.1", "0.9-1.0"))
    assert "0.950" in full and "1.000" in full
    assert "0.000" not in empty
