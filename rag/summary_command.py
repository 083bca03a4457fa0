"""The command that summarises: ``footnote summarise``."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ingest.allocator import keep_freed_memory
from ingest.command import one_line_errors
from ingest.config import go_offline
from rag.assistant import Assistant
from rag.command import as_json, print_answer
from rag.summary import MOST_SENTENCES, SENTENCES


def summarise(
    file: Annotated[
        str | None, typer.Argument(help="A file of the library, by its name or path.")
    ] = None,
    topic: Annotated[
        str | None, typer.Option(help="What to summarise; of one file, if one is named.")
    ] = None,
    library: Annotated[Path | None, typer.Option(help="The library to use.")] = None,
    sentences: Annotated[
        int, typer.Option(min=1, max=MOST_SENTENCES, help="How many sentences at most.")
    ] = SENTENCES,
    as_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Summarise one file, or what your files say on a topic, in a few cited sentences."""
    if file is None and topic is None:
        raise typer.BadParameter("name a FILE of the library, or a --topic")
    go_offline()
    keep_freed_memory()
    console = Console(stderr=True)
    reading = console.status("Reading your files …") if console.is_terminal else nullcontext()
    with one_line_errors(), reading, Assistant.open(library) as assistant:
        summary = assistant.summarise(file, topic, sentences)
    if as_object:
        typer.echo(json.dumps(as_json(summary)))
    else:
        print_answer(summary)
