"""The whole path on real documents: the shipped models, a real library, real questions."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import rag
from ingest.config import load_settings
from ingest.errors import LibraryError, LibraryMissing
from ingest.pipeline import ingest
from ingest.types import Embedder
from rag import ABSTENTION, Assistant
from rag.errors import ModelError, QuestionError

CORPORA = Path(__file__).resolve().parents[2] / "corpora"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """Return a library of the company handbook."""
    place = tmp_path_factory.mktemp("handbook") / "library"
    ingest(CORPORA / "company-handbook", place, load_settings(library=place), embedder)
    return place


@pytest.fixture(scope="module")
def assistant(library: Path) -> Iterator[Assistant]:
    """Return an assistant that stays open for the module."""
    with Assistant.open(library) as opened:
        yield opened


def test_answer_holds_the_fact_and_cites_the_document(assistant: Assistant) -> None:
    """A plain question gets its number, with a footnote to the sentence that says it."""
    answer = assistant.answer("How many days of paid annual leave do full-time employees get?")

    assert not answer.abstained
    assert "27" in answer.text
    assert "[1]" in answer.text
    assert answer.citations[0].file.startswith("leave-and-absence")
    assert "27" in answer.citations[0].quote
    assert 0.5 < answer.confidence <= 1.0


def test_every_quote_is_the_documents_own_words(assistant: Assistant) -> None:
    """``quote == text[start:end]``, whatever the question."""
    questions = (
        "How do I report a lost laptop?",
        "What must I do to claim expenses?",
        "Which hotels may I book in Montcalier?",
        "Why are passwords kept in the manager?",
    )
    for question in questions:
        for citation in assistant.answer(question).citations:
            text = assistant.library.text(citation.file)
            assert citation.quote == text[citation.start : citation.end]
            assert citation.quote in citation.passage
            assert citation.quote.strip()


def test_every_paragraph_of_an_answer_is_cited(assistant: Assistant) -> None:
    """No sentence stands without a footnote, and each footnote has its citation."""
    answer = assistant.answer("How do I report a lost laptop?")

    numbers = {citation.number for citation in answer.citations}
    assert numbers == set(range(1, len(numbers) + 1))
    for line in filter(None, answer.text.split("\n")):
        assert line.rstrip().endswith("]")


def test_page_of_a_pdf_is_named(assistant: Assistant) -> None:
    """A citation into a PDF tells the page, counted from 1."""
    answer = assistant.answer(
        "What is the hotel limit in Montcalier in 2026?", files=["travel-policy-2026.pdf"]
    )

    assert {citation.file for citation in answer.citations} == {"travel-policy-2026.pdf"}
    assert all(citation.page in (1, 2, 3, 4) for citation in answer.citations)


def test_what_the_files_do_not_hold_is_not_answered(assistant: Assistant) -> None:
    """An off-topic question is abstained from, and the closest passages are named."""
    answer = assistant.answer("Who won the football world cup in 1998?")

    assert answer.abstained
    assert answer.text.startswith(ABSTENTION)
    assert answer.citations == ()
    assert answer.passages[0].passage.file in answer.text
    assert answer.confidence < 0.5


def test_filter_keeps_to_the_files_named(assistant: Assistant) -> None:
    """Nothing outside the pattern is found, and a pattern of nothing is an error."""
    answer = assistant.answer("How much may a hotel cost?", files=["*.html"])

    assert {hit.passage.file.rsplit(".", 1)[1] for hit in answer.passages} == {"html"}
    with pytest.raises(LibraryError, match=r"'\*\.docx'"):
        assistant.answer("How much may a hotel cost?", files=["*.docx"])


def test_stream_shows_sources_then_text_then_the_answer(assistant: Assistant) -> None:
    """The page can show where the answer comes from before it is read."""
    events = list(assistant.stream("How many days of annual leave do full-time employees get?"))

    assert events[0].kind == "sources" and events[0].passages
    assert [event.kind for event in events[1:]] == ["text"] * (len(events) - 2) + ["answer"]
    final = events[-1].answer
    assert final is not None and not final.abstained
    assert {"embed", "dense", "words", "read", "write", "total"} <= final.timings.keys()


def test_k_passages_come_back_best_first(assistant: Assistant) -> None:
    """Passages carry their score by stage and are ordered by the reader's."""
    answer = assistant.answer("How much may a hotel cost?", k=3)

    ranks = [hit.scores["rank"] for hit in answer.passages]
    assert len(ranks) == 3
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("question", ["", "   ", "\x00\n\t"])
def test_empty_question_is_refused(assistant: Assistant, question: str) -> None:
    """A question of nothing is an error, not an answer."""
    with pytest.raises(QuestionError, match="empty"):
        assistant.answer(question)


def test_question_of_a_hundred_thousand_characters_is_refused(assistant: Assistant) -> None:
    """A pasted book is refused at once."""
    with pytest.raises(QuestionError, match="100,000 characters"):
        assistant.answer("x" * 100_000)


@pytest.mark.parametrize(
    "question",
    [
        'leave" OR 1=1 --',
        "NEAR(leave travel, 5) AND text:* ^hotel -expenses",
        "'; DROP TABLE chunks; --",
        "hotel\x07 \x1b[31mlimit\u202e?",
        "\ud800 hotel limit",
        "🏨 ホテルの上限は？",
        "{{7*7}} ${hotel} %s",
    ],
)
def test_search_syntax_and_control_characters_are_only_words(
    assistant: Assistant, question: str
) -> None:
    """Nothing in a question is run; it is searched as words."""
    answer = assistant.answer(question)

    assert answer.passages
    assert assistant.library.counts()[1] > 50


def test_follow_up_finds_what_it_is_about(assistant: Assistant) -> None:
    """A follow-up without its subject still finds the subject's documents."""
    history = [("How many days of annual leave do full-time employees get?", "27 days")]

    answer = assistant.answer("And how many can be carried over?", history=history)

    assert any(hit.passage.file.startswith("leave-and-absence") for hit in answer.passages[:3])


def test_same_question_has_the_same_answer_from_many_threads(assistant: Assistant) -> None:
    """An open assistant is shared: parallel questions do not disturb each other."""
    questions = ["How much may a hotel cost?", "How do I report a lost laptop?"] * 3
    alone = {question: assistant.answer(question).text for question in questions}

    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda question: assistant.answer(question).text, questions))

    assert together == [alone[question] for question in questions]


def test_examples_are_questions_about_the_library(assistant: Assistant) -> None:
    """Example questions are drawn from the documents."""
    examples = assistant.examples(3)

    assert len(examples) == 3 == len(set(examples))
    assert all(assistant.answer(example).passages for example in examples)


def test_one_question_from_python(library: Path) -> None:
    """``rag.answer`` opens, asks and closes."""
    assert "27" in rag.answer("How many days of annual leave do full-time staff get?", library).text


def test_missing_library_says_how_to_make_one(tmp_path: Path) -> None:
    """Asking before ingesting names the command."""
    with pytest.raises(LibraryMissing, match="footnote ingest"):
        Assistant.open(tmp_path / "nothing")


def test_reader_that_is_not_there_is_named(library: Path, tmp_path: Path) -> None:
    """A wrong reader setting is a clear error."""
    with pytest.raises(ModelError, match="no reader in"):
        Assistant.open(library, reader=str(tmp_path))
