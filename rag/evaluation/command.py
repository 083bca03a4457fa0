"""The command that holds an exam: ingest a folder, ask its questions, print the marks."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from ingest.allocator import keep_freed_memory
from ingest.command import one_line_errors
from ingest.config import go_offline, load_settings
from ingest.pipeline import ingest
from rag.assistant import Assistant
from rag.evaluation.exam import sit, summarise
from rag.evaluation.judging import DEPTH, Mark
from rag.evaluation.questions import ExamQuestion, check_files, read_questions
from rag.evaluation.report import as_json, mistakes, table

NARROWEST = 128  # columns of a report that is not shown in a terminal


def exam(
    folder: Annotated[Path, typer.Argument(help="The folder to ingest.")],
    questions: Annotated[Path, typer.Argument(help="Its questions, one JSON object a line.")],
    as_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    library: Annotated[
        Path | None, typer.Option(help="Ingest into this library and keep it.")
    ] = None,
    k: Annotated[
        int, typer.Option("--k", "-k", min=1, help="Passages to look at; recall@10 needs 10.")
    ] = DEPTH,
    wrong: Annotated[bool, typer.Option("--mistakes", help="List what was not right.")] = False,
) -> None:
    """Ask the questions of an exam and print how good the answers are."""
    go_offline()
    keep_freed_memory()
    with one_line_errors():
        marks = hold(folder, questions, library, k)
    groups = summarise(marks)
    if as_object:
        typer.echo(as_json(groups, marks))
        return
    console = _console()
    console.print(table(groups))
    if wrong:
        console.print(mistakes(marks))


def hold(folder: Path, questions: Path, library: Path | None, k: int) -> list[Mark]:
    """Ingest the folder, ask every question, and return the marks in the order asked."""
    asked = read_questions(questions)
    check_files(asked, folder)
    with _library(library) as place:
        ingest(folder, place, load_settings(library=place))
        with Assistant.open(place) as assistant:
            return list(_shown(assistant, asked, k))


def _shown(assistant: Assistant, asked: Sequence[ExamQuestion], k: int) -> Iterator[Mark]:
    return iter(
        track(
            sit(assistant, asked, k),
            description="Asking",
            total=len(asked),
            console=Console(stderr=True),
            transient=True,
        )
    )


@contextmanager
def _library(library: Path | None) -> Iterator[Path]:
    if library is not None:
        yield library
        return
    with tempfile.TemporaryDirectory(prefix="footnote-exam-") as scratch:
        yield Path(scratch) / "library"


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else NARROWEST)
