"""An exam: every question is asked, every answer judged, and the marks summed up with intervals."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.evaluation.judging import Mark, judge
from rag.evaluation.metrics import (
    Interval,
    bootstrap,
    calibration_error,
    quantile,
    risk_coverage_area,
)
from rag.evaluation.questions import ExamQuestion
from rag.types import Answer, Turn

ROUNDS = 1000  # of the bootstrap


class Answerer(Protocol):
    """What can sit an exam; ``rag.Assistant`` does."""

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        files: Sequence[str] | None = None,
        k: int | None = None,
    ) -> Answer:
        """Answer one question."""
        ...


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the report: over which marks it is taken, and how."""

    name: str
    counts: Callable[[Mark], bool]
    statistic: Callable[[Sequence[Mark]], float]


@dataclass(frozen=True, slots=True)
class Score:
    """The value of a measure with its 95 % interval, taken over ``count`` questions."""

    name: str
    interval: Interval
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """The scores of all questions, or of those of one type."""

    name: str
    questions: int
    scores: tuple[Score, ...]


def sit(answerer: Answerer, questions: Sequence[ExamQuestion], k: int) -> Iterator[Mark]:
    """Ask each question in turn and yield its mark at once; ``seconds`` is by the clock."""
    for question in questions:
        begin = time.perf_counter()
        answer = answerer.answer(question.question, question.history, k=k)
        yield judge(question, answer, time.perf_counter() - begin)


def summarise(marks: Sequence[Mark]) -> tuple[Group, ...]:
    """Return the scores over all marks first, then those by type of question, in file order."""
    types = dict.fromkeys(mark.question.type for mark in marks)
    return (
        _group("all", marks),
        *(_group(name, [mark for mark in marks if mark.question.type == name]) for name in types),
    )


def _group(name: str, marks: Sequence[Mark]) -> Group:
    return Group(name, len(marks), tuple(_score(measure, marks) for measure in MEASURES))


def _score(measure: Measure, marks: Sequence[Mark]) -> Score:
    counted = [mark for mark in marks if measure.counts(mark)]
    return Score(measure.name, bootstrap(counted, measure.statistic, ROUNDS), len(counted))


def _always(mark: Mark) -> bool:
    return True


def _answerable(mark: Mark) -> bool:
    return mark.question.answerable


def _unanswerable(mark: Mark) -> bool:
    return not mark.question.answerable


def _contradicting(mark: Mark) -> bool:
    return bool(mark.question.others)


def _answered(mark: Mark) -> bool:
    return not mark.answer.abstained


def _answerable_and_answered(mark: Mark) -> bool:
    return mark.question.answerable and not mark.answer.abstained


def _chance_given(mark: Mark) -> bool:
    """Whether a chance to be right was told; an exam that asks for a summary gets none."""
    return mark.answer.confidence is not None


def _answered_with_chance(mark: Mark) -> bool:
    return _answered(mark) and _chance_given(mark)


def _cited(mark: Mark) -> bool:
    return not mark.answer.abstained and bool(mark.answer.citations)


def _mean(value: Callable[[Mark], float]) -> Callable[[Sequence[Mark]], float]:
    return lambda marks: sum(map(value, marks)) / len(marks)


def _citation_precision(marks: Sequence[Mark]) -> float:
    return sum(m.citations_right for m in marks) / sum(len(m.answer.citations) for m in marks)


def _delivered(mark: Mark) -> bool:
    """Whether an answer was given and is right; to abstain delivers nothing."""
    return mark.right and not mark.answer.abstained


def _chances(marks: Sequence[Mark]) -> list[float]:
    return [m.answer.confidence for m in marks if m.answer.confidence is not None]


def _risk_coverage(marks: Sequence[Mark]) -> float:
    return risk_coverage_area(_chances(marks), [*map(_delivered, marks)])


def _calibration(marks: Sequence[Mark]) -> float:
    return calibration_error(_chances(marks), [*map(_delivered, marks)])


def _seconds(share: float) -> Callable[[Sequence[Mark]], float]:
    return lambda marks: quantile([mark.seconds for mark in marks], share)


MEASURES = (
    Measure("recall@1", _answerable, _mean(lambda mark: mark.retrieval.recall_1)),
    Measure("recall@5", _answerable, _mean(lambda mark: mark.retrieval.recall_5)),
    Measure("recall@10", _answerable, _mean(lambda mark: mark.retrieval.recall_10)),
    Measure("file recall@5", _answerable, _mean(lambda mark: mark.retrieval.files_5)),
    Measure("nDCG@10", _answerable, _mean(lambda mark: mark.retrieval.ndcg_10)),
    Measure("exact match", _answerable, _mean(lambda mark: mark.exact)),
    Measure("F1, short answer", _answerable, _mean(lambda mark: mark.short_f1)),
    Measure("F1, whole text", _answerable, _mean(lambda mark: mark.text_f1)),
    Measure("contains an answer", _answerable, _mean(lambda mark: mark.contained)),
    Measure("right, answerable", _answerable, _mean(lambda mark: mark.right)),
    Measure("right, unanswerable", _unanswerable, _mean(lambda mark: mark.right)),
    Measure("right, all", _always, _mean(lambda mark: mark.right)),
    Measure("answered", _answerable, _mean(_answered)),
    Measure("citation precision", _cited, _citation_precision),
    Measure("citation recall", _answerable_and_answered, _mean(lambda mark: mark.supported)),
    Measure("shows both", _contradicting, _mean(lambda mark: mark.shows_both)),
    Measure("risk-coverage area", _chance_given, _risk_coverage),
    Measure("calibration error", _answered_with_chance, _calibration),
    Measure("seconds, median", _always, _seconds(0.5)),
    Measure("seconds, p95", _always, _seconds(0.95)),
)
