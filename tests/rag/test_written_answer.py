"""The exact answer in a sentence, in front of what bears it."""

import threading

import pytest

from rag.generator import ExtractiveGenerator
from rag.writer import Writer
from rag.written_answer import WritingGenerator
from tests.rag.passages import make_evidence, make_hit

TEXT = "Intro. Staff receive 26 days of paid leave a year. Unused days lapse in March."


class Told(Writer):
    """A writer that says what it is told to."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def write(self, question: str, answer: str, evidence: str) -> str:
        """Return the sentence."""
        return self._sentence


def last_texts(generator: WritingGenerator | ExtractiveGenerator) -> list[str]:
    """Return the statements of the finished answer."""
    evidence = [make_evidence(make_hit(TEXT), "26 days")]
    drafts = list(generator.write("How much leave is there?", evidence, threading.Event()))
    return [statement.text for statement in drafts[-1].statements]


def test_sentence_takes_the_place_of_the_exact_words() -> None:
    """The sentence that bears it still follows, verbatim."""
    generator = WritingGenerator(Told("There are 26 days of leave."))

    assert last_texts(generator) == [
        "There are 26 days of leave.",
        "Staff receive 26 days of paid leave a year.",
    ]


@pytest.mark.parametrize(
    "sentence",
    ["", "There are many days of leave.", "staff receive 26 days of paid leave a year"],
    ids=["nothing", "without the answer", "the quote itself"],
)
def test_sentence_that_is_no_gain_is_left_out(sentence: str) -> None:
    """The exact words stay."""
    told = last_texts(WritingGenerator(Told(sentence)))

    assert told == last_texts(ExtractiveGenerator())


def test_stopped_generator_writes_nothing_more() -> None:
    """The stop button acts between statements."""
    stop = threading.Event()
    evidence = [make_evidence(make_hit(TEXT), "26 days")]
    drafts = WritingGenerator(Told("It is 26 days.")).write("How much?", evidence, stop)

    next(drafts)
    stop.set()

    assert list(drafts) == []
