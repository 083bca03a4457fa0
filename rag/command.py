"""The command that asks one question: ``footnote ask`` and ``python -m rag``."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from ingest.allocator import keep_freed_memory
from ingest.command import one_line_errors
from ingest.config import go_offline
from rag.assistant import answer
from rag.prompts import ABSTENTION
from rag.types import Answer, Citation, Hit
from rag.wording import confidence_words, file_page_heading, place_of, printable

_CLOSEST = 3  # passages shown when the files do not hold the answer
_SHOWN = 240  # characters of each of them
_PIPED_WIDTH = 100_000  # columns when no terminal reads along: lines are never broken


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    library: Annotated[Path | None, typer.Option(help="The library to ask.")] = None,
    file: Annotated[
        list[str] | None,
        typer.Option(help="Look only in files with this name or pattern; may be repeated."),
    ] = None,
    k: Annotated[int | None, typer.Option("-k", min=1, help="How many passages to show.")] = None,
    as_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Answer a question from your files, with footnotes to the exact words."""
    go_offline()
    keep_freed_memory()
    with one_line_errors(), _thinking():
        found = answer(question, library, files=file, k=k)
    if as_object:
        typer.echo(json.dumps(as_json(found)))
    else:
        print_answer(found)


def as_json(found: Answer) -> dict[str, Any]:
    """Return the answer as ``footnote ask --json`` prints it."""
    return {
        "answer": found.text,
        "abstained": found.abstained,
        "confidence": found.confidence,
        "citations": [_citation_json(citation) for citation in found.citations],
        "passages": [_passage_json(hit) for hit in found.passages],
        "timings": found.timings,
    }


def print_answer(found: Answer) -> None:
    """Print an answer for a person: in colour on a terminal, plain elsewhere."""
    terminal = sys.stdout.isatty()
    console = Console(highlight=False, markup=False, width=None if terminal else _PIPED_WIDTH)
    if found.abstained:
        _print_abstention(console, found)
        return
    console.print(Text(printable(found.text)), soft_wrap=not terminal)
    console.print("\nSources", style="bold")
    for citation in found.citations:
        _print_source(console, f"[{citation.number}] ", citation, f"“{_line(citation.quote)}”")
    console.print(f"\n{confidence_words(found.confidence).capitalize()}", style="dim")


def _print_abstention(console: Console, found: Answer) -> None:
    console.print(Text(ABSTENTION if found.passages else printable(found.text), style="bold"))
    if found.passages:
        console.print("\nClosest passages", style="bold")
    for hit in found.passages[:_CLOSEST]:
        text = _line(hit.passage.chunk.text)
        shown = text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(" ", 1)[0] + " …"
        _print_source(console, "- ", hit, shown)


def _print_source(console: Console, mark: str, source: Citation | Hit, words: str) -> None:
    console.print(Text.assemble((mark, "cyan"), _line(place_of(source))), soft_wrap=True)
    console.print(Text(f"    {words}", style="italic"), soft_wrap=True)


def _line(text: str) -> str:
    return " ".join(printable(text).split())


def _citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "file": citation.file,
        "page": citation.page,
        "heading": citation.heading,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "score": citation.score,
    }


def _passage_json(hit: Hit) -> dict[str, Any]:
    file, page, heading = file_page_heading(hit)
    chunk = hit.passage.chunk
    return {
        "file": file,
        "page": page,
        "heading": heading,
        "text": chunk.text,
        "start": chunk.start,
        "end": chunk.end,
        "scores": hit.scores,
    }


@contextmanager
def _thinking() -> Iterator[None]:
    """Show on a terminal that something is going on; models take seconds to load."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status("Reading your files …"):
        yield
