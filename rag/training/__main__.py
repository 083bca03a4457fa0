"""``python -m rag.training`` is the same as ``footnote train``."""

from rag.training.command import app

if __name__ == "__main__":
    app(prog_name="python -m rag.training")
