"""Measures a reader on held-out articles with the gold paragraph given, and on unanswerables."""

from collections.abc import Sequence
from pathlib import Path

from rag.evaluation.metrics import exact_match, f1, roc_area
from rag.models.encoding import Pair
from rag.reader import Reader
from rag.training.claims import Claim
from rag.training.examples import Example
from rag.training.mixture import held_out, held_out_claims, held_out_unanswerable


def gold_figures(reader: Reader, examples: Sequence[Example]) -> dict[str, float]:
    """Exact match and F1, in percent, of the best span in each example's own passage."""
    readings = reader.read([Pair(e.question, "", e.passage) for e in examples], spans=1)
    matches, overlaps = [], []
    for example, reading in zip(examples, readings, strict=True):
        span = reading.spans[0] if reading.spans else None
        predicted = example.passage[span.start : span.end] if span else ""
        matches.append(exact_match(predicted, example.answers))
        overlaps.append(f1(predicted, example.answers))
    count = max(1, len(examples))
    return {"exact_match": 100 * sum(matches) / count, "f1": 100 * sum(overlaps) / count}


def abstention_figures(reader: Reader, examples: Sequence[Example]) -> dict[str, float]:
    """Area under the ROC curve of telling passages that answer from passages that do not.

    Of the span score and of the rank logit, and of their sum.
    """
    readings = reader.read([Pair(e.question, "", e.passage) for e in examples], spans=1)
    labels = [example.relevant for example in examples]
    return {
        "auc_span": roc_area([reading.best for reading in readings], labels),
        "auc_rank": roc_area([reading.rank for reading in readings], labels),
        "auc_both": roc_area([reading.best + reading.rank for reading in readings], labels),
    }


def check_figures(reader: Reader, claims: Sequence[Claim]) -> dict[str, float]:
    """Area under the ROC curve of telling supported statements from others, by the check logit."""
    logits = reader.check([(claim.statement, claim.quote) for claim in claims])
    labels = [claim.supported for claim in claims]
    return {"claims": float(len(claims)), "auc": roc_area(logits, labels)}


def held_out_figures(data: Path, measured: Reader, limit: int) -> dict[str, dict[str, float]]:
    """Return the figures of a reader on held-out articles, by the questions they are of."""
    gold = held_out(data, "test", limit)
    found = [*gold[:1000], *held_out_unanswerable(data, "test")[:1000]]
    human = held_out(data, "test", name="squad2_devA")
    near = [*human, *held_out_unanswerable(data, "test", "squad2_devA")]
    claims = held_out_claims(data)
    return {
        "squad1": {"questions": float(len(gold)), **gold_figures(measured, gold)},
        "squad1 against found passages": abstention_figures(measured, found),
        "squad2": {"questions": float(len(human)), **gold_figures(measured, human)},
        "squad2 against written near misses": abstention_figures(measured, near),
        **{f"claims {name}": check_figures(measured, some) for name, some in claims.items()},
    }
