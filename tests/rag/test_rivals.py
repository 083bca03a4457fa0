"""Which evidence contradicts the best, on real vectors and in a real folder."""

from collections.abc import Iterator

import pytest

from ingest.config import load_settings
from ingest.pipeline import ingest
from ingest.types import Embedder
from rag import Answer, Assistant
from rag.rivals import with_rival
from rag.types import Evidence, Rival
from tests.rag.passages import make_evidence, make_hit

QUESTION = "How much is the rent for a plot?"
BEST = make_evidence(
    make_hit("Thanks to all. A full plot costs £64 a year.", "fees.md", row=1), "£64", 8.0
)
RULES = {
    "rules-2019.md": (
        "# Rules of the reading room, 2019\n\n"
        "A reader may borrow six books at a time. The reading room opens at 9 am. "
        "Dogs stay outside.\n"
    ),
    "rules-2024.md": (
        "# Rules of the reading room, 2024\n\n"
        "A reader may borrow ten books at a time. "
        "The reading room opens at nine in the morning. Phones are switched off.\n"
    ),
}


def found(embedder: Embedder, others: list[Evidence], question: str = QUESTION) -> list[str]:
    """Return the words of the rivals of the best evidence among others."""
    evidence = with_rival(embedder.embed, question, [BEST, *others])
    return [one.text for one in evidence if isinstance(one, Rival)]


def other(
    text: str, words: str, file: str = "minutes.md", score: float = 5.0, row: int = 2
) -> Evidence:
    """Return evidence of another passage."""
    return make_evidence(make_hit(text, file, row), words, score)


def test_another_sum_for_the_same_thing_in_another_file_is_a_rival(embedder: Embedder) -> None:
    """It is found far below the best, and nothing else changes."""
    rival = other("The rent for a full plot was set at £52. Soup followed.", "£52")
    evidence = [BEST, other("Dogs are not allowed on a plot.", "Dogs"), rival]

    marked = with_rival(embedder.embed, QUESTION, evidence)

    assert [type(one) for one in marked] == [Evidence, Evidence, Rival]
    assert [(one.text, one.score, one.hit) for one in marked] == [
        (one.text, one.score, one.hit) for one in evidence
    ]


@pytest.mark.parametrize(
    "evidence",
    [
        other("The rent for a full plot is 64 pounds.", "64 pounds"),
        other("The rent for a full plot was set at £52.", "£52", file="fees.md"),
        other("The rent for a full plot was set at £52.", "£52", score=-9.0),
        other("The rent for a full plot is due within 52 days.", "52 days"),
        other("The rent for a full plot was set at £5,200.", "£5,200"),
        other("A full plot costs £52, a half plot £30, a quarter £16 and a bed £9.", "£52"),
        other("The borehole behind the hut was drilled for £43.", "£43"),
    ],
    ids=[
        "the same value",
        "the same file",
        "far less sure",
        "another kind of value",
        "far too much",
        "one sum of many",
        "another thing",
    ],
)
def test_what_does_not_contradict_is_no_rival(embedder: Embedder, evidence: Evidence) -> None:
    """Only a different value for the same thing, in another file, contradicts."""
    assert found(embedder, [evidence]) == []


def test_rival_of_another_year_than_the_question_names_is_left_out(embedder: Embedder) -> None:
    """Who asks for 2025 is not shown what held in 2023."""
    evidence = [other("The rent for a full plot was set at £52.", "£52", file="minutes-2023.md")]

    assert found(embedder, evidence, "How much was the rent for a plot in 2023?") == ["£52"]
    assert found(embedder, evidence, "How much is the rent for a plot in 2025?") == []


def test_file_that_first_agrees_does_not_contradict_further_down(embedder: Embedder) -> None:
    """The same sum and, less surely, another one in one file are no contradiction."""
    agrees = other("A full plot is £64 now.", "£64", score=7.0)
    differs = other("The rent for a full plot was set at £52.", "£52", row=3)

    assert found(embedder, [agrees, differs]) == []


def test_other_person_for_the_same_office_is_a_rival(embedder: Embedder) -> None:
    """The question asks who, so names are compared and not numbers."""
    best = make_evidence(make_hit("The treasurer is Ada Quill.", "a.md"), "Ada Quill", 8.0)
    rival = other("Our treasurer since 2023 is Tom Obuya.", "Tom Obuya", score=7.0)

    marked = with_rival(embedder.embed, "Who is the treasurer?", [best, rival])

    assert isinstance(marked[1], Rival)


def test_no_evidence_has_no_rival(embedder: Embedder) -> None:
    """Nothing found is nothing to contradict."""
    assert with_rival(embedder.embed, QUESTION, []) == ()


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Assistant]:
    """Return an assistant that always answers, on a folder of old and new rules."""
    folder = tmp_path_factory.mktemp("rules")
    for name, text in RULES.items():
        (folder / name).write_text(text, encoding="utf-8")
    place = tmp_path_factory.mktemp("library") / "library"
    ingest(folder, place, load_settings(library=place), embedder)
    with Assistant.open(place, threshold=0.0) as opened:
        yield opened


def cited(answer: Answer) -> set[str]:
    """Return the files that an answer cites."""
    return {citation.file for citation in answer.citations}


def test_answer_shows_what_both_files_say_with_a_citation_each(assistant: Assistant) -> None:
    """Old and new rules differ: both numbers are told, each with the sentence that says it."""
    answer = assistant.answer("How many books may a reader borrow at a time?")

    quotes = {citation.file: citation.quote for citation in answer.citations}
    assert quotes == {
        "rules-2019.md": "A reader may borrow six books at a time.",
        "rules-2024.md": "A reader may borrow ten books at a time.",
    }
    assert "six" in answer.text
    assert "ten" in answer.text
    assert "[1]" in answer.text
    assert "[2]" in answer.text


def test_answer_shows_once_what_both_files_agree_on(assistant: Assistant) -> None:
    """The same hour in figures and in words is one answer, from one file."""
    answer = assistant.answer("When does the reading room open?")

    assert "9 am" in answer.text or "nine in the morning" in answer.text
    assert len(cited(answer)) == 1
