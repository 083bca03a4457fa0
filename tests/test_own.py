"""What the benchmark of own questions teaches and asks, and how it compares."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.library import Library
from rag.evaluation.exam import MEASURES
from rag.evaluation.judging import Mark, judge
from rag.evaluation.questions import ExamQuestion
from rag.retriever import Retriever
from rag.training.own_lessons import is_held_out
from rag.training.own_library import OwnLibrary
from rag.types import Answer
from tests.benchmarks.own import difference, value
from tests.benchmarks.own_courses import deal, quoted, rows_of
from tests.doubles import HashedEmbedder
from tests.ingest.shelf import make_library

TEXTS = {
    "fees.txt": "A plot costs £64 a year.\n\nThe deposit for a key is £20.\n",
    "minutes.md": "The rent for a plot was set at £52 for the year.\n",
}
RENT = ExamQuestion("r", "What is the rent?", ("64", "£64"), ("fees.txt",), "A plot costs £64")
MEASURE = {measure.name: measure for measure in MEASURES}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[OwnLibrary]:
    """Return a library of two files that disagree about the rent."""
    embedder = HashedEmbedder()
    with Library.open(make_library(tmp_path / "plots", TEXTS)) as opened:
        yield OwnLibrary(opened, Retriever(opened, embedder))


def mark(question: ExamQuestion, text: str, confidence: float = 0.9) -> Mark:
    """Return the mark of an answer; an empty one abstains."""
    return judge(question, Answer(question.question, text, not text, confidence), 0.1)


@pytest.mark.parametrize(
    ("quote", "text", "words"),
    [
        ("4 22", "| 3 | 16.5 |\n| 4 | 22 |\n", "4 | 22"),
        ("Electric car €0.41", "Electric car | €0.41 a km", "Electric car | €0.41"),
        ("stop; go on", "- stop;\n- go on\n", "stop;\n- go on"),
        ("plot", "Every allotment plots well.", None),
        ("", "Every allotment.", None),
    ],
)
def test_a_quote_is_found_across_the_marks_of_tables_and_lists(
    quote: str, text: str, words: str | None
) -> None:
    """Its words stand in this order, whole, and nothing but marks between them."""
    span = quoted(quote, text)

    assert (span and text[slice(*span)].strip("| \n")) == words


def test_a_row_is_the_passage_of_the_quote_with_the_answer_in_it(library: OwnLibrary) -> None:
    """The words marked are those of the quote, not the same figure elsewhere."""
    (row,) = rows_of(RENT, library)

    assert row.question == "What is the rent?" and row.relevant
    assert "A plot costs £64 a year." in row.passage
    assert row.passage[row.start : row.end] == row.answers[0] == "64"


def test_both_sides_of_a_contradiction_are_learned(library: OwnLibrary) -> None:
    """Each from its own file."""
    disputed = replace(
        RENT,
        type="contradiction",
        others=("£52",),
        other_files=("minutes.md",),
        other_quote="The rent for a plot was set at £52 for the year.",
    )

    assert [row.answers[0] for row in rows_of(disputed, library)] == ["64", "£52"]


def test_rows_whose_words_no_passage_has_are_dropped(library: OwnLibrary) -> None:
    """Neither a quote that is not there nor an answer beside the quote is learned."""
    elsewhere = replace(RENT, quote="A plot costs £70")
    beside = replace(RENT, answers=("£20",))

    assert [*rows_of(elsewhere, library), *rows_of(beside, library)] == []


def test_a_question_without_an_answer_comes_with_what_is_found_for_it(
    library: OwnLibrary,
) -> None:
    """As a person would note the passage that Footnote showed in vain."""
    (row,) = rows_of(ExamQuestion("n", "Who dug the well?", (), type="unanswerable"), library)

    assert not row.relevant and row.start is None and row.passage


def test_every_question_but_those_held_out_is_asked_in_one_fold() -> None:
    """Folds share none, and have as much of each type as they can."""
    questions = [
        replace(RENT, id=f"{kind}{n}", question=f"{kind} {n}?", type=kind)
        for kind in ("fact", "why")
        for n in range(40)
    ]

    first, second = deal(questions, 2)

    asked = {one.id for one in questions if not is_held_out(one.question)}
    assert not {one.id for one in first} & {one.id for one in second}
    assert {one.id for one in (*first, *second)} == asked
    facts = [sum(one.type == "fact" for one in fold) for fold in (first, second)]
    assert abs(facts[0] - facts[1]) <= 1


def test_a_gain_is_measured_over_the_same_questions() -> None:
    """One of two silent questions is answered after: half more is right, surely so."""
    silent, right = mark(RENT, ""), mark(RENT, "It is £64.")
    pairs = [(silent, right), (right, right)] * 20

    gain, count = difference(MEASURE["right, answerable"], pairs)

    assert (gain.value, count) == (0.5, 40)
    assert 0 < gain.low < 0.5 < gain.high


def test_a_gain_of_calibration_counts_what_was_answered_at_either_time() -> None:
    """The error is over the answers given: none before, one of 0.9 that is right after."""
    nothing, sure = mark(RENT, ""), mark(RENT, "It is £64.", 0.9)

    gain, count = difference(MEASURE["calibration error"], [(nothing, sure), (nothing, nothing)])

    assert value(MEASURE["calibration error"], [nothing]) == 0.0
    assert gain.value == pytest.approx(0.1) and count == 1
