"""``python -m rag.evaluation FOLDER QUESTIONS`` holds an exam."""

import typer

from rag.evaluation.command import exam

if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(exam)
    app(prog_name="python -m rag.evaluation")
