"""Ways of writing a full sentence, trained equally long on the same sentences, side by side.

    python -m tests.benchmarks.writers --data DIR [--minutes 30] [--only two plain] [--out FOLDER]

DIR holds the training sets. Each way is trained by the project's loop for the same minutes, which
alone bound it, then writes the same held-out sentences under the same constraint on its words. The
ways: a decoder of one, two or three layers with a copy gate, one of two layers without, and the
whole trunk under a prefix mask (UniLM), at the rate that the trunk itself was trained at and
without a cache in writing. Beside them stands the evidence as it is. ``--out`` keeps the runs: the
same folder goes on where they stopped. ``--split`` is ``calibration``, for choosing a way, or
``test``, for reporting on it.
"""

import argparse
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from ingest.allocator import keep_freed_memory
from ingest.config import go_offline
from rag import models
from rag.models.encoding import Pair
from rag.reader import Reader
from rag.training.loop import BLOCK, Schedule, Trainer
from rag.training.report import shown_training
from rag.training.sentences import Sentence, sentences
from rag.training.writing import SCHEDULE, WriterTask
from rag.training.written import written_figures
from rag.writer import MOST_TOKENS, Writer
from tests.benchmarks.unilm import PrefixReader, PrefixTask

_ENDLESS = 1e6  # passes: the minutes end a run
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Way:
    """How a writer is trained, what reads its source, and the highest rate of learning."""

    title: str
    task: Callable[[Path, Sequence[Sentence], Schedule], WriterTask]
    reader: type[Reader] = Reader
    rate: float = SCHEDULE.rate


WAYS = {
    "one": Way("1 layer, copying", partial(WriterTask, layers=1)),
    "two": Way("2 layers, copying", partial(WriterTask, layers=2)),
    "three": Way("3 layers, copying", partial(WriterTask, layers=3)),
    "plain": Way("2 layers, no copying", partial(WriterTask, layers=2, copying=False)),
    "unilm": Way("prefix mask (UniLM)", PrefixTask, PrefixReader, Schedule().rate),
}


@dataclass(frozen=True, slots=True)
class Study:
    """What all ways have in common: weights, sentences to learn and to write, and minutes."""

    weights: Path
    learned: Sequence[Sentence]
    asked: Sequence[Sentence]
    minutes: float
    judge: Reader


class Timed(Writer):
    """What stands for a writer, and the ``seconds`` that each of its sentences took."""

    def __init__(self, write: Callable[[str, str, str], str]) -> None:
        self._write, self.seconds = write, list[float]()

    def write(self, question: str, answer: str, evidence: str) -> str:
        """Write as it is told to."""
        begin = time.perf_counter()
        told = self._write(question, answer, evidence)
        self.seconds.append(time.perf_counter() - begin)
        return told


def main() -> None:
    """Train and measure the ways that were asked for, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=SCHEDULE.minutes)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--only", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--split", choices=("calibration", "test"), default="calibration")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--reader", type=Path, default=models.READER_FOLDER)
    parser.add_argument("--quick", action="store_true", help="learn from one set alone")
    given = parser.parse_args()
    go_offline()
    keep_freed_memory()
    study = Study(
        given.reader,
        sentences(given.data, "train", quick=given.quick),
        sentences(given.data, given.split)[: given.questions],
        given.minutes,
        Reader.load(given.reader),
    )
    evidence = Timed(lambda question, answer, evidence: evidence)
    columns = {"evidence as it is": written_figures(evidence, study.judge, study.asked)}
    with TemporaryDirectory() as place:
        out = given.out or Path(place)
        for name in given.only:
            columns[WAYS[name].title] = measured(WAYS[name], study, out / name)
    title = f"{len(study.learned):,} sentences, {given.minutes:g} minutes each; "
    title += f"{len(study.asked)} of {given.split} written"
    Console(width=120).print(side_by_side(title, columns))


def measured(way: Way, study: Study, folder: Path) -> Figures:
    """Train one way, or go on with it, and return its figures."""
    model, speed = trained(way, study, folder)
    reader = way.reader.load(study.weights)
    writer = Timed(Writer(model, reader).write)
    written = written_figures(writer, study.judge, study.asked)
    return {
        **sizes(model),
        "sentences a second, training": speed,
        "seconds a sentence, median": median(writer.seconds),
        **told_figures(model, reader, study.asked),
        **written,
    }


def trained(way: Way, study: Study, folder: Path) -> tuple[Any, float]:
    """Return the network and how many sentences it learned from a second."""
    schedule = replace(SCHEDULE, minutes=study.minutes, epochs=_ENDLESS, rate=way.rate)
    task = way.task(study.weights, study.learned, schedule)
    trainer = Trainer(folder, task, schedule, lambda model: {})
    if trainer.state.seconds < 60 * study.minutes:
        console = Console(stderr=True, highlight=False)
        console.print(way.title)
        with shown_training(console) as report:
            trainer.run(report)
    passes, rest = divmod(trainer.state.blocks, math.ceil(task.count / BLOCK))
    seen = passes * task.count + rest * BLOCK
    return trainer.model.cpu().eval(), seen / trainer.state.seconds


def sizes(model: Any) -> Figures:
    """Return what is trained, and what would be stored beside the reader."""
    count = sum(p.numel() for p in model.parameters() if p.requires_grad)
    stored = sum(
        value.numel() * (2 if value.is_floating_point() else value.element_size())
        for value in model.state_dict().values()
    )
    return {"trained parameters, millions": count / 1e6, "extra weights, MB in fp16": stored / 1e6}


def told_figures(model: Any, reader: Reader, asked: Sequence[Sentence]) -> Figures:
    """Return how well each token of the wanted sentences is foreseen, given those before it."""
    import torch

    start, end = reader.special_ids
    loss, right, count = 0.0, 0, 0
    for one in asked:
        ids = reader.tokenizer.encode(one.sentence, add_special_tokens=False).ids
        wanted = torch.tensor([*ids[: MOST_TOKENS - 1], end])
        inputs = torch.tensor([[start, *wanted[:-1]]])
        with torch.inference_mode():
            source = reader.source(Pair(one.question, one.answer, one.evidence))
            scores = model(inputs, source).scores[0]
        loss -= float(scores.gather(1, wanted[:, None]).sum())
        right += int((scores.argmax(-1) == wanted).sum())
        count += len(wanted)
    return {"nats a token, wanted sentence": loss / count, "next token right": right / count}


def side_by_side(title: str, columns: Mapping[str, Figures]) -> Table:
    """Return a table with one column a way, the first what all are compared with."""
    base, *others = columns.values()
    table = Table("", *columns, title=title, title_justify="left")
    for key in others[0]:
        values = (figures.get(key, math.nan) for figures in columns.values())
        table.add_row(key, *("-" if math.isnan(v) else f"{v:.3f}" for v in values))
    ratios = (figures["f1"] / base["f1"] for figures in columns.values())
    table.add_row("f1 over that of the evidence", *(f"{ratio:.2f}" for ratio in ratios))
    return table


if __name__ == "__main__":
    main()
