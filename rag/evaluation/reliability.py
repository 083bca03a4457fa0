"""The reliability diagram: what was right of the answers given with each confidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence lies between ``low`` and ``high``, both 0..1.

    ``confidence`` is their mean confidence and ``right`` the share of them that is right; both are
    None where there are none.
    """

    low: float
    high: float
    count: int
    confidence: float | None
    right: float | None


def reliability(
    scores: Sequence[float], correct: Sequence[bool], bins: int = 10
) -> tuple[Bin, ...]:
    """Return bins of equal width, as the expected calibration error has them (Guo et al. 2017).

    ``scores`` are probabilities between 0 and 1; a score of 1 belongs to the last bin.
    """
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for score, right in zip(scores, correct, strict=True):
        groups[min(int(score * bins), bins - 1)].append((score, right))
    return tuple(_bin(number, bins, group) for number, group in enumerate(groups))


def reliability_table(bins: Sequence[Bin]) -> Table:
    """Return one row a bin: the confidence said, and how much of it was right."""
    table = Table("confidence", pad_edge=False)
    for name in ("answers", "mean confidence", "share right"):
        table.add_column(name, justify="right")
    for found in bins:
        means = ["-" if mean is None else f"{mean:.3f}" for mean in (found.confidence, found.right)]
        table.add_row(f"{found.low:.1f}-{found.high:.1f}", f"{found.count:,}", *means)
    return table


def _bin(number: int, bins: int, group: Sequence[tuple[float, bool]]) -> Bin:
    low, high = number / bins, (number + 1) / bins
    if not group:
        return Bin(low, high, 0, None, None)
    confidence = sum(score for score, _ in group) / len(group)
    return Bin(low, high, len(group), confidence, sum(right for _, right in group) / len(group))
