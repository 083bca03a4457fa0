"""Near misses: the passage is about the same thing, and does not answer."""

import random

import pytest

from rag.training.examples import Example
from rag.training.near_misses import Names, near_misses, opposed, swapped, without_answer

PASSAGE = "Arden opened its mill in 1820. The Corve mill came later. It cost 40 pounds to build."


def answered(question: str, answer: str) -> Example:
    """Return an example of which PASSAGE answers the question."""
    start = PASSAGE.index(answer)
    return Example(question, PASSAGE, "Mills", start, start + len(answer), True, "Mills", (answer,))


def test_name_becomes_another_of_the_article_that_the_passage_lacks() -> None:
    """The swapped question names a mill that the passage never mentions."""
    names = Names([("Mills", "When did the Dunlin mill open?"), ("Towns", "Where is Kelso?")])

    question = swapped("When did the Arden mill open?", "Mills", PASSAGE, names, random.Random(0))

    assert question == "When did the Dunlin mill open?"


@pytest.mark.parametrize("other", ["Corve", "Arden"])
def test_name_that_the_passage_holds_is_not_taken(other: str) -> None:
    """A question about another thing that the passage does answer is no near miss."""
    names = Names([("Mills", f"When did the {other} mill open?")])

    assert swapped("Did the Arden mill open?", "Mills", PASSAGE, names, random.Random(0)) is None


def test_year_becomes_a_year() -> None:
    """Numbers are swapped with their like."""
    names = Names([("Mills", "What did it make in 1875, with 12 men?")])

    question = swapped("What opened in 1820?", "Mills", PASSAGE, names, random.Random(0))

    assert question == "What opened in 1875?"


def test_word_becomes_its_opposite() -> None:
    """A question for the largest is not answered by the smallest."""
    assert opposed("Which mill is the largest?", random.Random(0)) == "Which mill is the smallest?"
    assert opposed("Which mill is it?", random.Random(0)) is None


def test_sentence_of_the_answer_leaves_whole() -> None:
    """What is left is the rest of the passage, and it does not answer."""
    missed = without_answer(answered("When did Arden open its mill?", "1820"))

    assert missed is not None
    assert missed.passage == "The Corve mill came later. It cost 40 pounds to build."
    assert not missed.relevant and missed.start is None and missed.answers == ()


def test_answer_that_stands_twice_makes_no_near_miss() -> None:
    """Taking one mention out does not make the passage silent."""
    text = "It opened in 1820. Few came. Its sign says 1820."
    example = Example("When?", text, "", 13, 17, True, "", ("1820",))

    assert without_answer(example) is None


def test_near_misses_never_claim_an_answer() -> None:
    """Whatever change is drawn, the outcome is unanswerable."""
    names = Names([("Mills", "When did the Dunlin mill open?")])
    examples = [answered("When did the first Arden mill run?", "1820")] * 50

    missed = list(near_misses(examples, names, random.Random(1)))

    assert {m.question for m in missed} == {
        "When did the first Arden mill run?",
        "When did the last Arden mill run?",
        "When did the first Dunlin mill run?",
    }
    assert all(not m.relevant and m.start is None for m in missed)
    assert all("1820" not in m.passage for m in missed if "first Arden" in m.question)
