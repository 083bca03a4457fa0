"""``footnote train own``: teach the reader a person's own questions."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ingest.command import SHOWN_SKIPPED, printable
from ingest.config import default_config_file, load_settings
from rag.assistant import reader_folder
from rag.training.console import log, ready, say
from rag.training.own import SCHEDULE, Outcome, comparison, fine_tune
from rag.training.own_lessons import divide
from rag.training.own_library import OwnLibrary
from rag.training.own_model import OwnModel
from rag.training.own_rows import SkippedRow, names_files, read_rows
from rag.training.report import shown_training


def train_own(
    source: Annotated[Path, typer.Option("--from", help="Your questions, one JSON object a line.")],
    name: Annotated[str | None, typer.Option(help="Name of your reader; else the file's.")] = None,
    minutes: Annotated[float, typer.Option(min=0.01, help="Bound of the whole run.")] = (
        SCHEDULE.minutes
    ),
    epochs: Annotated[float, typer.Option(help="Passes over your questions.")] = SCHEDULE.epochs,
    library: Annotated[
        Path | None, typer.Option(help="Library that your questions are about.")
    ] = None,
    start: Annotated[
        str, typer.Option(help="Reader to start from: a folder, or a name of yours.")
    ] = "footnote-reader",
    seed: Annotated[int, typer.Option(help="The start of the random numbers.")] = 0,
    keep: Annotated[bool, typer.Option("--keep", help="Keep it even if it is worse.")] = False,
) -> None:
    """Teach a reader your own questions; a fifth of them is held out and measured by.

    A row has question, passage and answer, the words of the passage that answer (null: none do).
    """
    with ready("what was trained is kept: run the same command again to go on"):
        settings = load_settings(library=library, reader=start)
        model = OwnModel(settings.models, name or re.sub(r"[^\w.-]+", "-", source.stem))
        model.check()
        with _library(library, source) as opened:
            rows = read_rows(source, opened)
            _print_skipped(rows.skipped)
            lessons = divide(rows.examples, opened, seed, source)
            schedule = replace(SCHEDULE, minutes=minutes, epochs=epochs, seed=seed)
            say(f"{len(lessons.train):,} examples, {len(lessons.held_out)} held out")
            with shown_training(log()) as report:
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
