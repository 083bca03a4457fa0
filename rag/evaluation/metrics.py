"""Metrics of retrieval and of answers. Pure functions; no rounding, nothing changed in place."""

import math
import random
import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

T = TypeVar("T")

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces (SQuAD's own rule, Rajpurkar 2016)."""
    bare = _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION))
    return " ".join(bare.split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1.0 if the prediction equals an accepted answer after normalisation, else 0.0."""
    return float(any(normalise(prediction) == normalise(answer) for answer in answers))


def f1(prediction: str, answers: Sequence[str]) -> float:
    """Best word F1 against the accepted answers, between 0 and 1."""
    return max((_word_f1(prediction, answer) for answer in answers), default=0.0)


def _word_f1(prediction: str, answer: str) -> float:
    predicted, wanted = normalise(prediction).split(), normalise(answer).split()
    if not predicted or not wanted:
        return float(predicted == wanted)
    common = sum((Counter(predicted) & Counter(wanted)).values())
    if not common:
        return 0.0
    precision, recall = common / len(predicted), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def contains(text: str, answers: Sequence[str]) -> bool:
    """Whether an accepted answer stands in the text, as whole words after normalisation."""
    padded = f" {normalise(text)} "
    return any(bare and f" {bare} " in padded for bare in map(normalise, answers))


def recall_at(ranked: Sequence[str], relevant: Sequence[str], k: int) -> float:
    """Share of the relevant items among the first ``k`` of the ranking; each counts once."""
    wanted = set(relevant)
    return len(wanted & set(ranked[:k])) / len(wanted) if wanted else 0.0


def ndcg_at(gains: Sequence[float], ideal: Sequence[float], k: int) -> float:
    """Normalised discounted cumulative gain of gains in ranked order (Jarvelin 2002)."""
    best = _dcg(sorted(ideal, reverse=True)[:k])
    return _dcg(gains[:k]) / best if best else 0.0


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def risk_coverage_area(scores: Sequence[float], correct: Sequence[bool]) -> float:
    """Area under the risk-coverage curve: mean error over all coverages, 0 is perfect.

    Items are answered from the highest score down; lower is better (El-Yaniv and Wiener 2010).
    Items of equal score share their errors evenly, so that their order does not matter.
    """
    order = sorted(zip(scores, correct, strict=True), key=lambda item: -item[0])
    wrong, total, count = 0.0, 0.0, 0
    for _, tied in groupby(order, key=lambda item: item[0]):
        rights = [right for _, right in tied]
        share = 1 - sum(rights) / len(rights)
        for _ in rights:
            count += 1
            wrong += share
            total += wrong / count
    return total / count if count else math.nan


def calibration_error(scores: Sequence[float], correct: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width (Guo et al. 2017).

    ``scores`` are probabilities between 0 and 1; a score of 1 belongs to the last bin.
    """
    gaps = [0.0] * bins
    for score, right in zip(scores, correct, strict=True):
        gaps[min(int(score * bins), bins - 1)] += score - right
    return sum(map(abs, gaps)) / len(scores) if scores else math.nan


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def roc_area(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Chance that a positive scores above a negative; ties count half (Mann-Whitney U)."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return math.nan
    ranks, begin = 0.0, 0
    while begin < len(order):
        end = begin
        while end < len(order) and scores[order[end]] == scores[order[begin]]:
            end += 1
        mean_rank = (begin + 1 + end) / 2
        ranks += mean_rank * sum(labels[order[i]] for i in range(begin, end))
        begin = end
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the bounds of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def bootstrap(
    items: Sequence[T],
    statistic: Callable[[Sequence[T]], float],
    rounds: int = 1000,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap over the items (Efron 1979); NaN where there is nothing to measure."""
    if not items:
        return Interval(math.nan, math.nan, math.nan)
    rng = random.Random(seed)
    values = sorted(statistic(rng.choices(items, k=len(items))) for _ in range(rounds))
    return Interval(statistic(items), quantile(values, 0.025), quantile(values, 0.975))
