"""The recipe on a toy set: data, negatives, targets, the loop, resuming, the exported reader."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rag.errors import ModelError
from rag.models.encoding import Pair, PairEncoder
from rag.reader import Reader
from rag.training.examples import Example, qa_examples, read_set, split_of, vary
from rag.training.gold import gold_figures
from rag.training.loop import Schedule, Trainer
from rag.training.mixture import held_out, mixture
from rag.training.negatives import mine
from rag.training.reading import ReaderTask, target
from rag.training.start import export, write_start
from tests.rag.towns import TOWNS, town_lessons, town_row, write_set, write_tiny_reader


def embed(words: list[str]) -> npt.NDArray[np.float32]:
    """Put "opened" and "unveiled" near each other and every other word far from all."""
    vectors = np.eye(len(words) + 1, dtype=np.float32)[: len(words)]
    vectors[[i for i, word in enumerate(words) if word in ("opened", "unveiled")]] = vectors[0]
    return vectors


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with 160 questions."""
    folder = tmp_path_factory.mktemp("data")
    rows = [town_row(town, number) for number in range(8) for town in TOWNS]
    write_set(folder, "squad1_train", rows)
    return folder


def test_articles_are_split_whole_and_the_same_everywhere(data: Path) -> None:
    """No held-out article is trained on, whatever set it comes from."""
    trained = {e.title for e in mixture(data, embed, quick=True) if isinstance(e, Example)}
    held = {e.title for split in ("calibration", "test") for e in held_out(data, split)}  # type: ignore[arg-type]

    assert trained and held
    assert not trained & held
    assert split_of("Arden 3") == split_of(" arden 3 ")


def test_missing_set_names_the_file_and_the_option(tmp_path: Path) -> None:
    """A wrong data folder is a clear error."""
    with pytest.raises(ModelError, match=r"squad1_train.jsonl.gz is missing: pass .* --data"):
        read_set(tmp_path, "squad1_train")


def test_mined_negatives_are_found_for_the_question_but_lack_the_answer(data: Path) -> None:
    """A negative shares words with the question and never holds the answer."""
    examples = list(qa_examples(read_set(data, "squad1_train"), "train"))

    negatives = list(mine(examples, random.Random(0)))

    assert len(negatives) > len(examples) / 2
    for negative in negatives:
        number, town = negative.question.split()[3], negative.question.split()[5]
        assert town in negative.passage
        assert f"180{number}" not in negative.passage
        assert not negative.relevant and negative.start is None


def test_variation_keeps_the_answer_in_place() -> None:
    """However a passage is cut, its span still marks the same words."""
    passage = "One. Two is here. The answer is forty-two indeed. Four. Five follows. Six."
    start = passage.index("forty-two")
    example = Example("What?", passage, "Title", start, start + 9, True, "Title")

    varied = [vary(example, random.Random(seed)) for seed in range(200)]

    assert {v.passage[v.start : v.end] for v in varied} == {"forty-two"}
    assert len({v.passage for v in varied}) > 3
    assert {v.heading for v in varied} == {"", "Title"}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a reader with the embedder's trunk and fresh heads."""
    folder = tmp_path_factory.mktemp("start")
    write_start(folder, seed=0)
    return folder


def test_target_points_at_the_tokens_of_the_answer(start: Path) -> None:
    """The span's tokens decode to the answer; no answer aims at [CLS]; a cut answer is dropped."""
    encoder = PairEncoder.from_folder(start)
    passage = "It was opened in 1932 by the mayor."
    example = Example("When?", passage, "", 17, 21, True, "")
    (pair,) = encoder.encode([Pair("When?", "", passage)])

    aim = target(example, pair)

    assert aim is not None
    first, last = (pair.offsets[i - pair.first] for i in (aim.start, aim.end))
    assert passage[first[0] : last[1]] == "1932"
    none = target(Example("When?", passage, "", None, None, False, ""), pair)
    assert none is not None and (none.start, none.end, none.relevant) == (0, 0, 0.0)
    short = PairEncoder.from_folder(start, max_length=9)
    assert target(example, short.encode([Pair("When?", "", passage)])[0]) is None


def test_stopped_run_resumes_and_learns(data: Path, start: Path, tmp_path: Path) -> None:
    """A run that dies goes on from its last checkpoint, and the loss falls."""
    examples = mixture(data, embed, quick=True)
    schedule = Schedule(
        epochs=3, minutes=60, rate=5e-4, batch_tokens=2000, save_minutes=0.0, warmup=0.1
    )
    development = examples[:20]
    encoder = PairEncoder.from_folder(start)

    def evaluate(model: Any) -> dict[str, float]:
        return gold_figures(Reader(model, encoder), development)

    class Killed(Exception):
        pass

    losses: list[float] = []

    def until_the_second_checkpoint(line: dict[str, float]) -> None:
        if "saved" in line and line["blocks"] == 2:
            raise Killed
        losses.append(line["loss"])

    with pytest.raises(Killed):
        Trainer(tmp_path, ReaderTask(start, examples, schedule), schedule, evaluate).run(
            until_the_second_checkpoint
        )
    resumed = Trainer(tmp_path, ReaderTask(start, examples, schedule), schedule, evaluate)

    assert resumed.state.blocks == 2
    model = resumed.run(lambda line: losses.append(line["loss"]))
    curve = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert [line["blocks"] for line in curve] == [1, 2, 3]
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])

    export(model, start, tmp_path / "reader")
    shipped = Reader.load(tmp_path / "reader")
    (reading,) = shipped.read([Pair("When was it opened?", "", "It was opened in 1832.")])
    assert reading.spans


@pytest.mark.gpu
def test_a_gpu_learns_the_same_in_larger_batches(tmp_path: Path) -> None:
    """Resumed there too, and the reader made there reads on the processor."""
    import torch

    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    write_tiny_reader(tmp_path / "start")
    lessons = town_lessons()
    schedule = Schedule(epochs=8, minutes=60, rate=8e-3, cuda_batch_tokens=1500, save_minutes=0.0)
    encoder = PairEncoder.from_folder(tmp_path / "start")

    def evaluate(model: Any) -> dict[str, float]:
        return gold_figures(Reader(model, encoder), lessons.answered)

    half = replace(schedule, epochs=4)
    begun = ReaderTask(tmp_path / "start", lessons.train, half)
    Trainer(tmp_path, begun, half, evaluate).run(lambda line: None)
    task = ReaderTask(tmp_path / "start", lessons.train, schedule)
    trainer = Trainer(tmp_path, task, schedule, evaluate)
    assert trainer.state.blocks == 4
    model = trainer.run(lambda line: None)

    assert model.device.type == "cuda"
    export(model, tmp_path / "start", tmp_path / "reader")
    assert gold_figures(Reader.load(tmp_path / "reader"), lessons.answered)["f1"] > 60
