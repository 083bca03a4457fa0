"""Seconds by stage of a question, start-up of a process, and memory, on a library of given size.

    python -m tests.benchmarks.question [FOLDER] [--chunks 10000] [--library DIR] [--starts 3]

The library holds the corpora of this repository, the FOLDER if one is given, and as much
generated text as is missing: words of the corpora, each chosen by the one before it, the same on
every run. The questions are those of the corpora. With ``--library`` the library is kept, its
documents beside it, and both are taken up again.
"""

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.allocator import keep_freed_memory
from ingest.config import go_offline, load_settings
from ingest.embedder import load_embedder
from ingest.library import Library
from ingest.pipeline import ingest
from rag.assistant import Assistant
from rag.evaluation.metrics import quantile
from rag.evaluation.questions import ExamQuestion, read_questions
from tests.benchmarks.measured import hand_over, in_child, resident_megabytes

MODULE = "tests.benchmarks.question"
CORPORA = Path(__file__).resolve().parents[2] / "corpora"
PARAGRAPHS = 50  # of one generated file, each about as long as a chunk
WORDS = 100  # of one generated paragraph
WARM_UP = 3  # questions asked before the clock counts
AIMS = {"sources": 0.3, "total": 1.5, "start-up of footnote ask": 6.0}


def main() -> None:
    """Build the library, then measure in fresh processes and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--starts", type=int, default=3, help="how often a process is started")
    parser.add_argument("--part", choices=("build", "ask"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part == "build":
        build(arguments.library, arguments.folder, arguments.chunks)
    elif arguments.part == "ask":
        ask(arguments.library)
    else:
        measure(arguments.library, arguments.folder, arguments.chunks, arguments.starts)


def measure(library: Path | None, folder: Path | None, chunks: int, starts: int) -> None:
    """Run each part in a process of its own and print the table."""
    with tempfile.TemporaryDirectory() as scratch:
        place = library or Path(scratch) / "library"
        extra = [str(folder)] if folder else []
        size = ["--chunks", str(chunks), "--library", str(place)]
        built = in_child(MODULE, *extra, *size, "--part", "build")
        asked = in_child(MODULE, "--library", str(place), "--part", "ask")
        started = [start_up(place) for _ in range(starts)]
    print(f"{built['chunks']:,.0f} chunks, {asked.pop('questions'):.0f} questions")
    Console(width=100).print(stages(asked, started))


def stages(asked: dict[str, float], started: Sequence[float]) -> Table:
    """Return the table: a stage a row, with its aim where there is one."""
    table = Table("", "median", "95th percentile", "aim", "ratio to the aim", title="A question")
    for name in [name.removesuffix(" median") for name in asked if name.endswith(" median")]:
        median, late = asked[f"{name} median"], asked[f"{name} p95"]
        table.add_row(name, f"{median:.4f} s", f"{late:.4f} s", *_aim(name, median))
    name, median = "start-up of footnote ask", statistics.median(started)
    table.add_row(name, f"{median:.2f} s", f"{max(started):.2f} s", *_aim(name, median))
    for name in ("resident MB", "peak MB"):
        table.add_row(name, f"{asked[name]:.0f}", "", "1024", f"{asked[name] / 1024:.2f}")
    return table


def _aim(name: str, value: float) -> tuple[str, str]:
    aim = AIMS.get(name)
    return (f"{aim} s", f"{value / aim:.2f}") if aim else ("", "")


def build(library: Path, folder: Path | None, chunks: int) -> None:
    """Fill the library until it has at least ``chunks`` chunks; report how many it has."""
    go_offline()
    keep_freed_memory()
    settings = load_settings(library=library)
    embedder = load_embedder(settings)
    source = library.parent / f"{library.name}-documents"
    shutil.copytree(CORPORA, source / "corpora", dirs_exist_ok=True)
    if folder is not None:
        shutil.copytree(folder, source / "folder", dirs_exist_ok=True)
    writer = Babble(CORPORA)
    have = 0
    while have < chunks:
        ingest(source, library, settings, embedder)
        with Library.open(library) as opened:
            have = opened.counts()[1]
        for _ in range(max(1, (chunks - have) // PARAGRAPHS)):
            writer.write(source / "generated")
    hand_over({"chunks": have})


class Babble:
    """Text without sense, from the words of a folder: each word follows one it followed there."""

    def __init__(self, folder: Path) -> None:
        self._random = random.Random(0)
        self._written = 0
        self._next: dict[str, list[str]] = defaultdict(list)
        for path in sorted(folder.rglob("*.md")):
            words = path.read_text(encoding="utf-8").split()
            for word, follower in zip(words, words[1:], strict=False):
                self._next[word].append(follower)
        self._starts = sorted(word for word in self._next if word[0].isupper())

    def write(self, folder: Path) -> None:
        """Write the next file; which one it is depends only on how many were written before."""
        folder.mkdir(parents=True, exist_ok=True)
        text = "\n\n".join(self._paragraph() for _ in range(PARAGRAPHS))
        (folder / f"{self._written:05}.txt").write_text(text, encoding="utf-8")
        self._written += 1

    def _paragraph(self) -> str:
        words = [self._random.choice(self._starts)]
        while len(words) < WORDS:
            words.append(self._random.choice(self._next.get(words[-1]) or self._starts))
        return " ".join(words) + "."


def ask(library: Path) -> None:
    """Ask every question of the corpora once and hand over the seconds by stage, and memory."""
    go_offline()
    keep_freed_memory()
    questions = corpora_questions()
    seconds: dict[str, list[float]] = defaultdict(list)
    with Assistant.open(library) as assistant:
        for question in questions[:WARM_UP]:
            assistant.answer(question.question, question.history)
        for question in questions:
            answer = assistant.answer(question.question, question.history)
            for stage, spent in answer.timings.items():
                seconds[stage].append(spent)
        resident = resident_megabytes()
    figures: dict[str, float] = {"questions": len(questions), "resident MB": resident}
    for stage, spent in seconds.items():
        figures[f"{stage} median"] = statistics.median(spent)
        figures[f"{stage} p95"] = quantile(spent, 0.95)
    hand_over(figures)


def corpora_questions() -> list[ExamQuestion]:
    """Return the questions of all corpora."""
    files = sorted(CORPORA.glob("*/questions.jsonl"))
    return [question for file in files for question in read_questions(file)]


def start_up(library: Path) -> float:
    """Return the seconds that a whole ``footnote ask`` takes as a fresh process."""
    question = corpora_questions()[0].question
    command = [sys.executable, "-m", "rag", question, "--library", str(library), "--json"]
    begin = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - begin
    json.loads(result.stdout)
    return seconds


if __name__ == "__main__":
    main()
