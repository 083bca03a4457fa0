"""``footnote train``: make the reader and measure it, or teach it a person's own questions."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ingest.config import load_settings
from ingest.embedder import load_embedder
from rag import models
from rag.calibration import save_calibration
from rag.evaluation.reliability import reliability_table
from rag.models.encoding import PairEncoder
from rag.reader import Reader
from rag.training.calibrate import calibration_figures, fit_calibration, reliability_of
from rag.training.console import log, ready, say
from rag.training.examples import Split
from rag.training.folder import Trial, ask_articles, ask_exam
from rag.training.gold import gold_figures, held_out_figures
from rag.training.lessons import count_kinds, read_lessons, write_lessons
from rag.training.loop import Schedule, Trainer
from rag.training.mixture import held_out, mixture
from rag.training.own_command import train_own
from rag.training.reading import Lesson, ReaderTask
from rag.training.report import counts_table, figures_table, finite, progress_bar, shown_training
from rag.training.sentences import sentences
from rag.training.start import blend, export, export_weights, write_start
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
    with ready():
        if out.exists():
            say(f"{out} is there already; delete it to make it anew")
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
    start: Annotated[
        Path | None, typer.Option(help="Folder of a reader to go on from, instead of MiniLM.")
    ] = None,
    rate: Annotated[float, typer.Option(min=0.0, help="Highest learning rate.")] = Schedule().rate,
    share: Annotated[
        float,
        typer.Option(
            min=0.0, max=1.0, help="With --start: share of the trained weights in those written."
        ),
    ] = 1.0,
) -> None:
    """Train the reader and write it, in half precision, to OUT/reader."""
    with ready("what was trained is kept: run the same command again to go on"):
        begun = _begun(start, out, seed)
        lessons = _mixture(data, seed, quick) if examples is None else read_lessons(examples)
        bound = 0.5 if quick else minutes
        schedule = Schedule(epochs=epochs, minutes=bound, rate=rate, seed=seed)
        network = _trained(data, out, begun, lessons, schedule, 20 if quick else 400)
        if share < 1:
            blend(network, begun, share)
        export(network, begun, out / "reader")
    say(f"written to {out / 'reader'}")


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
    with ready("what was trained is kept: run the same command again to go on"):
        schedule = replace(WRITING, minutes=0.5 if quick else minutes, epochs=epochs, seed=seed)
        measured = Reader.load(weights)
        task = WriterTask(weights, sentences(data, "train", seed, quick), schedule, layers, copying)
        asked = sentences(data, "calibration", seed, quick)[: 8 if quick else 100]
        say(f"{task.count:,} sentences")

        def figures(network: Any) -> dict[str, float]:
            return written_figures(Writer(network, measured), measured, asked)

        with shown_training(log()) as report:
            export_weights(Trainer(out, task, schedule, figures).run(report), out / "writer")
    say(f"written to {out / 'writer'}")


@app.command()
def evaluate(
    data: Data,
    weights: Weights = models.READER_FOLDER,
    limit: Annotated[int, typer.Option(min=1, help="At most so many questions.")] = 100_000,
    as_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a reader on held-out articles: exact match, F1, telling answers from none."""
    with ready():
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
    with ready():
        measured = Reader.load(weights)
        asked = [ask_exam(folder, measured) for folder in exams or ()]
        articles = _article_trials(data, "calibration", measured, questions)
        fitted = fit_calibration([articles, articles, *asked])  # as much as two exams
        save_calibration(fitted, weights)
        reported = _article_trials(data, "test", measured, questions)
        bins = reliability_of(reported, fitted)
        log().print(reliability_table(bins))
        figures = {"threshold": fitted.threshold, **calibration_figures(reported, fitted)}
    typer.echo(json.dumps({**figures, "reliability": [asdict(b) for b in bins]}, indent=2))


app.command("own")(train_own)


def _mixture(data: Path, seed: int, quick: bool) -> list[Lesson]:
    say("preparing examples …")
    return mixture(data, load_embedder(load_settings()).embed, seed, quick)


def _begun(start: Path | None, out: Path, seed: int) -> Path:
    """Return the reader to train: the one asked for, or MiniLM with fresh heads, made once."""
    if start is not None:
        Reader.load(start)  # or it says what is wrong
        return start
    fresh = out / "start"
    if not (fresh / "model.safetensors").is_file():
        write_start(fresh, seed)
    return fresh


def _trained(
    data: Path,
    out: Path,
    start: Path,
    lessons: Sequence[Lesson],
    schedule: Schedule,
    development: int,
) -> Any:
    """Train ``start`` in ``out`` and return it; the curve shows ``development`` questions."""
    asked = held_out(data, "calibration", development)
    encoder = PairEncoder.from_folder(start)
    say(f"{len(lessons):,} examples")

    def figures(network: Any) -> dict[str, float]:
        return gold_figures(Reader(network, encoder), asked)

    trainer = Trainer(out, ReaderTask(start, lessons, schedule), schedule, figures)
    with shown_training(log()) as report:
        return trainer.run(report)


def _article_trials(data: Path, split: Split, measured: Reader, questions: int) -> list[Trial]:
    with progress_bar(log()) as bar:
        task = bar.add_task(f"{split} questions", total=questions)
        return ask_articles(
            held_out(data, split),
            measured,
            questions,
            lambda done: bar.update(task, completed=done),
        )
