"""Fine-tunes the reader on a person's own questions, and keeps it only if that did not harm."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.calibration import Calibration, load_calibration, save_calibration
from rag.models.encoding import PairEncoder
from rag.reader import Reader
from rag.training.calibrate import shift_calibration
from rag.training.examples import Example
from rag.training.folder import trials
from rag.training.gold import abstention_figures, check_figures, gold_figures
from rag.training.loop import Report, Schedule, Trainer
from rag.training.own_lessons import OwnLessons
from rag.training.own_library import OwnLibrary
from rag.training.own_model import OwnModel, write_card
from rag.training.reading import ReaderTask
from rag.training.start import export

# Few passes at a third of the recipe's rate, in small batches, because there are few examples.
SCHEDULE = Schedule(
    epochs=4,
    minutes=20,
    rate=5e-5,
    warmup=0.1,
    batch_tokens=1500,
    cuda_batch_tokens=1500,
    save_minutes=1,
)
CALIBRATION_QUESTIONS = 30  # held out; each is asked twice, once with its passage hidden
_LEAST_OF_A_KIND = 5  # right and wrong answers, to fit a confidence
_CHECK_LOSS = 0.02  # of the area under the curve of the check, held out on few statements


@dataclass(frozen=True, slots=True)
class Figures:
    """What a reader does on the held-out rows, each 0..1, NaN where it cannot be measured.

    ``span_f1`` of the words marked in the passage that answers; areas under the ROC curve of
    telling passages that answer from those that do not, and of telling supported statements.
    """

    span_f1: float
    abstain_auc: float
    check_auc: float

    @property
    def answers(self) -> float:
        """The mean of the first two: what answers depend on."""
        known = [v for v in (self.span_f1, self.abstain_auc) if not math.isnan(v)]
        return sum(known) / len(known)

    def worse_than(self, other: "Figures") -> bool:
        """Whether answers are worse than the other's, or the check is by more than chance."""
        return self.answers < other.answers or self.check_auc < other.check_auc - _CHECK_LOSS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a fine-tune did; ``calibration`` says in a sentence where the confidence comes from."""

    before: Figures
    after: Figures
    kept: bool
    calibration: str


def fine_tune(
    model: OwnModel,
    start: Path,
    lessons: OwnLessons,
    schedule: Schedule,
    report: Report,
    library: OwnLibrary | None = None,
    candidates: int = 24,
    keep: bool = False,
) -> Outcome:
    """Train from the reader in ``start`` and keep the result unless it is worse on held-out rows.

    ``keep`` keeps it then, too. ``candidates`` is how many passages of ``library`` the confidence
    is fitted with. A second call goes on where the first was stopped. Raises ModelError.
    """
    calibration = load_calibration(start)
    before = measure(Reader.load(start), lessons)
    model.prepare(start, lessons.train, schedule)
    exported = model.run / "reader"
    export(_trained(model, start, lessons, schedule, report), start, exported)
    tuned = Reader.load(exported)
    after = measure(tuned, lessons)
    if after.worse_than(before) and not keep:
        model.discard()
        return Outcome(before, after, False, "")
    fitted, told = _calibration(calibration, tuned, lessons.answered, library, candidates)
    save_calibration(fitted, exported)
    write_card(exported, model.name, start, _facts(lessons, before, after, told))
    model.publish(exported)
    return Outcome(before, after, True, told)


def measure(reader: Reader, lessons: OwnLessons) -> Figures:
    """Measure a reader on what is held out."""
    return Figures(
        gold_figures(reader, lessons.answered)["f1"] / 100,
        abstention_figures(reader, lessons.held_out)["auc_both"],
        check_figures(reader, lessons.held_out_claims)["auc"],
    )


def comparison(before: Figures, after: Figures) -> list[tuple[str, str, str]]:
    """Return the figures as rows of a table: what, before, after."""
    names = {
        "right words (F1)": "span_f1",
        "abstaining (area under ROC)": "abstain_auc",
        "check of statements (area under ROC)": "check_auc",
    }
    return [
        (shown, _number(getattr(before, field)), _number(getattr(after, field)))
        for shown, field in names.items()
    ]


def _trained(
    model: OwnModel, start: Path, lessons: OwnLessons, schedule: Schedule, report: Report
) -> Any:
    encoder = PairEncoder.from_folder(start)

    def evaluate(network: Any) -> dict[str, float]:
        figures = measure(Reader(network, encoder), lessons)
        return {"f1": figures.span_f1, "abstain_auc": figures.abstain_auc}

    task = ReaderTask(start, lessons.train, schedule)
    return Trainer(model.run, task, schedule, evaluate).run(report)


def _calibration(
    calibration: Calibration,
    reader: Reader,
    questions: Sequence[Example],
    library: OwnLibrary | None,
    candidates: int,
) -> tuple[Calibration, str]:
    """Return the confidence to use and where it comes from."""
    copied = "The confidence and its threshold are those of the start, because"
    if library is None:
        return calibration, f"{copied} no library was given to fit them with."
    if len(questions) < CALIBRATION_QUESTIONS:
        needed = f"{len(questions)} of the {CALIBRATION_QUESTIONS} needed are held out"
        return calibration, f"{copied} only {needed}."
    asked = list(trials(questions, library.retriever, reader, candidates))
    right = sum(trial.correct for trial in asked)
    if min(right, len(asked) - right) < _LEAST_OF_A_KIND:
        return calibration, f"{copied} {right} of {len(asked)} held-out answers are right."
    fitted = shift_calibration(calibration, asked)
    return fitted, f"The confidence and its threshold were fitted on {len(asked)} held-out trials."


def _facts(lessons: OwnLessons, before: Figures, after: Figures, told: str) -> list[str]:
    """Return the paragraphs of the card: rows, figures, confidence."""
    rows = "\n".join(f"| {a} | {b} | {c} |" for a, b, c in comparison(before, after))
    return [
        f"{len(lessons.train):,} examples were trained on. Held out were {len(lessons.answered)} "
        f"questions with their passage, {len(lessons.held_out) - len(lessons.answered)} with one "
        f"that does not answer, and {len(lessons.held_out_claims)} statements:",
        f"| on held-out rows | before | after |\n|---|--:|--:|\n{rows}",
        told,
    ]


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
