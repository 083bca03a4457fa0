"""What each part of the search adds: the exam's table for words, vectors, fusions, and the reader.

    python -m tests.benchmarks.quality FOLDER QUESTIONS [FOLDER QUESTIONS ...]

The columns without the reader answer as a search engine does: with the first passage as it stands,
which is also what they cite; they never abstain. Their confidence is the passage's score squeezed
into 0..1: it orders answers but is no probability, so its calibration is not shown. Below the
table, the fusions are compared with each other question by question.
"""

import argparse
import math
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.allocator import keep_freed_memory
from ingest.config import go_offline, load_settings
from ingest.embedder import load_embedder
from ingest.library import Library
from ingest.pipeline import ingest
from ingest.types import Embedder
from rag.assistant import Assistant
from rag.evaluation.exam import Group, Score, sit, summarise
from rag.evaluation.judging import DEPTH, Mark
from rag.evaluation.metrics import Interval, bootstrap
from rag.evaluation.questions import ExamQuestion, check_files, read_questions
from rag.evaluation.report import table
from rag.fusion import Fusion, Ranking, calibrated, convex, reciprocal_rank
from rag.query import stand_alone
from rag.retriever import Retriever
from rag.types import Answer, Citation, Hit, Turn


def dense_alone(dense: Ranking, words: Ranking) -> dict[int, float]:
    """Keep the cosines and leave out the words."""
    return dict(dense)


def words_alone(dense: Ranking, words: Ranking) -> dict[int, float]:
    """Keep the BM25 scores and leave out the vectors."""
    return dict(words)


SEARCHES: dict[str, Fusion] = {
    "BM25": words_alone,
    "dense": dense_alone,
    "reciprocal rank": reciprocal_rank,
    "convex": convex,
    "calibrated": calibrated,
}
FUSIONS = ("reciprocal rank", "convex", "calibrated")
READER = "fused + reader"


class FirstPassage:
    """Answers with the first passage found, whole."""

    def __init__(self, library: Library, embedder: Embedder, fusion: Fusion) -> None:
        self._retriever = Retriever(library, embedder, fusion)

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        files: Sequence[str] | None = None,
        k: int | None = None,
    ) -> Answer:
        """Return the first passage as answer and citation; abstain if nothing was found."""
        begin = time.perf_counter()
        hits = self._retriever.retrieve(stand_alone(question, history), k or DEPTH, files).hits
        timings = {"total": time.perf_counter() - begin}
        if not hits:
            return Answer(question, "", True, 0.0, timings=timings)
        confidence = 1 / (1 + math.exp(-hits[0].scores["fused"]))
        text = hits[0].passage.chunk.text
        cited = (_whole(hits[0], confidence),)
        return Answer(question, text, False, confidence, cited, hits, timings)


def _whole(hit: Hit, score: float) -> Citation:
    passage, chunk = hit.passage, hit.passage.chunk
    heading = " › ".join(chunk.heading)
    return Citation(
        1, passage.file, chunk.page, heading, chunk.text, chunk.start, chunk.end, chunk.text, score
    )


def main() -> None:
    """Hold every exam with every search and print one column for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exams", type=Path, nargs="+", metavar="FOLDER QUESTIONS")
    paths = parser.parse_args().exams
    if len(paths) % 2:
        parser.error("give each FOLDER its QUESTIONS")
    go_offline()
    keep_freed_memory()
    marks: dict[str, list[Mark]] = {name: [] for name in (*SEARCHES, READER)}
    for folder, questions in zip(paths[::2], paths[1::2], strict=True):
        for name, given in hold(folder, read_questions(questions)).items():
            marks[name] += given
    console = Console(width=128)
    console.print(table([_named(name, given) for name, given in marks.items()]))
    console.print(differences(marks))


def hold(folder: Path, questions: Sequence[ExamQuestion]) -> dict[str, list[Mark]]:
    """Ingest the folder once and return the marks of each search, and of the whole assistant."""
    check_files(questions, folder)
    with tempfile.TemporaryDirectory() as scratch:
        settings = load_settings(library=Path(scratch) / "library")
        embedder = load_embedder(settings)
        ingest(folder, settings.library, settings, embedder)
        with Library.open(settings.library) as library:
            marks = {
                name: list(sit(FirstPassage(library, embedder, fusion), questions, DEPTH))
                for name, fusion in SEARCHES.items()
            }
        with Assistant.open(settings.library) as assistant:
            marks[READER] = list(sit(assistant, questions, DEPTH))
    return marks


def _named(name: str, marks: Sequence[Mark]) -> Group:
    everything = summarise(marks)[0]
    scores = everything.scores
    if name in SEARCHES:
        scores = tuple(_unmeasured(s) if s.name == "calibration error" else s for s in scores)
    return Group(name, everything.questions, scores)


def _unmeasured(score: Score) -> Score:
    return Score(score.name, Interval(math.nan, math.nan, math.nan), 0)


def differences(marks: dict[str, list[Mark]]) -> Table:
    """Return how much nDCG@10 and recall@10 each fusion gains over each other, with intervals."""
    result = Table("fusion", "against", "nDCG@10", "recall@10", title="Paired differences")
    for index, first in enumerate(FUSIONS):
        for second in FUSIONS[index + 1 :]:
            pairs = [
                (a, b)
                for a, b in zip(marks[first], marks[second], strict=True)
                if a.question.answerable
            ]
            gain = bootstrap(pairs, _ndcg_gain)
            recall = bootstrap(pairs, _recall_gain)
            result.add_row(
                first,
                second,
                f"{gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})",
                f"{recall.value:+.3f} ({recall.low:+.3f} to {recall.high:+.3f})",
            )
    return result


def _ndcg_gain(pairs: Sequence[tuple[Mark, Mark]]) -> float:
    return sum(a.retrieval.ndcg_10 - b.retrieval.ndcg_10 for a, b in pairs) / len(pairs)


def _recall_gain(pairs: Sequence[tuple[Mark, Mark]]) -> float:
    return sum(a.retrieval.recall_10 - b.retrieval.recall_10 for a, b in pairs) / len(pairs)


if __name__ == "__main__":
    main()
