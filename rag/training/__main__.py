"""``python -m rag.training``: make the reader, resume it, measure it."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ingest.allocator import keep_freed_memory
from ingest.config import go_offline, load_settings
from ingest.embedder import load_embedder
from ingest.library import Library
from ingest.pipeline import ingest
from rag import models
from rag.calibration import save_calibration
from rag.evaluation.questions import read_questions
from rag.models.encoding import PairEncoder
from rag.reader import Reader
from rag.retriever import Retriever
from rag.training.calibrate import calibration_figures, fit_calibration
from rag.training.examples import Split
from rag.training.folder import Trial, exam_trials, trials, write_articles
from rag.training.gold import abstention_figures, gold_figures
from rag.training.loop import Schedule, Trainer
from rag.training.mixture import held_out, held_out_unanswerable, mixture
from rag.training.start import export, write_start

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(stderr=True)

Data = Annotated[Path, typer.Option("--data", help="folder with the training sets")]


@app.command()
def reader(
    data: Data,
    out: Annotated[Path, typer.Option(help="the run's folder; the same folder resumes")],
    minutes: Annotated[float, typer.Option(help="bound of the whole run")] = 140.0,
    epochs: Annotated[float, typer.Option(help="bound in passes over the examples")] = 2.0,
    seed: Annotated[int, typer.Option()] = 0,
    quick: Annotated[
        bool, typer.Option(help="a few hundred examples: a minute, for tests")
    ] = False,
) -> None:
    """Train the reader and write it, in half precision, to OUT/reader."""
    go_offline()
    keep_freed_memory()
    start = out / "start"
    if not (start / "model.safetensors").is_file():
        write_start(start, seed)
    console.print("preparing examples …")
    examples = mixture(data, seed, quick)
    development = held_out(data, "calibration", 20 if quick else 400)
    console.print(f"{len(examples):,} examples")
    encoder = PairEncoder.from_folder(start)

    def evaluate(model: Any) -> dict[str, float]:
        return gold_figures(Reader(model, encoder), development)

    schedule = Schedule(epochs=epochs, minutes=0.5 if quick else minutes, seed=seed)
    trainer = Trainer(out, start, examples, schedule, evaluate)
    with _progress() as bar:
        task = bar.add_task("training", total=1.0)

        def report(line: dict[str, float]) -> None:
            if "saved" in line:
                bar.console.print(
                    f"{line['progress']:.0%}: loss {line['loss']:.3f}, "
                    f"exact match {line['exact_match']:.1f}, F1 {line['f1']:.1f}"
                )
            else:
                rate = line["seen"] / max(1e-9, line["seconds"])
                bar.update(
                    task,
                    completed=line["progress"],
                    description=f"{line['seen']:,.0f} seen, {rate:.1f}/s, loss {line['loss']:.2f}",
                )

        model = trainer.run(report)
    export(model, start, out / "reader")
    console.print(f"written to {out / 'reader'}")


@app.command()
def evaluate(
    data: Data,
    weights: Annotated[
        Path, typer.Option("--reader", help="folder of weights")
    ] = models.READER_FOLDER,
    limit: Annotated[int, typer.Option(help="at most so many questions")] = 100_000,
) -> None:
    """Measure a reader on held-out articles: exact match, F1, telling answers from none."""
    go_offline()
    keep_freed_memory()
    measured = Reader.load(weights)
    gold = held_out(data, "test", limit)
    found = [*gold[:1000], *held_out_unanswerable(data, "test")[:1000]]
    human = held_out(data, "test", name="squad2_devA")
    near = [*human, *held_out_unanswerable(data, "test", "squad2_devA")]
    figures = {
        "squad1": {"questions": float(len(gold)), **gold_figures(measured, gold)},
        "squad1 against found passages": abstention_figures(measured, found),
        "squad2": {"questions": float(len(human)), **gold_figures(measured, human)},
        "squad2 against written near misses": abstention_figures(measured, near),
    }
    typer.echo(json.dumps(figures, indent=2))


@app.command()
def calibrate(
    data: Data,
    exams: Annotated[
        list[Path] | None,
        typer.Option("--exam", help="folder with questions.jsonl, to fit on too; repeatable"),
    ] = None,
    weights: Annotated[
        Path, typer.Option("--reader", help="folder of weights")
    ] = models.READER_FOLDER,
    questions: Annotated[int, typer.Option(help="questions of each split")] = 500,
) -> None:
    """Fit confidence and threshold on held-out articles; report on other held-out articles."""
    go_offline()
    keep_freed_memory()
    measured = Reader.load(weights)
    groups = [_article_trials(data, "calibration", measured, questions)]
    groups += [_exam_trials(folder, measured) for folder in exams or ()]
    fitted = fit_calibration(groups)
    save_calibration(fitted, weights)
    figures = calibration_figures(_article_trials(data, "test", measured, questions), fitted)
    typer.echo(json.dumps({"threshold": fitted.threshold, **figures}, indent=2))


def _article_trials(data: Path, split: Split, measured: Reader, questions: int) -> list[Trial]:
    """Ask held-out questions of a folder made of their articles."""
    examples = held_out(data, split)
    with tempfile.TemporaryDirectory() as place, _progress() as bar:
        write_articles(examples, Path(place))
        task = bar.add_task(f"{split} questions", total=questions)
        with _searching(Path(place)) as retriever:
            asked = trials(
                examples[:questions],
                retriever,
                measured,
                load_settings().candidates,
                lambda done: bar.update(task, completed=done),
            )
            return list(asked)


def _exam_trials(folder: Path, measured: Reader) -> list[Trial]:
    """Ask the questions that lie in a folder of that folder."""
    questions = read_questions(folder / "questions.jsonl")
    with _searching(folder) as retriever:
        return list(exam_trials(questions, retriever, measured, load_settings().candidates))


@contextmanager
def _searching(folder: Path) -> Iterator[Retriever]:
    """Ingest a folder into a library that lives as long as the block."""
    with tempfile.TemporaryDirectory() as place:
        settings = load_settings(library=Path(place) / "library")
        embedder = load_embedder(settings)
        ingest(folder, settings.library, settings, embedder)
        with Library.open(settings.library, embedder.fingerprint) as library:
            yield Retriever(library, embedder)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("{task.percentage:.1f} %"), console=console)


if __name__ == "__main__":
    app()
