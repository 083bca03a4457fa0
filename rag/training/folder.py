"""A folder made of held-out articles, with questions whose passage can be taken away.

Ingested by the product's own pipeline, it is the nearest thing to a stranger's folder: real prose,
real retrieval, and for each question an answerable and an unanswerable form.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.config import load_settings
from ingest.embedder import load_embedder
from ingest.library import Library
from ingest.pipeline import ingest
from rag.evaluation.judging import judge
from rag.evaluation.metrics import contains, f1
from rag.evaluation.questions import ExamQuestion, read_questions
from rag.evidence import compared, mark_hits, read_hits
from rag.generator import compose, kind_of
from rag.query import clean_question, stand_alone
from rag.reader import Reader
from rag.retriever import Retriever
from rag.training.examples import Example
from rag.types import Answer, Evidence, Hit


@dataclass(frozen=True, slots=True)
class Trial:
    """One question asked of the folder; ``answerable`` is False where its passage was hidden."""

    question: str
    answers: tuple[str, ...]
    answerable: bool
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    correct: bool


def write_articles(examples: Sequence[Example], folder: Path) -> None:
    """Write each article as one Markdown file: its title, then its paragraphs."""
    folder.mkdir(parents=True, exist_ok=True)
    articles: dict[str, dict[str, None]] = {}
    for example in examples:
        articles.setdefault(example.title, {})[example.passage] = None
    for title, paragraphs in articles.items():
        name = hashlib.sha256(title.encode()).hexdigest()[:12]
        lines = [f"# {title.replace('_', ' ')}", *(p.replace("\n", " ") for p in paragraphs)]
        (folder / f"{name}.txt").write_text("\n\n".join(lines) + "\n", encoding="utf-8")


def trials(
    examples: Sequence[Example],
    retriever: Retriever,
    reader: Reader,
    candidates: int,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Trial]:
    """Ask each question twice: of the whole folder, and with its own paragraph hidden."""
    for number, example in enumerate(examples):
        found = retriever.retrieve(example.question, 2 * candidates).hits
        whole = {hit.passage.row for hit in found[:candidates]}
        others = [hit.passage.row for hit in found if not _from(hit, example)]
        hidden = set(others[:candidates])
        read = [hit for hit in found if hit.passage.row in whole | hidden]
        ranked, spans = mark_hits(reader, example.question, read)
        for answerable, rows in ((True, whole), (False, hidden)):
            hits = tuple(hit for hit in ranked if hit.passage.row in rows)
            seen = [span for span in spans if span.hit.passage.row in rows]
            marked = compared(retriever.embedder.embed, example.question, seen)
            correct = answerable and _right(example.question, example.answers, marked)
            yield Trial(example.question, example.answers, answerable, hits, marked, correct)
        if progress is not None:
            progress(number + 1)


def exam_trials(
    questions: Sequence[ExamQuestion], retriever: Retriever, reader: Reader, candidates: int
) -> Iterator[Trial]:
    """Ask the questions of an exam of the folder that it was written for."""
    for asked in questions:
        query = stand_alone(clean_question(asked.question), asked.history)
        found = retriever.retrieve(query, candidates).hits
        hits, evidence = read_hits(reader, retriever.embedder.embed, query, found)
        text = " ".join(s.text for s in compose(kind_of(query), evidence)) if evidence else ""
        mark = judge(asked, Answer(asked.question, text, not text, 0.0), 0.0)
        correct = asked.answerable and mark.right
        yield Trial(asked.question, asked.answers, asked.answerable, hits, evidence, correct)


def ask_articles(
    examples: Sequence[Example],
    reader: Reader,
    questions: int,
    progress: Callable[[int], None] | None = None,
) -> list[Trial]:
    """Ask the first ``questions`` of a folder made of the articles of all examples."""
    with tempfile.TemporaryDirectory() as place:
        write_articles(examples, Path(place))
        with searching(Path(place)) as retriever:
            depth = load_settings().candidates
            return list(trials(examples[:questions], retriever, reader, depth, progress))


def ask_exam(folder: Path, reader: Reader) -> list[Trial]:
    """Ask the questions that lie in a folder of that folder."""
    questions = read_questions(folder / "questions.jsonl")
    with searching(folder) as retriever:
        return list(exam_trials(questions, retriever, reader, load_settings().candidates))


@contextmanager
def searching(folder: Path) -> Iterator[Retriever]:
    """Ingest a folder into a library that lives as long as the block."""
    with tempfile.TemporaryDirectory() as place:
        settings = load_settings(library=Path(place) / "library")
        embedder = load_embedder(settings)
        ingest(folder, settings.library, settings, embedder)
        with Library.open(settings.library, embedder.fingerprint) as library:
            yield Retriever(library, embedder)


def _from(hit: Hit, example: Example) -> bool:
    """Whether a passage shows words of the example's own paragraph, or the answer itself."""
    text = " ".join(hit.passage.chunk.text.split())
    paragraph = " ".join(example.passage.split())
    if any(answer.lower() in text.lower() for answer in example.answers):
        return True
    pieces = [text[i : i + 60] for i in range(0, max(1, len(text) - 60), 60)]
    return any(piece in paragraph for piece in pieces)


def _right(question: str, answers: Sequence[str], evidence: Sequence[Evidence]) -> bool:
    if not evidence:
        return False
    written = " ".join(s.text for s in compose(kind_of(question), evidence))
    return contains(written, answers) or f1(evidence[0].text, answers) >= 0.5
