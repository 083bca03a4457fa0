"""Which questions are requests for the summary of a file."""

import pytest

from rag.summary_request import SummaryRequest, summary_request

FILES = (
    "leave.md",
    "handbook.pdf",
    "travel-policy-2026.pdf",
    "reports/notes.md",
    "plans/notes.md",
    "My Contract (final).pdf",
)


@pytest.mark.parametrize(
    ("question", "file"),
    [
        ("summarise leave.md", "leave.md"),
        ("Summarize Leave.MD.", "leave.md"),
        ("Please summarise the file leave.md", "leave.md"),
        ("Give me a summary of handbook.pdf", "handbook.pdf"),
        ("Could you please give me a short summary of handbook.pdf?", "handbook.pdf"),
        ("I would like a brief overview of “handbook.pdf” please", "handbook.pdf"),
        ("sum up reports/notes.md for me", "reports/notes.md"),
        ("TL;DR of handbook.pdf", "handbook.pdf"),
        ("summarise travel-policy-2026", "travel-policy-2026.pdf"),
        ("Summarise 'My Contract (final).pdf'", "My Contract (final).pdf"),
    ],
)
def test_requests_name_their_file(question: str, file: str) -> None:
    """The usual ways to ask for a summary lead to the file as the library names it."""
    assert summary_request(question, FILES) == SummaryRequest(file)


@pytest.mark.parametrize(
    "question",
    [
        "What does leave.md say about sickness?",
        "Summarise the handbook",
        "Summarise the rules on leave",
        "Give me a summary of the travel policy",
        "summarise unknown.md",
        "Who must write the summary of handbook.pdf?",
        "Is there a summary of handbook.pdf?",
        "summarise what leave.md says about sickness",
        "How do I summarise leave.md",
        "",
        "summarise",
    ],
)
def test_everything_else_stays_a_question(question: str) -> None:
    """A word such as "summary", or a file's name, is not enough."""
    assert summary_request(question, FILES) is None


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        ("summarise leave.md in 3 sentences", 3),
        ("Summarise leave.md in two sentences please", 2),
        ("Give me a summary of leave.md in one sentence.", 1),
    ],
)
def test_length_asked_for_is_kept(question: str, sentences: int) -> None:
    """A number of sentences, in digits or words, is part of the request."""
    assert summary_request(question, FILES) == SummaryRequest("leave.md", sentences)


def test_a_name_of_several_files_is_left_as_it_was_said() -> None:
    """So that the error about it names what was asked for."""
    assert summary_request("summarise Notes.md", FILES) == SummaryRequest("Notes.md")


def test_a_long_question_is_decided_at_once() -> None:
    """No question, however it is made, keeps the match busy."""
    question = "summarise " + "in 3 sentences please " * 180

    assert summary_request(question, FILES) is None
