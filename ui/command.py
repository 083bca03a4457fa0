"""The ``footnote`` command."""

import json
import os
import sys
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from ingest.allocator import keep_freed_memory
from ingest.command import ingest, one_line_errors
from ingest.config import go_offline, load_settings
from ingest.errors import LibraryError
from ingest.library import Library
from rag.command import ask
from rag.summary_command import summarise
from rag.training.command import app as training
from rag.wording import printable
from ui import app as page
from ui import server
from ui.lazy_assistant import LazyAssistant

LibraryOption = Annotated[Path | None, typer.Option(help="The library to use.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

app = typer.Typer(
    name="footnote",
    help="Ask your own files. Answers carry footnotes to the exact words; nothing leaves the "
    "machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("ingest")(ingest)
app.command("ask")(ask)
app.command("summarise")(summarise)
app.add_typer(training, name="train")


@app.command()
def chat(
    library: LibraryOption = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; else 7860 or the next free.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser if there is a display.")] = True,
) -> None:
    """Open the chat page in the browser; only this machine can reach it."""
    go_offline()
    keep_freed_memory()
    with one_line_errors():
        settings = load_settings(library=library)
        listener = server.listen(port)
        number = listener.getsockname()[1]
        assistant = LazyAssistant(settings)
        application = page.mount(server.guarded(), assistant, number)
        address = f"http://{server.HOST}:{number}/"
        typer.echo(f"Footnote is at {address}  (Ctrl-C ends it)")
        assistant.warm_up()
        if browser and _has_display():
            webbrowser.open(address)
        server.serve(application, listener)


@app.command()
def status(library: LibraryOption = None, as_object: JsonOption = False) -> None:
    """Say what the library holds and what was left out of it, and why."""
    with one_line_errors():
        path = load_settings(library=library).library
        with Library.open(path) as opened:
            facts = _status(opened)
    if as_object:
        typer.echo(json.dumps(facts))
    else:
        _print_status(facts)


@app.command()
def forget(
    path: Annotated[str, typer.Argument(help="A file, folder or pattern of the library.")],
    library: LibraryOption = None,
    as_object: JsonOption = False,
) -> None:
    """Take a file out of the library. The next ingest brings it back while it is in the folder."""
    with one_line_errors():
        with Library.open(load_settings(library=library).library) as opened:
            files = opened.match([_within(path, opened.folder)])
            with opened.writer():
                opened.remove(files)
                opened.tidy()
                opened.refresh_index()
    if as_object:
        typer.echo(json.dumps({"removed": files}))
    else:
        typer.echo("\n".join(f"forgotten: {printable(file)}" for file in files))


def main() -> None:
    """Run the command line."""
    app()


def _within(path: str, folder: Path) -> str:
    """Return the path as the library names it: relative to its folder, with forward slashes."""
    given = Path(path).expanduser()
    if not given.is_absolute():
        return path
    try:
        return given.relative_to(folder).as_posix()
    except ValueError:
        raise LibraryError(f"{path} is not in {folder}, the folder of this library") from None


def _status(library: Library) -> dict[str, Any]:
    documents, passages = library.counts()
    skipped = [record for record in library.documents() if record.status == "skipped"]
    return {
        "library": str(library.path),
        "folder": str(library.folder),
        "documents": documents,
        "passages": passages,
        "embedder": library.manifest.embedder,
        "bytes": sum(file.stat().st_size for file in library.path.rglob("*") if file.is_file()),
        "files": [record.file for record in library.documents() if record.status == "read"],
        "skipped": [{"file": record.file, "reason": record.reason} for record in skipped],
    }


def _print_status(facts: dict[str, Any]) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for label, value in (
        ("Library", facts["library"]),
        ("Folder", facts["folder"]),
        ("Holds", f"{facts['documents']:,} documents, {facts['passages']:,} passages"),
        ("Size", f"{facts['bytes'] / 1e6:,.1f} MB"),
        ("Embedder", facts["embedder"]),
    ):
        console.print(Text.assemble((f"{label:<9}", "bold"), printable(value)))
    for file in facts["files"]:
        console.print(Text(f"  {printable(file)}"))
    if facts["skipped"]:
        console.print("Skipped", style="bold")
    for entry in facts["skipped"]:
        console.print(Text(f"  {printable(entry['file'])}: {printable(entry['reason'])}"))


def _has_display() -> bool:
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


if __name__ == "__main__":
    main()
