"""Merging two rankings, against values worked out by hand."""

import pytest

from rag.fusion import calibrated, convex, reciprocal_rank

DENSE = [(1, 0.9), (2, 0.5), (3, 0.1)]
WORDS = [(2, 12.0), (4, 4.0)]


def test_reciprocal_rank_sums_the_inverse_ranks() -> None:
    """Row 2 is second in one ranking and first in the other."""
    fused = reciprocal_rank(DENSE, WORDS)

    assert fused[2] == pytest.approx(1 / 62 + 1 / 61)
    assert fused[1] == pytest.approx(1 / 61)
    assert max(fused, key=fused.__getitem__) == 2


def test_convex_scales_each_ranking_to_one() -> None:
    """The best of a ranking counts 1, the last 0, the missing 0."""
    fused = convex(DENSE, WORDS)

    assert fused == pytest.approx({1: 0.5, 2: 0.25 + 0.5, 3: 0.0, 4: 0.0})


def test_calibrated_adds_standardised_scores() -> None:
    """A row that one ranking lacks counts as that ranking's last."""
    fused = calibrated(DENSE, WORDS)

    assert fused[2] == pytest.approx(0.0 + 1.0)
    assert fused[1] == pytest.approx(1.2247 - 1.0, abs=1e-3)
    assert fused[4] == pytest.approx(-1.2247 - 1.0, abs=1e-3)


@pytest.mark.parametrize("fuse", [reciprocal_rank, convex, calibrated])
def test_empty_rankings_fuse_to_what_the_other_says(fuse) -> None:  # type: ignore[no-untyped-def]
    """A question without known words still has its dense ranking, and the reverse."""
    assert fuse([], []) == {}
    assert sorted(fuse(DENSE, []), key=fuse(DENSE, []).__getitem__, reverse=True) == [1, 2, 3]
    assert max(fuse([], WORDS), key=fuse([], WORDS).__getitem__) == 2


@pytest.mark.parametrize("fuse", [reciprocal_rank, convex, calibrated])
def test_equal_scores_do_not_divide_by_zero(fuse) -> None:  # type: ignore[no-untyped-def]
    """A single hit, or several of one score, is fine."""
    assert set(fuse([(7, 0.4)], [(7, 3.0), (8, 3.0)])) == {7, 8}
