"""The ingest command, as ``python -m ingest`` and ``footnote ingest`` run it."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import (
    Progress as Bar,
)
from rich.table import Table

from ingest import pipeline
from ingest.allocator import keep_freed_memory
from ingest.config import go_offline, load_settings
from ingest.errors import FootnoteError
from ingest.progress import Progress
from ingest.types import IngestReport

SHOWN_SKIPPED = 20
INTERRUPTED = 130


@contextmanager
def one_line_errors(kept: str = "") -> Iterator[None]:
    """Turn an error of ours, or Ctrl-C, into one line on standard error and an exit code.

    ``kept`` says after Ctrl-C what was not lost.
    """
    try:
        yield
    except FootnoteError as error:
        typer.echo(f"error: {printable(' '.join(str(error).split()))}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo(f"interrupted{'; ' + kept if kept else ''}", err=True)
        raise typer.Exit(INTERRUPTED) from None


def ingest(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder that holds your documents.")
    ],
    library: Annotated[
        Path | None, typer.Option(help="Where the library lies; else in your data folder.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as one JSON object.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the library anew instead of updating it.")
    ] = False,
) -> None:
    """Read a folder of documents into a library, or bring the library up to date."""
    go_offline()
    keep_freed_memory()
    with one_line_errors("what was done is kept: run the same command again to go on"):
        settings = load_settings(library=library)
        with _shown_progress(not as_json) as show:
            report = pipeline.ingest(
                folder, settings.library, settings, progress=show, rebuild=rebuild
            )
        if as_json:
            typer.echo(report_json(report))
        else:
            print_report(report, settings.library, Console())


def printable(text: str) -> str:
    """Return a text whose names cannot steer the terminal that shows them."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def report_json(report: IngestReport) -> str:
    """Return a report as one JSON object for other programs."""
    facts = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "skipped": [{"file": skipped.file, "reason": skipped.reason} for skipped in report.skipped],
        "notes": report.notes,
        "chunks": report.chunks,
        "seconds": round(report.seconds, 3),
    }
    return json.dumps(facts, ensure_ascii=False)


def print_report(report: IngestReport, library: Path, console: Console) -> None:
    """Print what an ingest did, for a person."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="bold")
    table.add_column()
    for name in ("added", "updated", "unchanged", "removed", "skipped"):
        if count := len(getattr(report, name)):
            table.add_row(f"{count:,}", name)
    console.print(table)
    _print_lines(console, [f"{s.file}: {s.reason}" for s in report.skipped], "skipped")
    notes = [f"{file}: {note}" for file, found in report.notes.items() for note in found]
    _print_lines(console, notes, "note")
    console.print(
        f"{report.chunks:,} passages in {escape(str(library))} ({report.seconds:.1f} s)",
        soft_wrap=True,
        highlight=False,
    )


def _print_lines(console: Console, lines: list[str], label: str) -> None:
    for line in lines[:SHOWN_SKIPPED]:
        shown = escape(printable(line))
        console.print(f"  {label}  {shown}", soft_wrap=True, highlight=False)
    if more := len(lines) - SHOWN_SKIPPED:
        if more > 0:
            console.print(f"  … and {more:,} more; --json lists all")


@contextmanager
def _shown_progress(wanted: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Show a bar on standard error while the block runs, if a person is there to see it."""
    console = Console(stderr=True)
    if not wanted or not console.is_terminal:
        yield None
        return
    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading, loading the model", total=None, rate="")

        def show(progress: Progress) -> None:
            bar.update(
                task,
                completed=progress.files_done,
                total=progress.files_total,
                description=_shortened(progress.file),
                rate=_rate(progress),
            )

        yield show


def _rate(progress: Progress) -> str:
    left = progress.seconds_left
    if left is None:
        return f"{progress.chunks_per_second:.0f} passages/s"
    minutes, seconds = divmod(round(left), 60)
    return f"{progress.chunks_per_second:.0f} passages/s, {minutes}:{seconds:02d} left"


def _shortened(file: str, width: int = 40) -> str:
    shown = printable(file)
    return shown if len(shown) <= width else "…" + shown[1 - width :]


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(ingest)


def main() -> None:
    """Run the command on the arguments of this process."""
    app(prog_name="python -m ingest", args=sys.argv[1:])
