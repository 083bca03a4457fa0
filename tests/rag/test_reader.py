"""The reader's decoding against hand-made logits, and its encoding."""

from pathlib import Path

import numpy as np
import pytest

from ingest.weights import bundled_folder
from rag.errors import ModelError
from rag.models.encoding import EncodedPair, Pair, PairEncoder, pad, token_batches
from rag.reader import Reader, best_spans


@pytest.fixture(scope="module")
def encoder() -> PairEncoder:
    """Return the encoder of the bundled tokenizer."""
    return PairEncoder.from_folder(bundled_folder())


def test_pair_is_question_heading_passage(encoder: PairEncoder) -> None:
    """Only passage tokens can bear a span, and their offsets give the passage's words back."""
    passage = "The warranty ends in March 2027."
    (encoded,) = encoder.encode([Pair("When does it end?", "Contract › Warranty", passage)])

    ids, mask, types = pad([encoded])
    words = [passage[a:b] for a, b in encoded.offsets]

    assert words == ["The", "warrant", "y", "ends", "in", "March", "202", "7", "."]
    assert types[0].sum() == len(words)
    assert types[0, encoded.first] == 1 and types[0, encoded.first - 1] == 0
    assert mask.sum() == len(encoded.ids)


def test_long_question_and_heading_are_cut_before_the_passage(encoder: PairEncoder) -> None:
    """A pasted page as a question leaves the passage whole."""
    passage = "Short passage."
    (encoded,) = encoder.encode([Pair("word " * 5000, "head " * 5000, passage)])

    assert [passage[a:b] for a, b in encoded.offsets] == ["Short", "passage", "."]
    assert len(encoded.ids) <= 384


def test_batches_hold_every_pair_once_within_the_budget() -> None:
    """Pairs of like length lie together and no batch is over its tokens."""
    lengths = [5, 100, 7, 90, 6, 300]

    groups = token_batches(lengths, 200)

    assert sorted(i for group in groups for i in group) == list(range(6))
    assert groups[0] == [0, 4, 2]
    assert all(len(g) * max(lengths[i] for i in g) <= 200 for g in groups if len(g) > 1)


def test_best_spans_do_not_overlap_and_are_scored_above_no_answer() -> None:
    """The score is start plus end minus both of [CLS]."""
    pair = EncodedPair(list(range(7)), 3, [(0, 3), (4, 6), (7, 9)])
    start = np.array([1.0, -np.inf, -np.inf, 4.0, 0.0, 3.0, -np.inf], dtype=np.float32)
    end = np.array([1.0, -np.inf, -np.inf, 2.0, 5.0, 3.5, -np.inf], dtype=np.float32)

    first, second = best_spans(start, end, pair, count=3)

    assert (first.start, first.end, first.score) == (0, 6, 7.0)
    assert (second.start, second.end, second.score) == (7, 9, 4.5)


def test_passage_without_tokens_has_no_span() -> None:
    """An empty passage is read without an error."""
    pair = EncodedPair([1, 2, 3], 2, [])

    assert best_spans(np.zeros(3, np.float32), np.zeros(3, np.float32), pair, 3) == ()


def test_missing_reader_names_its_folder(tmp_path: Path) -> None:
    """A wrong setting says where nothing was found."""
    with pytest.raises(ModelError, match=f"no reader in {tmp_path}"):
        Reader.load(tmp_path)


def test_broken_weights_are_an_error_of_one_line(tmp_path: Path) -> None:
    """Truncated weights are reported, not a stack of library errors."""
    (tmp_path / "model.safetensors").write_bytes(b"\x10\x00\x00\x00")
    (tmp_path / "config.json").write_text('{"model_type": "footnote-reader"}')

    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        Reader.load(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Return the shipped reader."""
    from rag import models

    return Reader.load(models.READER_FOLDER)


def test_shipped_reader_marks_the_answer(reader: Reader) -> None:
    """The words that answer are marked, and the passage that answers ranks first."""
    answers = "The bridge was opened in 1932 after eight years of work by some 1,400 people."
    other = "The harbour is crossed by ferries every half hour, also on Sundays."

    right, wrong = reader.read(
        [Pair("When was the bridge opened?", "", text) for text in (answers, other)]
    )

    assert answers[right.spans[0].start : right.spans[0].end] == "1932"
    assert right.spans[0].score > 0 > wrong.best
    assert right.rank > 0 > wrong.rank


def test_reading_does_not_depend_on_the_company(reader: Reader) -> None:
    """The same pair has the same reading alone, repeated, and beside longer ones."""
    pair = Pair("Who founded the firm?", "", "The firm was founded by Ada Holm in 1904.")
    longer = Pair("Who founded the firm?", "", "Nothing of use is said here. " * 20)

    (alone,) = reader.read([pair])
    first, _, again = reader.read([pair, longer, pair])

    assert first == again
    assert first.rank == pytest.approx(alone.rank, abs=0.05)
    assert first.spans[0].start == alone.spans[0].start
