"""Three ways to merge the rankings of the dense and the word search into one.

Each takes two rankings, best first, as (row, score) and returns a fused score a row; larger is
better. Rows that one ranking lacks count as last there.
"""

import math
from collections.abc import Callable, Sequence

Ranking = Sequence[tuple[int, float]]
Fusion = Callable[[Ranking, Ranking], dict[int, float]]

RANK_CONSTANT = 60.0
DENSE_WEIGHT = 0.5


def reciprocal_rank(dense: Ranking, words: Ranking) -> dict[int, float]:
    """Sum of ``1 / (60 + rank)`` over the rankings (Cormack, Clarke and Buettcher 2009)."""
    fused: dict[int, float] = {}
    for ranking in (dense, words):
        for rank, (row, _) in enumerate(ranking, start=1):
            fused[row] = fused.get(row, 0.0) + 1 / (RANK_CONSTANT + rank)
    return fused


def convex(dense: Ranking, words: Ranking) -> dict[int, float]:
    """Weighted sum of scores scaled to 0..1 within each ranking (Bruch, Gai and Ingber 2023)."""
    scaled = ((DENSE_WEIGHT, _scaled(dense)), (1 - DENSE_WEIGHT, _scaled(words)))
    rows = {row for ranking in (dense, words) for row, _ in ranking}
    return {row: sum(w * scores.get(row, 0.0) for w, scores in scaled) for row in rows}


def calibrated(dense: Ranking, words: Ranking) -> dict[int, float]:
    """Sum of log-odds: each ranking's scores, standardised, pass through a logistic curve.

    Standardising makes cosines and BM25 scores comparable without a fitted constant; the sum of
    log-odds is the naive Bayes combination of two independent opinions.
    """
    opinions = (_log_odds(dense), _log_odds(words))
    rows = {row for ranking in (dense, words) for row, _ in ranking}
    return {row: sum(scores.get(row, low) for scores, low in opinions) for row in rows}


def _scaled(ranking: Ranking) -> dict[int, float]:
    if not ranking:
        return {}
    scores = [score for _, score in ranking]
    low, high = min(scores), max(scores)
    if high == low:
        return {row: 1.0 for row, _ in ranking}
    return {row: (score - low) / (high - low) for row, score in ranking}


def _log_odds(ranking: Ranking) -> tuple[dict[int, float], float]:
    """Log-odds by row, clipped, and those of a row that the ranking lacks."""
    if not ranking:
        return {}, 0.0
    scores = [score for _, score in ranking]
    mean = sum(scores) / len(scores)
    spread = math.sqrt(sum((score - mean) ** 2 for score in scores) / len(scores)) or 1.0
    odds = {row: max(-6.0, min(6.0, (score - mean) / spread)) for row, score in ranking}
    return odds, min(odds.values())
