"""What the training commands share: how they begin, what they say, how they fail."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from ingest.allocator import keep_freed_memory
from ingest.command import one_line_errors, printable
from ingest.config import go_offline


@contextmanager
def ready(kept: str = "") -> Iterator[None]:
    """Do what each command does first, and end it with one line where it cannot go on."""
    go_offline()
    keep_freed_memory()
    with one_line_errors(kept):
        yield


def say(line: str) -> None:
    """Print a line for people to standard error."""
    typer.echo(printable(line), err=True)


def log() -> Console:
    """Return the console for bars and tables that programs do not read."""
    return Console(stderr=True, highlight=False)
