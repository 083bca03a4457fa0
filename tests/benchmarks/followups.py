"""What the history does for follow-up questions: recall of three ways to search with it.

    python -m tests.benchmarks.followups FOLDER QUESTIONS [FOLDER QUESTIONS ...]

``alone`` searches the follow-up as it stands, ``joined`` always puts it after the question before
it, ``ours`` does so only where the question leans on the history. The second row asks all other
questions of the exams with a history of an unrelated question, where joining can only harm.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.table import Table

from ingest.config import go_offline, load_settings
from ingest.embedder import load_embedder
from ingest.library import Library
from ingest.pipeline import ingest
from rag.evaluation.judging import Source, is_relevant
from rag.evaluation.metrics import bootstrap
from rag.evaluation.questions import ExamQuestion, read_questions
from rag.query import stand_alone
from rag.retriever import Retriever
from rag.types import Turn

Rewrite = Callable[[str, Sequence[Turn]], str]
WAYS: dict[str, Rewrite] = {
    "alone": lambda question, history: question,
    "joined": lambda question, history: f"{history[-1][0]} {question}",
    "ours": stand_alone,
}
DEPTH = 5


def found(retriever: Retriever, question: ExamQuestion, query: str) -> float:
    """Return 1.0 if one of the first five passages answers, else 0.0."""
    hits = retriever.retrieve(query, DEPTH).hits
    sources = (Source(hit.passage.file, hit.passage.chunk.text) for hit in hits)
    return float(any(is_relevant(question, source) for source in sources))


def ask(folder: Path, questions: Sequence[ExamQuestion]) -> dict[tuple[str, str], list[float]]:
    """Return the recall of each way on follow-ups and on questions that stand alone."""
    answerable = [question for question in questions if question.answers]
    unrelated = answerable[0].question
    results: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        settings = load_settings(library=Path(scratch) / "library")
        embedder = load_embedder(settings)
        ingest(folder, settings.library, settings, embedder)
        with Library.open(settings.library) as library:
            retriever = Retriever(library, embedder)
            for question in answerable[1:]:
                kind = "follow-ups" if question.history else "others"
                history = question.history or [(unrelated, "")]
                for way, rewrite in WAYS.items():
                    query = rewrite(question.question, history)
                    results.setdefault((kind, way), []).append(found(retriever, question, query))
    return results


def main() -> None:
    """Print recall@5 of each way, with 95 % bootstrap intervals."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exams", type=Path, nargs="+", metavar="FOLDER QUESTIONS")
    paths = parser.parse_args().exams
    if len(paths) % 2:
        parser.error("give each FOLDER its QUESTIONS")
    go_offline()
    together: dict[tuple[str, str], list[float]] = {}
    for folder, questions in zip(paths[::2], paths[1::2], strict=True):
        for key, values in ask(folder, read_questions(questions)).items():
            together.setdefault(key, []).extend(values)
    table = Table("recall@5", *WAYS, "questions")
    for kind in ("follow-ups", "others"):
        cells = [bootstrap(together[kind, way], fmean) for way in WAYS]
        shown = [f"{cell.value:.3f} ({cell.low:.3f}–{cell.high:.3f})" for cell in cells]
        table.add_row(kind, *shown, str(len(together[kind, "ours"])))
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
