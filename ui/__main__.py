"""``python -m ui`` is the same as ``footnote chat``."""

import typer

from ui.command import chat

if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(chat)
    app(prog_name="python -m ui")
