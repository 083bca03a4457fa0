"""Confidence, threshold and their file."""

import math
from pathlib import Path

import numpy as np
import pytest

from rag.calibration import Calibration, features_of, load_calibration, save_calibration
from rag.errors import ModelError
from rag.evaluation.metrics import calibration_error
from rag.training.calibrate import fit_calibration, logistic_regression, shift_calibration
from rag.training.folder import Trial
from tests.rag.passages import make_evidence, make_hit


def test_probability_is_the_logistic_of_the_weighted_sum() -> None:
    """Worked by hand: 0.5 * 2 + 1 * 1 - 1 = 1."""
    calibration = Calibration((0.5, 1.0), -1.0, 0.5)

    assert calibration.probability((2.0, 1.0)) == pytest.approx(1 / (1 + math.exp(-1)))


def test_calibration_survives_its_file(tmp_path: Path) -> None:
    """What is saved is what is loaded."""
    calibration = Calibration((0.1, 0.2, 0.3, 0.4), -1.5, 0.42)
    save_calibration(calibration, tmp_path)

    assert load_calibration(tmp_path) == calibration


def test_missing_calibration_names_the_command_that_makes_it(tmp_path: Path) -> None:
    """A reader without calibration cannot give an honest confidence."""
    with pytest.raises(ModelError, match="run `python -m rag.training calibrate"):
        load_calibration(tmp_path)


def test_logistic_regression_finds_the_weights_that_made_the_labels() -> None:
    """Labels drawn from known weights give them back within sampling error."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(4000, 2))
    chance = 1 / (1 + np.exp(-(2 * features[:, 0] - features[:, 1] + 0.5)))
    labels = (rng.random(4000) < chance).astype(float)

    weights = logistic_regression(features, labels, np.ones(4000), penalty=1e-6)

    assert weights == pytest.approx([2.0, -1.0, 0.5], abs=0.25)


def test_expected_calibration_error_by_hand() -> None:
    """Four answers said to be right at 0.9 of which two are: 0.4 off."""
    assert calibration_error([0.9] * 4, [True, True, False, False]) == pytest.approx(0.4)
    assert calibration_error([1.0, 0.0], [True, False]) == pytest.approx(0.0)


def make_trial(score: float, answerable: bool) -> Trial:
    """Return a trial whose best passage and span have ``score``."""
    hit = make_hit("The warranty ends in March.", rank=score, dense=0.5)
    evidence = (make_evidence(hit, "March", score),)
    return Trial("When?", ("March",), answerable, (hit,), evidence, answerable)


def test_threshold_separates_what_can_be_answered() -> None:
    """Questions with high scores are answered, those with low scores are not."""
    trials = [make_trial(4 + i % 3, True) for i in range(30)]
    trials += [make_trial(-4 - i % 3, False) for i in range(30)]

    fitted = fit_calibration([trials])

    for trial in trials:
        chance = fitted.probability(features_of(trial.hits, trial.evidence))
        assert (chance >= fitted.threshold) is trial.answerable


def test_a_shifted_calibration_says_on_average_what_is_right() -> None:
    """Of forty answers ten are right: the mean chance becomes 0.25, the weights stay."""
    trials = [make_trial(4 + i % 3, True) for i in range(10)]
    trials += [make_trial(i % 6 - 2, False) for i in range(30)]
    start = Calibration((0.5, 0.0, 0.0, 0.0), 2.0, 0.3)

    shifted = shift_calibration(start, trials)

    chances = [shifted.probability(features_of(t.hits, t.evidence)) for t in trials]
    assert sum(chances) / 40 == pytest.approx(0.25)
    assert shifted.weights == start.weights
    assert all(c >= shifted.threshold for c in chances[:10])
