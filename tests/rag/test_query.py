"""What is searched and read for a question and its history."""

import pytest

from rag.errors import QuestionError
from rag.query import clean_question, leans_on_history, stand_alone


def test_question_is_put_on_one_line_without_control_characters() -> None:
    """Control characters and line ends become single spaces."""
    assert clean_question("  When\x00 does\n\nit\u200b end?\x1b ") == "When does it end?"


@pytest.mark.parametrize("empty", ["", "   ", "\n\t", "\x00\x01", "\u200b"])
def test_question_with_nothing_in_it_is_refused(empty: str) -> None:
    """A question of spaces or control characters says what to do."""
    with pytest.raises(QuestionError, match="empty: type what you want to know"):
        clean_question(empty)


def test_overlong_question_is_refused_with_both_numbers() -> None:
    """A pasted document is not a question."""
    with pytest.raises(QuestionError, match="100,000 characters, 4,000 are allowed"):
        clean_question("x" * 100_000)


@pytest.mark.parametrize(
    "question",
    ["And for batteries?", "What about part-timers?", "Why?", "How much?", "When does it end?"],
)
def test_follow_ups_are_recognised(question: str) -> None:
    """Openings, bare question words and pronouns lean on what was said."""
    assert leans_on_history(question)


@pytest.mark.parametrize(
    "question",
    ["When does the warranty end?", "Who founded the company?", "How do I reset the router?"],
)
def test_whole_questions_stand_alone(question: str) -> None:
    """A question with its own subject is left as it is, whatever was said before."""
    assert stand_alone(question, [("Who pays for travel?", "The firm.")]) == question


def test_follow_up_is_put_after_the_question_before_it() -> None:
    """The words of the earlier question are searched too."""
    history = [("When does the warranty end?", "After two years.")]

    assert stand_alone("And for batteries?", history) == (
        "When does the warranty end? And for batteries?"
    )


def test_chain_of_follow_ups_reaches_the_first_question() -> None:
    """A follow-up to a follow-up still knows its subject."""
    history = [("When does the warranty end?", "2027"), ("And for batteries?", "2026")]

    assert stand_alone("And for cables?", history).startswith("When does the warranty end?")
