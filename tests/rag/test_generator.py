"""How the answer is composed from evidence."""

import threading

import pytest

from rag.generator import ExtractiveGenerator, compose, kind_of
from rag.types import Rival
from tests.rag.passages import make_evidence, make_hit

LEAVE = (
    "Leave is planned by team. Full-time staff receive 26 days of paid leave each calendar year. "
    "Unused days lapse in March."
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When does the warranty end?", "fact"),
        ("How much may I spend on a hotel?", "fact"),
        ("How long is the trial period?", "fact"),
        ("How do I report a lost laptop?", "explanation"),
        ("Why are residual connections used?", "explanation"),
        ("Which documents do I need?", "list"),
        ("What are the steps of an expense claim?", "list"),
    ],
)
def test_shape_follows_the_question(question: str, kind: str) -> None:
    """How and why ask for sentences, which and what are for lists, the rest for a fact."""
    assert kind_of(question) == kind


def test_fact_comes_first_then_its_sentence_with_the_same_quote() -> None:
    """The exact answer is up front and both rest on the same words."""
    evidence = make_evidence(make_hit(LEAVE, start=100), "26 days")

    lead, sentence = compose("fact", [evidence])

    assert lead.text == "26 days"
    assert sentence.text == "Full-time staff receive 26 days of paid leave each calendar year."
    assert lead.quotes == sentence.quotes
    assert (lead.quotes[0].start, lead.quotes[0].end) == (126, 191)


def test_two_files_that_disagree_are_both_shown() -> None:
    """The surer answer comes first; the rival's stands beside it, with its own quote."""
    old = "The 2019 rules: full-time staff receive 24 days of paid leave each calendar year."
    best = make_evidence(make_hit(LEAVE, "leave.md"), "26 days", score=6.0)
    other = make_evidence(make_hit(old, "rules-2019.md", row=2), "24 days", score=5.5)
    rival = Rival(other.hit, other.start, other.end, other.text, other.score)

    statements = compose("fact", [best, other, rival])

    assert [s.text for s in statements if s.layout == "lead"] == ["26 days", "24 days"]
    assert [s.quotes[0].hit.passage.file for s in statements] == [
        "leave.md",
        "leave.md",
        "rules-2019.md",
        "rules-2019.md",
    ]


def test_evidence_that_is_no_rival_is_not_added_to_a_fact() -> None:
    """Another answer, however sure, stays out unless it contradicts."""
    best = make_evidence(make_hit(LEAVE), "26 days", score=6.0)
    other = make_evidence(make_hit("They have 24 days.", "other.md", row=2), "24 days", score=6.0)

    assert compose("fact", [best, other]) == compose("fact", [best])


def test_answer_that_is_nearly_the_sentence_is_not_said_twice() -> None:
    """A span of most of its sentence is shown as the sentence alone."""
    evidence = make_evidence(make_hit(LEAVE), "Unused days lapse in March")

    assert [s.text for s in compose("fact", [evidence])] == ["Unused days lapse in March."]


def test_list_around_the_span_is_given_whole_with_its_opening_line() -> None:
    """Each item is a statement of its own, with its own quote."""
    text = (
        "Bring these documents:\n\n- your passport\n- the signed contract\n- a photo\n\nThen wait."
    )
    evidence = make_evidence(make_hit(text), "signed contract")

    statements = compose("list", [evidence])

    assert [s.text for s in statements] == [
        "Bring these documents:",
        "your passport",
        "the signed contract",
        "a photo",
    ]
    assert [s.layout for s in statements] == ["prose", "item", "item", "item"]
    quote = statements[2].quotes[0]
    assert text[quote.start : quote.end] == "- the signed contract"


def test_explanation_takes_the_sentences_that_follow_in_the_paragraph() -> None:
    """A why question gets the sentence and what comes after it, not the next paragraph."""
    text = "Doors are locked at six. This keeps stock safe. Guards check it.\n\nLunch is at noon."
    evidence = make_evidence(make_hit(text), "This keeps stock safe")

    assert [s.text for s in compose("explanation", [evidence])] == [
        "This keeps stock safe.",
        "Guards check it.",
    ]


def test_explanation_adds_close_evidence_of_another_passage() -> None:
    """A second passage joins when its score is near the best, and not when it is far."""
    first = make_evidence(make_hit("Doors are locked at six.", row=1), "locked at six", 5.0)
    near = make_evidence(make_hit("Stock must be safe at night.", row=2), "safe at night", 4.0)
    far = make_evidence(make_hit("Lunch is at noon.", row=3), "noon", 1.0)

    texts = [s.text for s in compose("explanation", [first, near, far])]

    assert texts == ["Doors are locked at six.", "Stock must be safe at night."]


def test_stopped_generator_writes_nothing_more() -> None:
    """The stop button takes effect before the next statement."""
    stop = threading.Event()
    drafts = ExtractiveGenerator().write(
        "How many days?", [make_evidence(make_hit(LEAVE), "26 days")], stop
    )

    assert next(drafts).text == "26 days"
    stop.set()
    assert list(drafts) == []


def test_table_row_is_read_out_with_the_names_of_its_columns() -> None:
    """A row says what its cells are, and cites both the row and the header."""
    text = "Limits per night:\n\nCity | Hotel | Meals\nLissandra | €190 | €68\nOrm | €90 | €40"
    evidence = make_evidence(make_hit(text), "€68")

    lead, row = compose("fact", [evidence])

    assert lead.text == "€68"
    assert row.text == "City: Lissandra; Hotel: €190; Meals: €68"
    assert [text[q.start : q.end] for q in row.quotes] == [
        "Lissandra | €190 | €68",
        "City | Hotel | Meals",
    ]


def test_row_without_a_header_is_shown_as_it_stands() -> None:
    """Lines with bars that do not match their first line are not renamed."""
    text = "See also a | b\n\nLissandra | €190 | €68"
    evidence = make_evidence(make_hit(text), "€68")

    assert compose("fact", [evidence])[1].text == "Lissandra | €190 | €68"
