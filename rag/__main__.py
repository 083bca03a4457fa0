"""``python -m rag "QUESTION"`` is the same as ``footnote ask "QUESTION"``."""

import typer

from rag.command import ask

if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(ask)
    app(prog_name="python -m rag")
