"""Footnotes: numbering, layout, and the check of written sentences."""

from collections.abc import Sequence

import pytest

from rag.citations import cite, cited_numbers, supported, upheld, without_marks
from rag.generator import Quote, Statement, compose
from tests.rag.passages import make_evidence, make_hit

TEXT = "Intro. Staff receive 26 days of paid leave a year. Unused days lapse in March."


def test_quote_is_cut_from_the_document_and_numbered_once() -> None:
    """The lead and its sentence share one footnote, which is the document's own words."""
    evidence = make_evidence(make_hit(TEXT), "26 days")

    text, citations = cite(compose("fact", [evidence]), lambda file: TEXT, lambda score: 0.9)

    assert text == "26 days [1]\n\nStaff receive 26 days of paid leave a year. [1]"
    assert len(citations) == 1
    quote = citations[0]
    assert quote.quote == TEXT[quote.start : quote.end]
    assert quote.quote == "Staff receive 26 days of paid leave a year."
    assert (quote.file, quote.heading, quote.page, quote.score) == ("notes.md", "Part", None, 0.9)


def test_list_items_stand_on_lines_of_their_own() -> None:
    """A list reads as a list, each item with its own number."""
    listed = "Bring:\n- a passport\n- a photo"
    evidence = make_evidence(make_hit(listed), "passport")

    text, citations = cite(compose("list", [evidence]), lambda file: listed, lambda score: 0.9)

    assert text == "Bring: [1]\n- a passport [2]\n- a photo [3]"
    assert [c.quote for c in citations] == ["Bring:", "- a passport", "- a photo"]


def test_written_sentence_that_fails_the_check_becomes_its_quote() -> None:
    """What a network wrote and the quote does not bear is never shown; the quote is, once."""
    hit = make_hit(TEXT)
    quote = Quote(hit, TEXT.index("Staff"), TEXT.index(" Unused"), 1.0)
    true = Statement("Staff have 26 days of leave.", (quote,), written=True)
    false = Statement("Staff have 26 weeks of leave.", (quote,), written=True)
    told: list[tuple[str, str]] = []

    def check(claims: Sequence[tuple[str, str]]) -> list[float]:
        told.extend(claims)
        return [-1.0 if "weeks" in statement else 1.0 for statement, _ in claims]

    kept = upheld([true, false, false], check)

    assert [s.text for s in kept] == [true.text, "Staff receive 26 days of paid leave a year."]
    assert told[1] == (false.text, "Staff receive 26 days of paid leave a year.")


def test_exact_words_stand_by_for_a_sentence_that_fails() -> None:
    """A written lead that fails the check becomes the exact words again, still the lead."""
    quote = Quote(make_hit(TEXT), TEXT.index("Staff"), TEXT.index(" Unused"), 1.0)
    lead = Statement("Staff have 26 weeks.", (quote,), "lead", written=True, verbatim="26 days")

    assert upheld([lead], lambda claims: [-1.0]) == (Statement("26 days", (quote,), "lead"),)


def test_verbatim_sentences_need_no_check() -> None:
    """Nothing is computed for words that are the document's own."""

    def check(claims: Sequence[tuple[str, str]]) -> list[float]:
        raise AssertionError("nothing was written")

    statements = compose("fact", [make_evidence(make_hit(TEXT), "26 days")])

    assert upheld(statements, check) == statements


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("It ends in May [2].", (2,)),
        ("Both agree [1, 3].", (1, 3)),
        ("Many agree [2-4].", (2, 3, 4)),
        ("Too many [3–99].", (3, 4, 5)),
        ("None of these [0] [99] [6-10].", ()),
        ("No mark at all.", ()),
        ("Twice [1][1].", (1,)),
    ],
)
def test_marks_outside_the_passages_shown_are_dropped(
    sentence: str, numbers: tuple[int, ...]
) -> None:
    """A citation is parsed and checked, not believed: [0] is not the last passage."""
    assert cited_numbers(sentence, highest=5) == numbers


def test_marks_are_taken_out_of_a_sentence_cleanly() -> None:
    """No space is left before the full stop."""
    assert without_marks("It ends in May [2] .") == "It ends in May."


@pytest.mark.parametrize(
    ("sentence", "held"),
    [
        ("Staff receive 26 days of leave.", True),
        ("Staff receive 28 days of leave.", False),
        ("Staff at Tarnbrook receive 26 days of leave.", False),
        ("The unused days lapse in March.", True),
        ("The unused days lapse in April.", False),
        ("Everyone enjoys wonderful sunshine holidays abroad.", False),
    ],
)
def test_written_sentence_needs_its_numbers_names_and_words_in_the_quote(
    sentence: str, held: bool
) -> None:
    """A swapped number, an invented name or foreign words fail the check."""
    assert supported(sentence, [TEXT], "How much leave do staff receive?") is held
