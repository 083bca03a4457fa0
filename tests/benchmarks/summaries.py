"""Extractive summaries beside the first and random sentences, by ROUGE.

    python -m tests.benchmarks.summaries --data DIR [--limit N]

DIR holds ``openstax_summary``, ``scitldr_dev`` and ``qmsum_val`` as ``.jsonl.gz``, one object a
line with ``text``, ``summary`` and, where the summary answers one, ``question``. Each text becomes
a document of a library, and ``Assistant.summarise`` summarises it; the question is the topic. Every
system takes as many sentences (ours may take fewer on a topic, and none where it finds the document
silent: that counts as an empty summary). ``random`` is the mean of five draws.
"""

import argparse
import gzip
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.table import Table

from ingest.allocator import keep_freed_memory
from ingest.config import go_offline, load_settings
from ingest.pipeline import ingest
from rag.assistant import Assistant
from rag.evidence import sentences_of
from rag.types import Answer
from tests.benchmarks.rouge import rouge_l, rouge_n

SENTENCES = {"openstax_summary": 5, "scitldr_dev": 1, "qmsum_val": 3}
MEASURES = ("ROUGE-1", "ROUGE-2", "ROUGE-L")
DRAWS = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the summary that a person wrote, and the question it answers, if any."""

    text: str
    summary: str
    question: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The three F1 of each system on one example, and what ours did."""

    ours: tuple[float, ...]
    lead: tuple[float, ...]
    random: tuple[float, ...]
    abstained: bool
    seconds: float


def main() -> None:
    """Print one table for all sets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--limit", type=int, help="documents of each set; else all")
    given = parser.parse_args()
    go_offline()
    keep_freed_memory()
    table = Table("set", "documents", "sentences", "measure", "ours", "lead", "random")
    for column in ("ours / lead", "ours / random", "abstained", "seconds"):
        table.add_column(column)
    for name, sentences in SENTENCES.items():
        outcomes = list(measure(read(given.data, name, given.limit), sentences))
        for row in rows(outcomes):
            table.add_row(name, str(len(outcomes)), str(sentences), *row)
    Console(width=140).print(table)


def read(folder: Path, name: str, limit: int | None) -> list[Example]:
    """Return the examples of a set, the first ``limit`` of them if that is given."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [Example(row["text"], row["summary"], row.get("question")) for row in found[:limit]]


def measure(examples: Sequence[Example], sentences: int) -> Iterator[Outcome]:
    """Put the texts into one library and yield the outcome of each, in order."""
    draws = random.Random(0)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "texts"
        folder.mkdir()
        for number, example in enumerate(examples):
            (folder / f"{number:05}.txt").write_text(example.text, encoding="utf-8")
        settings = load_settings(library=Path(scratch) / "library")
        ingest(folder, settings.library, settings)
        with Assistant.open(settings.library) as assistant:
            for number, example in enumerate(examples):
                begin = time.perf_counter()
                answer = assistant.summarise(f"{number:05}.txt", example.question, sentences)
                seconds = time.perf_counter() - begin
                yield outcome(example, answer, sentences, draws, seconds)


def outcome(
    example: Example, answer: Answer, count: int, draws: random.Random, seconds: float
) -> Outcome:
    """Score ours and the baselines on one example."""
    text = example.text
    spans = sentences_of(text)
    all_sentences = [text[span.start : span.end] for span in spans]
    drawn = [
        scores(draws.sample(all_sentences, min(count, len(spans))), example.summary)
        for _ in range(DRAWS)
    ]
    return Outcome(
        scores([citation.quote for citation in answer.citations], example.summary),
        scores(all_sentences[:count], example.summary),
        tuple(fmean(column) for column in zip(*drawn, strict=True)),
        answer.abstained,
        seconds,
    )


def scores(sentences: Sequence[str], reference: str) -> tuple[float, ...]:
    """Return ROUGE-1, ROUGE-2 and ROUGE-L F1 of sentences against the reference."""
    summary = " ".join(sentences)
    return (
        rouge_n(summary, reference, 1),
        rouge_n(summary, reference, 2),
        rouge_l(summary, reference),
    )


def rows(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, ...]]:
    """Yield a row of the table for each measure, without its first three columns."""
    abstained = f"{fmean(one.abstained for one in outcomes):.2f}"
    seconds = f"{fmean(one.seconds for one in outcomes):.2f}"
    for index, measure_name in enumerate(MEASURES):
        ours, lead, by_chance = (
            fmean(getattr(one, system)[index] for one in outcomes)
            for system in ("ours", "lead", "random")
        )
        figures = (ours, lead, by_chance, ours / lead, ours / by_chance)
        yield measure_name, *(f"{figure:.3f}" for figure in figures), abstained, seconds


if __name__ == "__main__":
    main()
