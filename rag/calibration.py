"""From scores to the chance that the answer is right, and the decision to answer or to abstain.

A logistic model over a few features of what was found, fitted on held-out articles that the reader
never saw (half of the questions with their passage taken away). Its numbers lie beside the
reader's weights, since they belong to that reader alone.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.errors import ModelError
from rag.types import Evidence, Hit

FEATURES = ("span", "rank", "margin", "cosine")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the features, the bias, and the threshold below which to abstain."""

    weights: tuple[float, ...]
    bias: float
    threshold: float

    def probability(self, features: Sequence[float]) -> float:
        """Return the calibrated chance that the answer is right, 0..1."""
        logit = self.bias + sum(w * x for w, x in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def features_of(hits: Sequence[Hit], evidence: Sequence[Evidence]) -> tuple[float, ...]:
    """Return the features of what was found: best span, best rank, lead over the second, cosine."""
    spans = sorted((e.score for e in evidence), reverse=True) or [-20.0]
    ranks = sorted((hit.scores.get("rank", -20.0) for hit in hits), reverse=True) or [-20.0]
    cosine = max((hit.scores.get("dense", 0.0) for hit in hits), default=0.0)
    second = ranks[1] if len(ranks) > 1 else -20.0
    return (
        _bounded(spans[0]),
        _bounded(ranks[0]),
        min(10.0, ranks[0] - second),
        cosine,
    )


def _bounded(score: float) -> float:
    return max(-20.0, min(20.0, score))


def save_calibration(calibration: Calibration, folder: Path) -> None:
    """Write ``folder/calibration.json``."""
    values = {"features": FEATURES, **asdict(calibration)}
    (folder / "calibration.json").write_text(json.dumps(values, indent=2) + "\n")


def load_calibration(folder: Path) -> Calibration:
    """Read ``folder/calibration.json``; ModelError if it is missing or of other features."""
    path = folder / "calibration.json"
    try:
        values = json.loads(path.read_text())
        if tuple(values["features"]) != FEATURES:
            raise ModelError(f"{path} was fitted for other features: run the calibration again")
        return Calibration(tuple(values["weights"]), values["bias"], values["threshold"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path} cannot be read ({error}): run `python -m rag.training calibrate`"
        ) from error
