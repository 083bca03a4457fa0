"""The reader in float32, bfloat16 and int8: seconds, and what becomes of its answers.

    python -m tests.benchmarks.precision [FOLDER QUESTIONS] [--rounds 3] [--passages 24]

The corpora's questions (or those of QUESTIONS about FOLDER) are read with the passages that the
search finds, by each precision in turns. int8 is torch's dynamic quantisation of the linear layers.
``same first span`` is how often the best evidence is the same characters as in float32.
"""

import argparse
import copy
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from ingest.allocator import keep_freed_memory
from ingest.config import go_offline
from ingest.precision import processor_has_bfloat16
from rag import models
from rag.evaluation.questions import read_questions
from rag.models.encoding import Pair, PairEncoder
from rag.reader import Reader
from rag.training.folder import searching

HANDBOOK = Path("corpora/company-handbook")
Group = list[Pair]


def main() -> None:
    """Print one row for each precision."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=HANDBOOK)
    parser.add_argument("questions", type=Path, nargs="?", default=HANDBOOK / "questions.jsonl")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passages", type=int, default=24)
    given = parser.parse_args()
    go_offline()
    keep_freed_memory()
    groups = passages_of(given.folder, given.questions, given.passages)
    readers = make_readers()
    spent: dict[str, list[float]] = {name: [] for name in readers}
    found: dict[str, list[object]] = {}
    for _ in range(given.rounds):
        for name, reader in readers.items():
            seconds, spans = read_all(reader, groups)
            spent[name].append(seconds)
            found[name] = spans
    table = Table("precision", "seconds a question", "times as fast", "same first span")
    base = min(spent["float32"])
    for name in readers:
        best = min(spent[name])
        same = sum(a == b for a, b in zip(found[name], found["float32"], strict=True))
        share = f"{same / len(groups):.3f}"
        table.add_row(name, f"{best / len(groups):.3f}", f"{base / best:.2f}", share)
    Console(width=100).print(table)


def make_readers() -> dict[str, Reader]:
    """Return the shipped reader in each precision that this processor has."""
    import torch

    encoder = PairEncoder.from_folder(models.READER_FOLDER)
    exact = models.ReaderModel.from_pretrained(models.READER_FOLDER, local_files_only=True)
    exact = exact.float().eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small = torch.ao.quantization.quantize_dynamic(
            copy.deepcopy(exact), {torch.nn.Linear}, dtype=torch.qint8
        )
    readers = {"float32": Reader(exact, encoder, reduced=False)}
    if processor_has_bfloat16():
        readers["bfloat16"] = Reader(exact, encoder, reduced=True)
    return {**readers, "int8": Reader(small, encoder, reduced=False)}


def passages_of(folder: Path, questions: Path, count: int) -> list[Group]:
    """Return, for each question, the pairs that the reader is given."""
    with searching(folder) as retriever:
        return [
            [
                Pair(asked.question, hit.passage.chunk.context, hit.passage.chunk.text)
                for hit in retriever.retrieve(asked.question, count).hits
            ]
            for asked in read_questions(questions)
        ]


def read_all(reader: Reader, groups: Sequence[Group]) -> tuple[float, list[object]]:
    """Return the seconds for all questions, from their median, and each one's best span."""
    spent, spans = [], []
    for pairs in groups:
        begin = time.perf_counter()
        readings = reader.read(pairs)
        spent.append(time.perf_counter() - begin)
        best = max(range(len(pairs)), key=lambda i: readings[i].best)
        span = readings[best].spans[0]
        spans.append((best, span.start, span.end))
    return median(spent) * len(groups), spans


if __name__ == "__main__":
    main()
