"""The benchmark of writers: what its prefix mask hides, and that all of it runs."""

import random
import sys
from pathlib import Path

import pytest
import torch

from rag import models
from rag.models.encoding import Pair
from rag.training.loop import Schedule
from rag.training.sentences import Sentence
from tests.benchmarks import writers
from tests.benchmarks.unilm import PrefixModel, PrefixReader, PrefixTask
from tests.rag.towns import TOWNS, town_row, write_set, write_tiny_reader

LESSONS = (
    Sentence("When?", "1805", "The bridge of Brill was opened in 1805.", "It was in 1805."),
    Sentence("Who?", "Ann", "It was Ann.", "The one who crossed it first was Ann of Brill."),
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an untrained reader of two small layers."""
    folder = tmp_path_factory.mktemp("reader")
    write_tiny_reader(folder)
    return folder


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("reduced", [False, True])
def test_token_of_the_sentence_sees_the_source_and_its_left_alone(
    reader: Path, attention: str, reduced: bool
) -> None:
    """Changing one token changes what sees it, and nothing else; four of eight are the source."""
    trunk = models.ReaderModel.from_pretrained(reader, attn_implementation=attention).float().bert
    model = PrefixModel(trunk.eval(), torch.zeros(trunk.config.vocab_size, dtype=torch.bool))
    tokens = torch.arange(2000, 2008).unsqueeze(0)

    def hidden(tokens: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=reduced):
            return model.hidden(tokens, torch.zeros_like(tokens), torch.tensor([4]))[0]

    for place in range(8):
        other = tokens.clone()
        other[0, place] = 9000
        changed = (hidden(tokens) != hidden(other)).any(-1)
        assert changed.tolist() == [place < 4 or row >= place for row in range(8)]


def test_loss_of_a_batch_is_that_of_its_sentences_written_token_by_token(reader: Path) -> None:
    """Neither padding nor the way of feeding the tokens changes their chances."""
    task = PrefixTask(reader, LESSONS, Schedule())
    encoded = PrefixReader.load(reader)
    start, end = encoded.special_ids
    total, count = 0.0, 0
    for one in LESSONS:
        source = encoded.source(Pair(one.question, one.answer, one.evidence))
        written = encoded.tokenizer.encode(one.sentence, add_special_tokens=False).ids
        past, token = None, start
        for wanted in (*written, end):
            output = task.model(torch.tensor([[token]]), source, past=past)
            past, token = output.past, wanted
            total, count = total - output.scores[0, -1, wanted].item(), count + 1

    (batch,) = task.batches(LESSONS, 10_000, random.Random(0))

    assert task.loss(batch, torch.device("cpu")).item() == pytest.approx(total / count, abs=1e-4)


def test_all_ways_are_trained_measured_and_kept(
    reader: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One column each; a second run with the same folder measures what the first has trained."""
    rows = [
        {**town_row(town, number), "answer_sentence": f"It was opened in {1800 + number}."}
        for number in range(6)
        for town in TOWNS
    ]
    write_set(tmp_path, "squad1_train", rows)
    command = f"writers --data {tmp_path} --minutes 0.005 --questions 2 --quick --reader {reader}"
    monkeypatch.setattr(sys, "argv", [*command.split(), "--out", str(tmp_path / "runs")])

    writers.main()
    first = capsys.readouterr()
    writers.main()
    second = capsys.readouterr()

    assert all(word in first.out for word in ("evidence", "copying", "1 layer", "UniLM", "passes"))
    assert len(list((tmp_path / "runs").iterdir())) == len(writers.WAYS)
    assert "UniLM" in first.err and not second.err
