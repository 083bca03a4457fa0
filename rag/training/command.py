"""``footnote train``: make the reader and measure it, or teach it a person's own questions."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ingest.allocator import keep_freed_memory
from ingest.command import SHOWN_SKIPPED, one_line_errors, printable
from ingest.config import default_config_file, go_offline, load_settings
from ingest.embedder import load_embedder
from rag import models
from rag.assistant import reader_folder
from rag.calibration import save_calibration
from rag.evaluation.reliability import reliability_table
from rag.models.encoding import PairEncoder
from rag.reader import Reader
from rag.training.calibrate import calibration_figures, fit_calibration, reliability_of
from rag.training.examples import Split
from rag.training.folder import Trial, ask_articles, ask_exam
from rag.training.gold import gold_figures, held_out_figures
from rag.training.lessons import count_kinds, read_lessons, write_lessons
from rag.training.loop import Schedule, Trainer
from rag.training.mixture import held_out, mixture
from rag.training.own import SCHEDULE, Outcome, comparison, fine_tune
from rag.training.own_lessons import divide
from rag.training.own_library import OwnLibrary
from rag.training.own_model import OwnModel
from rag.training.own_rows import SkippedRow, names_files, read_rows
from rag.training.reading import Lesson, ReaderTask
from rag.training.report import counts_table, figures_table, finite, progress_bar, shown_training
from rag.training.sentences import sentences
from rag.training.start import export, export_weights, write_start
from rag.training.writing import LAYERS, WriterTask
from rag.training.writing import SCHEDULE as WRITING
from rag.training.written import written_figures
from rag.writer import Writer

app = typer.Typer(
    help="Train the reader, measure it, or teach it your own questions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Data = Annotated[Path, typer.Option("--data", help="Folder with the training sets.")]
Weights = Annotated[Path, typer.Option("--reader", help="Folder of weights.")]
Seed = Annotated[int, typer.Option(help="The start of the random numbers.")]
Quick = Annotated[bool, typer.Option("--quick", help="A few hundred examples: for trying out.")]
Minutes = Annotated[float, typer.Option(min=0.01, help="Bound of the whole run.")]


@app.command("data")
def make_data(
    data: Data,
    out: Annotated[Path, typer.Option(help="File to write, .jsonl.gz.")],
    seed: Seed = 0,
    quick: Quick = False,
) -> None:
    """Make the examples of the recipe once; a file that is there already is used as it is."""
    with _ready():
        if out.exists():
            _say(f"{out} is there already; delete it to make it anew")
            lessons = read_lessons(out)
        else:
            lessons = _mixture(data, seed, quick)
            write_lessons(lessons, out)
    Console().print(counts_table(count_kinds(lessons)))


@app.command("reader")
def train_reader(
    data: Data,
    out: Annotated[Path, typer.Option(help="The run's folder; the same folder resumes.")],
    minutes: Minutes = 140.0,
    epochs: Annotated[float, typer.Option(help="Bound in passes over the examples.")] = 2.0,
    seed: Seed = 0,
    quick: Quick = False,
    examples: Annotated[
        Path | None, typer.Option(help="Examples that `data` made, instead of making them.")
    ] = None,
) -> None:
    """Train the reader and write it, in half precision, to OUT/reader."""
    with _ready("what was trained is kept: run the same command again to go on"):
        start = out / "start"
        if not (start / "model.safetensors").is_file():
            write_start(start, seed)
        lessons = _mixture(data, seed, quick) if examples is None else read_lessons(examples)
        schedule = Schedule(epochs=epochs, minutes=0.5 if quick else minutes, seed=seed)
        export(_trained(data, out, lessons, schedule, 20 if quick else 400), start, out / "reader")
    _say(f"written to {out / 'reader'}")


@app.command("writer")
def train_writer(
    data: Data,
    out: Annotated[Path, typer.Option(help="The run's folder; the same folder resumes.")],
    weights: Weights = models.READER_FOLDER,
    minutes: Minutes = WRITING.minutes,
    epochs: Annotated[float, typer.Option(help="Bound in passes over the sentences.")] = (
        WRITING.epochs
    ),
    layers: Annotated[int, typer.Option(min=1, max=6, help="Layers of the decoder.")] = LAYERS,
    copying: Annotated[bool, typer.Option(help="Whether it has a copy gate.")] = True,
    seed: Seed = 0,
    quick: Quick = False,
) -> None:
    """Train the writer on the trunk of a reader and write it, in half precision, to OUT/writer."""
    with _ready("what was trained is kept: run the same command again to go on"):
        schedule = replace(WRITING, minutes=0.5 if quick else minutes, epochs=epochs, seed=seed)
        task = WriterTask(weights, sentences(data, "train", seed, quick), schedule, layers, copying)
        asked = sentences(data, "calibration", seed, quick)[: 8 if quick else 100]
        measured = Reader.load(weights)
        _say(f"{task.count:,} sentences")

        def figures(network: Any) -> dict[str, float]:
            return written_figures(Writer(network, measured), measured, asked)

        with shown_training(_log()) as report:
            export_weights(Trainer(out, task, schedule, figures).run(report), out / "writer")
    _say(f"written to {out / 'writer'}")


@app.command()
def evaluate(
    data: Data,
    weights: Weights = models.READER_FOLDER,
    limit: Annotated[int, typer.Option(min=1, help="At most so many questions.")] = 100_000,
    as_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a reader on held-out articles: exact match, F1, telling answers from none."""
    with _ready():
        figures = held_out_figures(data, Reader.load(weights), limit)
    if as_object:
        typer.echo(json.dumps(finite(figures), indent=2))
    else:
        Console().print(figures_table(figures))


@app.command()
def calibrate(
    data: Data,
    exams: Annotated[
        list[Path] | None,
        typer.Option("--exam", help="Folder with questions.jsonl, to fit on too; repeatable."),
    ] = None,
    weights: Weights = models.READER_FOLDER,
    questions: Annotated[int, typer.Option(min=1, help="Questions of each split.")] = 500,
) -> None:
    """Fit confidence and threshold on held-out articles; report on other held-out articles."""
    with _ready():
        measured = Reader.load(weights)
        articles = _article_trials(data, "calibration", measured, questions)
        groups = [articles, articles]  # they weigh as much as two exams
        groups += [ask_exam(folder, measured) for folder in exams or ()]
        fitted = fit_calibration(groups)
        save_calibration(fitted, weights)
        reported = _article_trials(data, "test", measured, questions)
        bins = reliability_of(reported, fitted)
        _log().print(reliability_table(bins))
        figures = {"threshold": fitted.threshold, **calibration_figures(reported, fitted)}
    typer.echo(json.dumps({**figures, "reliability": [asdict(b) for b in bins]}, indent=2))


@app.command("own")
def train_own(
    source: Annotated[Path, typer.Option("--from", help="Your questions, one JSON object a line.")],
    name: Annotated[str | None, typer.Option(help="Name of your reader; else the file's.")] = None,
    minutes: Minutes = SCHEDULE.minutes,
    epochs: Annotated[float, typer.Option(help="Passes over your questions.")] = SCHEDULE.epochs,
    library: Annotated[
        Path | None, typer.Option(help="Library that your questions are about.")
    ] = None,
    start: Annotated[
        str, typer.Option(help="Reader to start from: a folder, or a name of yours.")
    ] = "footnote-reader",
    seed: Seed = 0,
    keep: Annotated[bool, typer.Option("--keep", help="Keep it even if it is worse.")] = False,
) -> None:
    """Teach a reader your own questions; a fifth of them is held out and measured by.

    A row has question, passage and answer, the words of the passage that answer (null: none do).
    """
    with _ready("what was trained is kept: run the same command again to go on"):
        settings = load_settings(library=library, reader=start)
        model = OwnModel(settings.models, name or re.sub(r"[^\w.-]+", "-", source.stem))
        model.check()
        with _library(library, source) as opened:
            rows = read_rows(source, opened)
            _print_skipped(rows.skipped)
            lessons = divide(rows.examples, opened, seed, source)
            schedule = replace(SCHEDULE, minutes=minutes, epochs=epochs, seed=seed)
            _say(f"{len(lessons.train):,} examples, {len(lessons.held_out)} held out")
            with shown_training(_log()) as report:
                outcome = fine_tune(
                    model,
                    reader_folder(settings),
                    lessons,
                    schedule,
                    report,
                    opened,
                    settings.candidates,
                    keep,
                )
    _print_outcome(outcome, model)


def _mixture(data: Path, seed: int, quick: bool) -> list[Lesson]:
    _say("preparing examples …")
    return mixture(data, load_embedder(load_settings()).embed, seed, quick)


def _trained(
    data: Path, out: Path, lessons: Sequence[Lesson], schedule: Schedule, development: int
) -> Any:
    """Train in ``out`` and return the network; the curve shows ``development`` questions."""
    asked = held_out(data, "calibration", development)
    encoder = PairEncoder.from_folder(out / "start")
    _say(f"{len(lessons):,} examples")

    def figures(network: Any) -> dict[str, float]:
        return gold_figures(Reader(network, encoder), asked)

    trainer = Trainer(out, ReaderTask(out / "start", lessons, schedule), schedule, figures)
    with shown_training(_log()) as report:
        return trainer.run(report)


def _article_trials(data: Path, split: Split, measured: Reader, questions: int) -> list[Trial]:
    with progress_bar(_log()) as bar:
        task = bar.add_task(f"{split} questions", total=questions)
        return ask_articles(
            held_out(data, split),
            measured,
            questions,
            lambda done: bar.update(task, completed=done),
        )


@contextmanager
def _library(library: Path | None, source: Path) -> Iterator[OwnLibrary | None]:
    """Open the library named, or the usual one if a row names a file of it; else give None."""
    if library is None and not names_files(source):
        yield None
        return
    with OwnLibrary.open(load_settings(library=library)) as opened:
        yield opened


def _print_skipped(skipped: Sequence[SkippedRow]) -> None:
    for row in skipped[:SHOWN_SKIPPED]:
        typer.echo(f"  skipped  line {row.line}: {printable(row.reason)}", err=True)
    if len(skipped) > SHOWN_SKIPPED:
        typer.echo(f"  … and {len(skipped) - SHOWN_SKIPPED:,} more", err=True)


def _print_outcome(outcome: Outcome, model: OwnModel) -> None:
    table = Table("on held-out rows", pad_edge=False)
    for column in ("before", "after"):
        table.add_column(column, justify="right")
    for row in comparison(outcome.before, outcome.after):
        table.add_row(*row)
    Console().print(table)
    if not outcome.kept:
        typer.echo("The new reader is worse on held-out rows, so it is not kept (--keep keeps it).")
        return
    typer.echo(outcome.calibration)
    typer.echo(
        f"Kept in {printable(str(model.folder))}. To use it, set FOOTNOTE_READER={model.name}"
    )
    typer.echo(f'or write this line into {default_config_file()}:  reader = "{model.name}"')


@contextmanager
def _ready(kept: str = "") -> Iterator[None]:
    """Do what each command does first, and end it with one line where it cannot go on."""
    go_offline()
    keep_freed_memory()
    with one_line_errors(kept):
        yield


def _say(line: str) -> None:
    typer.echo(printable(line), err=True)


def _log() -> Console:
    return Console(stderr=True, highlight=False)
