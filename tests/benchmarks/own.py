"""What a person's own questions teach the reader, and what it forgets for them.

    python -m tests.benchmarks.own [FOLDER ...] [--data DIR] [--folds 2] [--minutes 20]
        [--limit 300] [--reader FOLDER] [--seed 0] [--keep]

The questions of each FOLDER (its questions.jsonl; without FOLDER, the sample corpora) are dealt
into folds. The reader is taught those of all folds but one, as ``footnote train own`` teaches them,
and sits the exam on the one left out, before and after, with the same library. The fifth of the
questions that the command holds out, to decide whether the new reader is kept, is in every fold's
lessons and in no exam; any other question is asked once, of a reader that has not learned it. The
passage that answers it may have answered a learned one: so it is with a person's own questions.
Where the command would not keep the new reader, the one before sits again; ``--keep`` keeps it all
the same. With the training sets in DIR, each taught reader is also asked ``--limit`` questions of
held-out articles.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from ingest.allocator import keep_freed_memory
from ingest.config import go_offline
from rag import models
from rag.assistant import Assistant
from rag.evaluation.exam import MEASURES, Measure, sit
from rag.evaluation.judging import DEPTH, Mark
from rag.evaluation.metrics import Interval, bootstrap
from rag.reader import Reader
from rag.training.claims import Claim
from rag.training.examples import Example
from rag.training.gold import abstention_figures, check_figures, gold_figures
from rag.training.loop import Schedule
from rag.training.mixture import held_out, held_out_claims, held_out_unanswerable
from rag.training.own import SCHEDULE, Outcome, comparison, fine_tune
from rag.training.own_library import OwnLibrary
from rag.training.own_model import OwnModel
from rag.training.report import shown_training
from tests.benchmarks.own_courses import Course, courses_of

CORPORA = tuple(
    Path("corpora") / name
    for name in (
        "company-handbook",
        "how-language-models-work",
        "footnote-manual",
        "allotment-club",
    )
)
SHOWN = ("right, answerable", "right, unanswerable", "calibration error", "risk-coverage area")
Both = tuple[Mark, Mark]  # of one question, before and after


@dataclass(frozen=True, slots=True)
class Taught:
    """What became of a course; ``reader`` is the folder of the reader in force after it."""

    course: Course
    outcome: Outcome
    reader: Path


@dataclass(frozen=True, slots=True)
class General:
    """Held-out questions, the same with passages in vain beside them, and statements to check."""

    asked: Sequence[Example]
    found: Sequence[Example]
    claims: Sequence[Claim]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a reader can do in general: F1 by question, and two areas under the ROC curve."""

    f1: tuple[float, ...]
    abstaining: float
    checking: float


def main() -> None:
    """Teach, hold the exams, and print a table for each."""
    given = arguments()
    go_offline()
    keep_freed_memory()
    schedule = replace(SCHEDULE, minutes=given.minutes, seed=given.seed)
    console = Console(width=128)
    with TemporaryDirectory() as scratch:
        courses = [
            course
            for folder in given.folders
            for course in courses_of(folder, Path(scratch) / folder.name, given.folds, given.seed)
        ]
        taught = [teach(course, given.reader, schedule, given.keep) for course in courses]
        console.print(teaching_table(taught))
        both: dict[str, list[Both]] = {}
        for one in taught:
            both.setdefault(one.course.folder, []).extend(examined(one, given.reader))
        console.print(exam_table(both))
        kept = [one.reader for one in taught if one.outcome.kept]
        if given.data and kept:
            console.print(memory_table(general(given.data, given.limit), given.reader, kept))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*", default=CORPORA, metavar="FOLDER")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=SCHEDULE.minutes)
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--reader", type=Path, default=models.READER_FOLDER)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    if given.folds < 2:
        parser.error("--folds must be 2 or more: what is learned is not asked")
    given.reader = given.reader.resolve()
    return given


def teach(course: Course, start: Path, schedule: Schedule, keep: bool) -> Taught:
    """Teach the reader in ``start`` a course."""
    model = OwnModel(course.settings.models, f"fold-{course.fold}")
    log = Console(stderr=True, highlight=False)
    with OwnLibrary.open(course.settings) as library, shown_training(log) as report:
        outcome = fine_tune(
            model,
            start,
            course.lessons,
            schedule,
            report,
            library,
            course.settings.candidates,
            keep,
        )
    return Taught(course, outcome, model.folder if outcome.kept else start)


def examined(taught: Taught, start: Path) -> list[Both]:
    """Ask what was not learned, before and after."""
    before = marks(taught.course, start)
    after = marks(taught.course, taught.reader) if taught.outcome.kept else before
    return list(zip(before, after, strict=True))


def marks(course: Course, reader: Path) -> list[Mark]:
    """Sit the exam of a course with a reader."""
    with Assistant.open(course.settings.library, reader=str(reader)) as assistant:
        return list(sit(assistant, course.asked, DEPTH))


def teaching_table(taught: Sequence[Taught]) -> Table:
    """Return what was learned, and the figures that the command itself prints."""
    table = Table("folder", "fold", "examples", "kept", title="Teaching", pad_edge=False)
    for name, *_ in comparison(taught[0].outcome.before, taught[0].outcome.after):
        table.add_column(name, justify="right")
    for one in taught:
        shown = comparison(one.outcome.before, one.outcome.after)
        figures = [f"{before} to {after}" for _, before, after in shown]
        count, kept = f"{len(one.course.lessons.train):,}", "yes" if one.outcome.kept else "no"
        table.add_row(one.course.folder, str(one.course.fold + 1), count, kept, *figures)
    return table


def exam_table(both: dict[str, list[Both]]) -> Table:
    """Return each measure before and after, by folder and over all, with the paired difference."""
    table = Table("folder", "measure", title="Exams on what was not learned", pad_edge=False)
    for column in ("questions", "before", "after", "difference"):
        table.add_column(column, justify="right")
    groups = {**both, "all": [pair for pairs in both.values() for pair in pairs]}
    for folder, pairs in groups.items():
        for measure in (measure for measure in MEASURES if measure.name in SHOWN):
            before, after = (value(measure, side) for side in zip(*pairs, strict=True))
            gain, count = difference(measure, pairs)
            table.add_row(
                folder, measure.name, str(count), f"{before:.3f}", f"{after:.3f}", signed(gain)
            )
        table.add_section()
    return table


def value(measure: Measure, given: Sequence[Mark]) -> float:
    """Return a measure of the marks that it counts; 0 where it counts none."""
    counted = [mark for mark in given if measure.counts(mark)]
    return measure.statistic(counted) if counted else 0.0


def difference(measure: Measure, pairs: Sequence[Both]) -> tuple[Interval, int]:
    """Return how much a measure gains, over the questions that it counts before or after."""
    counted = [pair for pair in pairs if any(map(measure.counts, pair))]

    def gain(drawn: Sequence[Both]) -> float:
        before, after = zip(*drawn, strict=True)
        return value(measure, after) - value(measure, before)

    return bootstrap(counted, gain), len(counted)


def signed(interval: Interval) -> str:
    """Return a difference with its interval."""
    return f"{interval.value:+.3f} ({interval.low:+.3f} to {interval.high:+.3f})"


def general(data: Path, limit: int) -> General:
    """Return what a reader is asked of articles that nobody taught it."""
    asked = held_out(data, "test", limit)
    found = [*asked, *held_out_unanswerable(data, "test")[:limit]]
    return General(asked, found, held_out_claims(data, limit)["made"])


def remembered(asked: General, folder: Path) -> Memory:
    """Measure a reader in general."""
    reader = Reader.load(folder)
    return Memory(
        tuple(gold_figures(reader, [example])["f1"] / 100 for example in asked.asked),
        abstention_figures(reader, asked.found)["auc_both"],
        check_figures(reader, asked.claims)["auc"],
    )


def memory_table(asked: General, start: Path, readers: Sequence[Path]) -> Table:
    """Return what the readers can do in general, before and after they were taught."""
    before, after = remembered(asked, start), [remembered(asked, reader) for reader in readers]
    title = f"Held-out articles, {len(asked.asked)} questions, {len(readers)} taught readers"
    table = Table("", title=title, pad_edge=False)
    for column in ("before", "after, mean", "after, worst", "difference"):
        table.add_column(column, justify="right")
    means = [fmean(of_question) for of_question in zip(*(one.f1 for one in after), strict=True)]
    gains = [new - old for old, new in zip(before.f1, means, strict=True)]
    shown: dict[str, Callable[[Memory], float]] = {
        "right words (F1)": lambda memory: fmean(memory.f1),
        "abstaining (area under ROC)": lambda memory: memory.abstaining,
        "check of statements (area under ROC)": lambda memory: memory.checking,
    }
    for name, figure in shown.items():
        values = [figure(one) for one in after]
        told = f"{fmean(values) - figure(before):+.3f}"
        if name.endswith("(F1)"):
            told = signed(bootstrap(gains, fmean))
        cells = (figure(before), fmean(values), min(values))
        table.add_row(name, *(f"{cell:.3f}" for cell in cells), told)
    return table


if __name__ == "__main__":
    main()
