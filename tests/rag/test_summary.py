"""Summaries of real documents, by the shipped models."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest.config import load_settings
from ingest.errors import LibraryError
from ingest.library import Library
from ingest.pipeline import ingest
from ingest.types import Document, Embedder
from rag import ABSTENTION, Assistant
from rag.errors import QuestionError
from rag.evidence import sentences_of
from rag.salience import SAME
from rag.summary import MOST_PASSAGES, Summariser, passage_weight
from rag.types import Answer
from tests.doubles import HashedEmbedder
from tests.ingest.shelf import make_library
from tests.rag.passages import make_hit
from ui.command import app

HANDBOOK = Path(__file__).resolve().parents[2] / "corpora" / "company-handbook"
FILES = ("leave-and-absence.md", "travel-policy-2026.pdf", "remote-work.html", "equipment.txt")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """Return a library of the company handbook."""
    place = tmp_path_factory.mktemp("summary") / "library"
    ingest(HANDBOOK, place, load_settings(library=place), embedder)
    return place


@pytest.fixture(scope="module")
def assistant(library: Path) -> Iterator[Assistant]:
    """Return an assistant that stays open for the module."""
    with Assistant.open(library) as opened:
        yield opened


@pytest.fixture(scope="module")
def summaries(assistant: Assistant) -> dict[str, Answer]:
    """Return a summary of one file of each format."""
    return {file: assistant.summarise(file) for file in FILES}


def test_every_sentence_is_the_documents_own(
    assistant: Assistant, summaries: dict[str, Answer]
) -> None:
    """Each sentence has one footnote, whose quote is the sentence as the file has it."""
    for file, summary in summaries.items():
        text = assistant.library.text(file)
        shown = re.findall(r"(.+?) \[(\d+)\]\s*", summary.text)
        assert [int(number) for _, number in shown] == [1, 2, 3, 4, 5]
        for (sentence, _), citation in zip(shown, summary.citations, strict=True):
            assert citation.file == file
            assert citation.quote == text[citation.start : citation.end]
            assert citation.quote in citation.passage
            assert " ".join(citation.quote.split()) == sentence


def test_sentences_stand_in_the_order_of_the_document(summaries: dict[str, Answer]) -> None:
    """And none is taken twice."""
    for summary in summaries.values():
        starts = [citation.start for citation in summary.citations]
        assert starts == sorted(set(starts))


def test_a_summary_holds_no_heading_table_row_or_torn_sentence(
    assistant: Assistant, summaries: dict[str, Answer]
) -> None:
    """What is taken is whole, and reads well without what stood before it."""
    for file, summary in summaries.items():
        document = assistant.library.document(file)
        titles = {heading.title for heading in document.headings}
        for citation in summary.citations:
            assert citation.quote.endswith(".")
            assert citation.quote not in titles
            assert "|" not in citation.quote
            assert not citation.quote.startswith(("However", "It ", "This is", "They", "But"))


def test_a_summary_says_what_its_document_is_about(summaries: dict[str, Answer]) -> None:
    """The sentence that announces the subject is taken where there is one."""
    assert "This chapter covers holiday, sickness" in summaries["leave-and-absence.md"].text
    assert "This policy says how trips are approved" in summaries["travel-policy-2026.pdf"].text
    assert "working from home" in summaries["remote-work.html"].text
    assert "27 working days of paid annual leave" in summaries["leave-and-absence.md"].text


def test_a_summary_of_a_file_is_a_full_answer(summaries: dict[str, Answer]) -> None:
    """It abstains from nothing, brings the pages of a PDF, and at most the usual passages."""
    travel = summaries["travel-policy-2026.pdf"]

    assert not travel.abstained
    assert {citation.page for citation in travel.citations} <= {1, 2, 3, 4}
    assert len(travel.passages) == 8
    assert travel.timings["total"] > 0


def test_a_summary_claims_no_chance_to_be_right(
    assistant: Assistant, summaries: dict[str, Answer]
) -> None:
    """Nothing measures it: not of a file, of a topic, of its sentences, nor where it abstains."""
    topics = [assistant.summarise(topic=topic) for topic in ("hotel limits", "quantum chemistry")]

    for summary in (*summaries.values(), *topics):
        assert summary.confidence is None
        assert all(citation.score is None for citation in summary.citations)
    assert [summary.abstained for summary in topics] == [False, True]


def test_sentences_of_a_summary_say_different_things(
    summaries: dict[str, Answer], embedder: Embedder
) -> None:
    """No two of them mean the same."""
    for summary in summaries.values():
        vectors = embedder.embed([citation.quote for citation in summary.citations])
        alike = vectors @ vectors.T
        assert max(alike[i, j] for i in range(len(alike)) for j in range(i)) < SAME


def test_length_is_as_asked_for(assistant: Assistant) -> None:
    """Three sentences are three; what is beyond the bounds is refused."""
    assert len(assistant.summarise("remote-work.html", sentences=3).citations) == 3
    assert len(assistant.summarise("remote-work.html", sentences=1).citations) == 1
    for sentences in (0, 21):
        with pytest.raises(QuestionError, match="1 to 20"):
            assistant.summarise("remote-work.html", sentences=sentences)


def test_a_topic_is_summarised_from_the_passages_about_it(assistant: Assistant) -> None:
    """The sentences are about the topic, grouped by file and in each file's order."""
    summary = assistant.summarise(topic="hotel limits", sentences=3)

    assert not summary.abstained
    assert all("hotel" in citation.quote.lower() for citation in summary.citations)
    assert {c.file for c in summary.citations} <= {
        "travel-policy-2025.md",
        "travel-policy-2026.pdf",
    }
    for file in {citation.file for citation in summary.citations}:
        starts = [c.start for c in summary.citations if c.file == file]
        assert starts == sorted(starts)
        text = assistant.library.text(file)
        assert all(c.quote == text[c.start : c.end] for c in summary.citations if c.file == file)


def test_a_topic_can_be_kept_to_one_file(assistant: Assistant) -> None:
    """With both, the file's own sentences on the topic."""
    summary = assistant.summarise("travel-policy-2025.md", "hotel limits", 2)

    assert {citation.file for citation in summary.citations} == {"travel-policy-2025.md"}
    assert "hotel" in summary.text.lower()


@pytest.mark.parametrize("topic", ["football world cup", "quantum chemistry"])
def test_a_topic_that_no_file_treats_is_abstained_from(assistant: Assistant, topic: str) -> None:
    """Nothing is claimed; the closest passages are named."""
    summary = assistant.summarise(topic=topic)

    assert summary.abstained and summary.citations == ()
    assert summary.text.startswith(ABSTENTION)
    assert summary.passages and summary.passages[0].passage.file in summary.text


def test_a_file_is_named_by_name_path_or_pattern(assistant: Assistant, library: Path) -> None:
    """All the ways that lead to one file give the same summary."""
    text = assistant.summarise("remote-work.html", sentences=2).text

    assert assistant.summarise("remote*", sentences=2).text == text
    assert assistant.summarise(str(HANDBOOK / "remote-work.html"), sentences=2).text == text


def test_files_that_are_not_there_or_not_one_are_errors(assistant: Assistant) -> None:
    """The message names what was asked for, and what it might have been."""
    with pytest.raises(LibraryError, match=r"matches 'absent\.md'"):
        assistant.summarise("absent.md")
    with pytest.raises(LibraryError, match=r"'travel\*' stands for 2 files \(travel-policy-2025"):
        assistant.summarise("travel*")
    with pytest.raises(QuestionError, match="name a file or a topic"):
        assistant.summarise()
    with pytest.raises(QuestionError, match="empty"):
        assistant.summarise(topic="  ")


def test_a_request_in_the_chat_is_a_summary(assistant: Assistant) -> None:
    """The page gets its passages, its text and its answer, as for a question."""
    question = "Please summarise remote-work.html in two sentences"

    events = list(assistant.stream(question))

    assert [event.kind for event in events] == ["sources", "text", "answer"]
    final = events[-1].answer
    assert final is not None and final.question == question
    assert final.text == assistant.summarise("remote-work.html", sentences=2).text
    assert final.confidence is None
    assert events[0].passages == final.passages


def test_files_outside_the_filter_are_not_summarised(assistant: Assistant) -> None:
    """A question kept to some files stays a question about them."""
    answer = assistant.answer("Summarise remote-work.html", files=["equipment.txt"])

    assert {hit.passage.file for hit in answer.passages} == {"equipment.txt"}


def test_the_command_says_whose_words_they_are(library: Path) -> None:
    """Below the sources stands no confidence, in words or in per cent."""
    arguments = ["summarise", "equipment.txt", "--sentences", "2", "--library", str(library)]

    done = CliRunner().invoke(app, arguments)

    assert done.stdout.endswith("\n\nWords of your files, chosen, not written\n")
    assert "onfidence" not in done.stdout and "100 %" not in done.stdout


def test_the_command_prints_what_ask_prints(library: Path) -> None:
    """One object with the fields of an answer, in which what is not measured is null."""
    arguments = ["summarise", "equipment.txt", "--sentences", "2", "--json"]

    done = CliRunner().invoke(app, [*arguments, "--library", str(library)])

    found = json.loads(done.stdout)
    fields = ["answer", "abstained", "confidence", "citations", "passages", "timings"]
    assert done.exit_code == 0 and list(found) == fields
    assert [citation["file"] for citation in found["citations"]] == ["equipment.txt"] * 2
    assert found["confidence"] is None
    assert [citation["score"] for citation in found["citations"]] == [None, None]


def test_the_command_needs_a_file_or_a_topic(library: Path) -> None:
    """Neither is wrong usage."""
    done = CliRunner().invoke(app, ["summarise", "--library", str(library)])

    assert done.exit_code == 2
    assert "--topic" in done.stderr


def test_a_long_document_is_not_embedded_again(tmp_path: Path) -> None:
    """Of some 6,000 sentences only those of the passages that count are embedded."""
    subjects = ("leave", "pay", "travel", "tools", "safety", "training")
    text = "\n\n".join(
        f"Paragraph {number} says what the firm wants about {subjects[number % 6]} and case "
        f"{number * 7}. Every worker of site {number} reads rule {number % 97} with care."
        for number in range(3000)
    )
    embedder = HashedEmbedder()
    with Library.open(make_library(tmp_path / "book", {"book.txt": text})) as library:
        summary = Summariser(library, embedder).summarise("book.txt", None, 4)
        passages = library.counts()[1]

    longest = max(len(sentences_of(hit.passage.chunk.text)) for hit in summary.passages)
    assert passages > 4 * MOST_PASSAGES
    assert len(embedder.texts) <= MOST_PASSAGES * longest
    assert len(summary.citations) == 4


def test_introductions_and_beginnings_of_a_long_document_come_first() -> None:
    """Of passages equally central, those that say what the document is about are read."""
    document = Document("Larkspur", "x" * 1000)
    first, later = (make_hit("Gardens.", start=start, dense=0.5) for start in (100, 600))
    chunk = replace(later.passage.chunk, heading=("Larkspur", "1. Introduction"))
    opening = replace(later, passage=replace(later.passage, chunk=chunk))

    weights = [passage_weight(hit, document) for hit in (opening, first, later)]

    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 3


def test_a_document_without_sentences_has_no_summary(tmp_path: Path) -> None:
    """Figures alone cannot be summarised, and nothing is made up."""
    texts = {"figures.txt": "12 13 14\n15 16 17\n", "empty.txt": ""}
    with Library.open(make_library(tmp_path / "figures", texts)) as library:
        for file in texts:
            summary = Summariser(library, HashedEmbedder()).summarise(file, None, 3)
            assert (summary.text, summary.citations) == ("", ())


def test_notes_without_sentences_are_summarised_by_their_items(tmp_path: Path) -> None:
    """Where nothing better stands, items are taken, without their marks."""
    text = "Shopping list for Monday\n\n- two loaves of brown bread\n- a litre of fresh milk\n"
    with Library.open(make_library(tmp_path / "notes", {"notes.txt": text})) as library:
        summary = Summariser(library, HashedEmbedder()).summarise("notes.txt", None, 3)

    assert "- two loaves of brown bread [" in summary.text
    assert {text[c.start : c.end] for c in summary.citations} >= {"a litre of fresh milk"}
