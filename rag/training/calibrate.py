"""Fits the chance that an answer is right, and the threshold to abstain, on held-out articles."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rag.calibration import Calibration, features_of
from rag.evaluation.metrics import calibration_error, risk_coverage_area
from rag.evaluation.reliability import Bin, reliability
from rag.training.folder import Trial

TOLERANCE = 0.01  # of the mean accuracy: what silence may cost before answering more is better

Floats = npt.NDArray[np.float64]


def fit_calibration(groups: Sequence[Sequence[Trial]]) -> Calibration:
    """Fit a logistic model of "the answer is right" and choose the threshold.

    Each group of trials (a folder of articles, an exam) weighs the same. A threshold is as good as
    the mean, over the groups, of answers right and abstentions right; of those that are nearly as
    good as the best (TOLERANCE), the lowest is taken, because it answers most.
    """
    trials = [trial for group in groups for trial in group]
    features = np.array([features_of(t.hits, t.evidence) for t in trials])
    labels = np.array([t.correct for t in trials], dtype=float)
    shares = np.concatenate([np.full(len(group), 1 / len(group)) for group in groups])
    *weights, bias = logistic_regression(features, labels, shares)
    fitted = Calibration(tuple(float(w) for w in weights), float(bias), 0.5)
    return replace(fitted, threshold=_best_threshold(groups, fitted))


def shift_calibration(calibration: Calibration, trials: Sequence[Trial]) -> Calibration:
    """Fit bias and threshold anew to few trials; the weights of the features stay.

    The bias is the one that makes the mean chance the share of right answers (what maximum
    likelihood demands of a logistic model's intercept), found by bisection.
    """
    read = [t for t in trials if t.hits]
    features = [features_of(t.hits, t.evidence) for t in read]
    right = sum(t.correct for t in read)
    low, high = -30.0, 30.0
    for _ in range(60):
        bias = (low + high) / 2
        shifted = replace(calibration, bias=bias)
        if sum(map(shifted.probability, features)) < right:
            low = bias
        else:
            high = bias
    return replace(shifted, threshold=_best_threshold([trials], shifted))


def _best_threshold(groups: Sequence[Sequence[Trial]], calibration: Calibration) -> float:
    def worth(threshold: float) -> float:
        pairs = [accuracies(group, calibration, threshold) for group in groups]
        return sum(right + silent for right, silent in pairs) / (2 * len(pairs))

    worths = {step / 100: worth(step / 100) for step in range(5, 96)}
    best = max(worths.values())
    return min(t for t, w in worths.items() if w >= best - TOLERANCE)


def logistic_regression(
    features: Floats, labels: Floats, shares: Floats, penalty: float = 1e-4, rounds: int = 50
) -> Floats:
    """Return weights and bias, shape (features + 1,), by Newton's method with a ridge penalty.

    ``shares`` are the weights of the examples, in any unit.
    """
    shares = shares / shares.sum()
    inputs = np.hstack([features, np.ones((len(features), 1))])
    scale = np.maximum(np.abs(inputs).max(axis=0), 1e-9)
    inputs = inputs / scale
    weights = np.zeros(inputs.shape[1])
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (shares * (chance - labels)) + penalty * weights
        curvature = (inputs.T * (shares * chance * (1 - chance))) @ inputs
        step = np.linalg.solve(curvature + penalty * np.eye(len(weights)), gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    fitted: Floats = weights / scale
    return fitted


def accuracies(
    trials: Sequence[Trial], calibration: Calibration, threshold: float
) -> tuple[float, float]:
    """Return (answers right over answerable, abstentions right over unanswerable), 0..1."""
    answered = [chance_of(t, calibration) >= threshold for t in trials]
    right = [a and t.correct for a, t in zip(answered, trials, strict=True) if t.answerable]
    silent = [not a for a, t in zip(answered, trials, strict=True) if not t.answerable]
    return sum(right) / max(1, len(right)), sum(silent) / max(1, len(silent))


def calibration_figures(trials: Sequence[Trial], calibration: Calibration) -> dict[str, float]:
    """Accuracies at the threshold, expected calibration error, area under risk and coverage."""
    chances = [chance_of(t, calibration) for t in trials]
    correct = [t.correct for t in trials]
    right, silent = accuracies(trials, calibration, calibration.threshold)
    answerable = [t for t in trials if t.answerable]
    return {
        "questions": float(len(trials)),
        "right_without_abstaining": sum(t.correct for t in answerable) / max(1, len(answerable)),
        "answers_right": right,
        "abstentions_right": silent,
        "calibration_error": calibration_error(chances, correct),
        "risk_coverage_area": risk_coverage_area(chances, correct),
    }


def reliability_of(trials: Sequence[Trial], calibration: Calibration) -> tuple[Bin, ...]:
    """Return the reliability diagram of the trials."""
    return reliability([chance_of(t, calibration) for t in trials], [t.correct for t in trials])


def chance_of(trial: Trial, calibration: Calibration) -> float:
    """Return the chance that a trial's answer is right; 0 where nothing was found."""
    if not trial.hits:
        return 0.0
    return calibration.probability(features_of(trial.hits, trial.evidence))
