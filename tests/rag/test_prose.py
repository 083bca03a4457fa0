"""Which sentences a summary may take."""

import pytest

from ingest.types import Document, Heading, Span
from rag.prose import candidates, defines, is_leaning, is_readable, is_whole
from tests.rag.passages import make_hit

PAGE = """Leave

Every employee has 26 days of paid annual leave. However, this does not hold for trainees.

Grade | Days
Trainee | 30

You need for a request:

- the dates of the first and last day;
2. The manager answers within five working days.

© 2024 Tarnbrook Instruments. All rights reserved.
"""


@pytest.fixture
def page() -> Document:
    """Return a page with a heading, a table, a list and a legal notice."""
    table = PAGE.index("Grade")
    solid = (Span(table, PAGE.index("\n\nYou need")),)
    return Document("Leave", PAGE, headings=(Heading(1, "Leave", 0),), solid=solid)


def test_headings_tables_and_notices_are_left_out(page: Document) -> None:
    """What remains are the sentences, and lines of the list without their marks."""
    found = [one.text for one in candidates(page, make_hit(PAGE))]

    assert found == [
        "Every employee has 26 days of paid annual leave.",
        "However, this does not hold for trainees.",
        "You need for a request:",
        "the dates of the first and last day;",
        "The manager answers within five working days.",
    ]


def test_only_statements_count_as_whole(page: Document) -> None:
    """List items and openings of lists are taken only where there is nothing better."""
    found = candidates(page, make_hit(PAGE))

    assert [one.whole for one in found] == [True, True, False, False, False]
    assert [one.leaning for one in found][:2] == [False, True]


def test_offsets_are_those_of_the_document() -> None:
    """Wherever its passage begins, a sentence's characters are the document's own."""
    text = "Skipped before.\n\n" + PAGE
    document = Document("Leave", text)
    start = text.index("Every")

    found = candidates(document, make_hit(text[start:], start=start))

    assert all(text[one.start : one.end].split() == one.text.split() for one in found)
    assert [one.place for one in found] == sorted(one.place for one in found)
    assert 0 < found[0].place < found[-1].place < 1


@pytest.mark.parametrize(
    "line",
    [
        "Skip to main content",
        "We use cookies to make this site better for you.",
        "3. Introduction . . . . . . . . . 17",
        "The output is then 0.665 × 10 + 0.245 × 20 + 0.090 × 30 = 14.25.",
        "Vaswani, A., Shazeer, N. and others, Attention is all you need, 2017.",
        "ISBN 978-3-16-148410-0, printed in Germany by the publisher.",
        "Yes.",
    ],
)
def test_unreadable_lines_are_refused(line: str) -> None:
    """Navigation, notices, arithmetic and references belong in no summary."""
    assert not is_readable(line)


@pytest.mark.parametrize(
    "line",
    [
        "Franklin D. Roosevelt signed the act in the summer of 1935.",
        "The lease ends on 31 March 2027 and renews itself for two years.",
        "年次有給休暇は、すべての従業員に対して毎年二十六日が与えられます。",
    ],
)
def test_statements_are_readable_and_whole(line: str) -> None:
    """Names, dates and scripts without spaces do not make a sentence unfit."""
    assert is_readable(line) and is_whole(line)


@pytest.mark.parametrize(
    "line",
    [
        "Owner: Bettina Rourke, Facilities.",
        "and it is paid out with the salary of the month.",
        "Managers may refuse a request only for one of these reasons:",
        "Why should the scores be divided by the square root?",
        "Valid from January.",
    ],
)
def test_fragments_are_not_whole(line: str) -> None:
    """Labels, continuations, openings of lists and questions state nothing by themselves."""
    assert not is_whole(line)


@pytest.mark.parametrize(
    ("line", "leaning"),
    [
        ("However, the rule has changed.", True),
        ("This is why it fails.", True),
        ("For them you need the consent of the head.", True),
        ("Models of the GPT family work this way.", True),
        ("It replaces the travel policy of 2025.", True),
        ("As shown in Figure 3, the loss falls.", True),
        ("The latter is paid with the salary.", True),
        ("When it states something untrue, the reader is misled.", True),
        ("Learning from feedback builds on this.", True),
        ("This chapter covers holiday and sickness.", False),
        ("In this paper we propose a new measure.", False),
        ("Those who work at home receive an allowance.", False),
        ("Italy has the most visitors.", False),
    ],
)
def test_sentences_that_point_back_are_known(line: str, leaning: bool) -> None:
    """A sentence that needs the one before it reads badly alone; naming the text itself is fine."""
    assert is_leaning(line) == leaning


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Self-attention is the mechanism that does the fetching.", True),
        ("An embedding is a list of numbers.", False),
        ("The attention that a word pays to others is computed at once.", False),
    ],
)
def test_a_definition_of_the_titles_subject_is_known(line: str, expected: bool) -> None:
    """Only a sentence that says what a thing in the title is, not what something does."""
    assert defines(line, "Attention: how words look at one another") == expected
