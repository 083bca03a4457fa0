"""The writer on toy sentences: it learns, resumes, and cannot invent numbers or names."""

import random
import re
from pathlib import Path

import pytest
import torch

from rag.errors import ModelError
from rag.reader import Reader
from rag.training.loop import Schedule, Trainer
from rag.training.sentences import Sentence, free_tokens, sentences
from rag.training.start import export_weights
from rag.training.writing import WriterTask
from rag.training.written import written_figures
from rag.writer import Writer, conversation, is_writer
from tests.rag.towns import TOWNS, town_row, write_set


def town_sentence(number: int) -> Sentence:
    """Return the sentence that says when a town's bridge was opened."""
    row = town_row(TOWNS[number % 20], number)
    year = row["answers"][0]["text"]
    return Sentence(row["question"], year, row["context"], f"The bridge was opened in {year}.")


@pytest.fixture(scope="module")
def folder(tiny_reader: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a writer that learned to say when bridges were opened."""
    place = tmp_path_factory.mktemp("writer")
    schedule = Schedule(epochs=40, minutes=2, rate=1e-2, batch_tokens=2000)
    task = WriterTask(tiny_reader, [town_sentence(n) for n in range(160)], schedule)
    losses: list[float] = []

    def report(line: dict[str, float]) -> None:
        losses.append(line["loss"])

    export_weights(Trainer(place, task, schedule, lambda model: {}).run(report), place / "writer")
    assert losses[-1] < 0.3 * losses[0]
    return place / "writer"


@pytest.fixture(scope="module")
def writer(folder: Path, tiny_reader: Path) -> Writer:
    """Return the writer, loaded from its files."""
    return Writer.load(folder, Reader.load(tiny_reader))


def test_learned_sentence_has_the_answer_of_its_own_source(writer: Writer) -> None:
    """What was never seen in training is copied from the source."""
    unseen = [town_sentence(number) for number in range(160, 190)]

    told = [writer.write(s.question, s.answer, s.evidence) for s in unseen]

    assert sum(t == s.sentence for t, s in zip(told, unseen, strict=True)) >= 24


def test_numbers_and_names_are_never_invented(tiny_reader: Path) -> None:
    """Even a writer that learned nothing writes only common words and words of its source."""
    task = WriterTask(tiny_reader, [town_sentence(n) for n in range(40)], Schedule())
    writer = Writer(task.model.eval(), Reader.load(tiny_reader))
    task.model.bias.data[writer_id(writer, "1999")] = 50.0
    task.model.bias.data[writer_id(writer, "london")] = 50.0

    told = writer.write("When was it opened?", "1805", "Brill's bridge was opened in 1805.")

    assert not set(re.findall(r"\d+", told)) - {"1805"}
    assert "london" not in told.lower()


def writer_id(writer: Writer, word: str) -> int:
    """Return the token of a word."""
    found = writer._reader.tokenizer.token_to_id(word)
    assert isinstance(found, int)
    return found


def test_same_source_gives_the_same_words(writer: Writer) -> None:
    """Writing is greedy."""
    one = town_sentence(170)

    assert len({writer.write(one.question, one.answer, one.evidence) for _ in range(3)}) == 1


def test_what_never_ends_is_nothing(tiny_reader: Path) -> None:
    """A sentence without an end is not shown."""
    task = WriterTask(tiny_reader, [town_sentence(n) for n in range(40)], Schedule())
    reader = Reader.load(tiny_reader)
    task.model.bias.data[reader.special_ids[1]] = -1e4
    task.model.config.copying = False

    assert Writer(task.model.eval(), reader).write("Who?", "Ann", "It was Ann.") == ""


def test_figures_tell_borne_words_from_others(writer: Writer, tiny_reader: Path) -> None:
    """All facts stand in the sources; what was learned is close to what was wanted."""
    figures = written_figures(
        writer, Reader.load(tiny_reader), [town_sentence(n) for n in range(160, 170)]
    )

    assert figures["facts"] == 1.0
    assert figures["f1"] > 0.8
    assert figures["answers"] > 0.7


def test_free_words_are_common_and_small(tiny_reader: Path) -> None:
    """Names and numbers are not free, however often they stand there."""
    tokenizer = Reader.load(tiny_reader).tokenizer
    texts = ["The bridge of London was opened in 1805."] * 20 + ["A rare word."]

    free = free_tokens(texts, tokenizer)

    assert {tokenizer.token_to_id(w) for w in ("bridge", "opened", "in", ".")} <= free
    assert not {tokenizer.token_to_id(w) for w in ("london", "rare", "the")} & free
    assert not any(c.isdigit() for i in free for c in tokenizer.id_to_token(i))


def test_sentences_hold_their_answer_and_keep_held_out_articles_apart(tmp_path: Path) -> None:
    """The evidence bears the answer, and no article is on two sides."""
    rows = [
        {**town_row(town, number), "answer_sentence": f"It was {1800 + number}."}
        for number in range(8)
        for town in TOWNS
    ]
    write_set(tmp_path, "squad1_train", rows)

    train = sentences(tmp_path, "train", quick=True)
    test = sentences(tmp_path, "test", quick=True)

    assert train and test
    assert not {s.question for s in train} & {s.question for s in test}
    assert all(s.answer in s.evidence for s in train)
    random.Random(0).shuffle(rows)
    assert sentences(tmp_path, "test", quick=True) == test


def test_missing_writer_is_a_clear_error(tiny_reader: Path, tmp_path: Path) -> None:
    """A folder without weights is named."""
    with pytest.raises(ModelError, match=str(tmp_path)):
        Writer.load(tmp_path, Reader.load(tiny_reader))


def test_words_of_no_source_are_not_written(tiny_reader: Path) -> None:
    """A common word is free only as a form of a word of the source."""
    texts = [f"They retired and arrived in town {n}." for n in range(20)]
    task = WriterTask(tiny_reader, [Sentence("Who?", "Ann", "Ann", t) for t in texts], Schedule())
    writer = Writer(task.model.eval(), Reader.load(tiny_reader))
    source = torch.tensor([[writer_id(writer, word) for word in ("ann", "left", "1805")]])

    allowed = writer._allowed(source, "When did Ann retire? Ann left in 1805.")

    words = ("retired", "ann", "1805", "in", ".", "arrived", "town", "1806")
    assert [bool(allowed[writer_id(writer, word)]) for word in words] == [True] * 5 + [False] * 3


def test_conversation_is_its_latest_turns() -> None:
    """Long answers are cut, and old turns left out."""
    turns = [("Who?", "Ann"), ("When?", "1805"), ("Where?", "x" * 900), ("Why?", "Rain.")]

    said = conversation(turns)

    assert said.startswith("When? 1805 Where? xxx") and said.endswith("x Why? Rain.")
    assert len(said) < 260


def test_folder_of_a_writer_is_told_from_others(folder: Path, tiny_reader: Path) -> None:
    """The setting of the generator may name it."""
    assert is_writer(folder)
    assert not is_writer(tiny_reader)
    assert not is_writer(tiny_reader / "nothing")
