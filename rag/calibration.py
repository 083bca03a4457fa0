"""From scores to the chance that the answer is right, and the decision to answer or to abstain.

A logistic model over a few features of what was found, fitted on held-out articles that the reader
never saw (half of the questions with their passage taken away) and on development exams. Its
numbers lie beside the reader's weights, since they belong to that reader alone.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.errors import ModelError
from rag.types import Evidence, Hit

LEAST = -20.0
FEATURES = ("evidence", "margin", "cosine", "fused")


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
    """Return the features of what was found.

    The best evidence's score, bounded to -20..20; the lead of the best passage over the second, at
    most 10; and what the search thought of the best evidence's passage: its cosine and fused score.
    """
    if not evidence:
        return LEAST, 0.0, 0.0, 0.0
    best = max(evidence, key=lambda e: e.score)
    ranks = sorted((hit.scores.get("rank", LEAST) for hit in hits), reverse=True)
    lead = ranks[0] - ranks[1] if len(ranks) > 1 else 10.0
    search = best.hit.scores
    return bounded(best.score), min(10.0, lead), search.get("dense", 0.0), search.get("fused", 0.0)


def bounded(score: float) -> float:
    """Return a score of evidence within the range that the model was fitted on."""
    return max(LEAST, min(-LEAST, score))


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
