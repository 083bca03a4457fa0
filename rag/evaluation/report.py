"""The result of an exam as a table for people, as JSON for programs, and as a list of mistakes."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from rag.evaluation.exam import Group, Score
from rag.evaluation.judging import Mark
from rag.evaluation.questions import ExamQuestion
from rag.wording import printable


def table(groups: Sequence[Group]) -> Table:
    """Return one row a measure and one column a group; under each value its 95 % interval."""
    result = Table(caption="Below each value: its 95 % bootstrap interval.", pad_edge=False)
    result.add_column("measure", no_wrap=True)
    for group in groups:
        result.add_column(f"{group.name}\n{group.questions}", justify="right")
    for scores in zip(*(group.scores for group in groups), strict=True):
        result.add_row(scores[0].name, *map(_cell, scores))
    return result


def _cell(score: Score) -> Text:
    interval = score.interval
    if math.isnan(interval.value):
        return Text("-")
    digits = 3 if score.name.startswith("seconds") and interval.high < 1 else 2
    bounds = f"{interval.low:.{digits}f}-{interval.high:.{digits}f}"
    return Text.assemble(f"{interval.value:.3f}\n", (bounds, "dim"))


def mistakes(marks: Sequence[Mark]) -> Table:
    """Return what was asked, expected and said wherever the answer was not right."""
    result = Table("question", "expected", "answer", show_lines=True, pad_edge=False)
    for mark in marks:
        if not mark.right:
            question, chance = mark.question, mark.answer.confidence
            told = "" if chance is None else f"{chance:.2f} "
            result.add_row(
                Text(f"{question.id} {question.question}"),
                Text(_expected(question)),
                Text(told + printable(mark.answer.text)),
            )
    return result


def _expected(question: ExamQuestion) -> str:
    return " or ".join(side.answers[0] for side in question.sides) or "(not in the files)"


def as_json(groups: Sequence[Group], marks: Sequence[Mark]) -> str:
    """Return everything as one JSON object; what could not be measured is null."""
    return json.dumps(
        {
            "groups": {
                group.name: {
                    "questions": group.questions,
                    "scores": {score.name: _numbers(score) for score in group.scores},
                }
                for group in groups
            },
            "answers": [_details(mark) for mark in marks],
        },
        allow_nan=False,
    )


def _numbers(score: Score) -> dict[str, float | int | None]:
    interval = asdict(score.interval)
    finite = {name: None if math.isnan(value) else value for name, value in interval.items()}
    return {**finite, "count": score.count}


def _details(mark: Mark) -> dict[str, object]:
    question, answer = mark.question, mark.answer
    return {
        "id": question.id,
        "type": question.type,
        "question": question.question,
        "answers": question.answers,
        "others": question.others,
        "answer": answer.text,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "right": mark.right,
        "shows_both": mark.shows_both,
        "exact": mark.exact,
        "short_f1": mark.short_f1,
        "text_f1": mark.text_f1,
        "citations": [{"file": c.file, "quote": c.quote} for c in answer.citations],
        "citations_right": mark.citations_right,
        "retrieval": asdict(mark.retrieval),
        "seconds": mark.seconds,
    }
