"""From answers to what the page shows."""

import re

import pytest

from rag.wording import printable
from tests.ui.markup import LiveMarkup, foreign_html, foreign_markdown, shown_text
from tests.ui.payloads import PAYLOADS
from tests.ui.samples import (
    HOTEL,
    HOTEL_HIT,
    LEAVE,
    LEAVE_HIT,
    abstention,
    citation,
    hostile_answer,
    leave_answer,
)
from ui import rendering
from ui.facts import LibraryFacts
from ui.rendering import Highlight


def test_footnotes_of_an_answer_are_links_to_its_sources() -> None:
    """Each [n] points to the source of the same number in the same turn."""
    markdown = rendering.answer_markdown(leave_answer(), turn=4)

    assert "[&#91;1&#93;](#src-4-1)" in markdown
    assert "[&#91;2&#93;](#src-4-2)" in markdown


def test_an_answer_reads_as_written_with_its_confidence() -> None:
    """What a person reads is the text, the footnotes and the confidence."""
    assert shown_text(rendering.answer_markdown(leave_answer(), 1)) == (
        "26 days [1] Every employee has 26 days of paid annual leave. [2] High confidence, 87 %"
    )


def test_a_summary_shows_whose_words_it_has_and_no_confidence() -> None:
    """Neither the chat nor the panel tells a chance that nobody measured."""
    words = "Every employee has 26 days of paid annual leave."
    summary = rendering.Answer(
        "Summarise leave.md", f"{words} [1]", False, None, (citation(1, LEAVE_HIT, words),)
    )

    shown = shown_text(rendering.answer_markdown(summary, 1))
    panel = rendering.sources_html(summary, 1)

    assert shown == f"{words} [1] Words of your files, chosen, not written"
    assert 'data-level="unmeasured">Words of your files, chosen, not written<' in panel
    assert "onfidence" not in panel and "%" not in panel


def test_the_exact_answer_is_set_in_bold_without_its_footnote() -> None:
    """A short answer stands out from the sentence that supports it."""
    assert rendering.answer_markdown(leave_answer(), 1).startswith(
        "**26 days** [&#91;1&#93;](#src-1-1)\n\nEvery"
    )


def test_both_of_two_answers_are_set_in_bold() -> None:
    """Where files disagree, each exact answer stands out, whichever of them has one."""
    cited = leave_answer()
    both = "26 days [1]\n\nStaff have 26 days. [1]\n\n24 days [2]\n\nIt was 24 days. [2]"
    second = "Staff have 26 days. [1]\n\n24 days [2]\n\nIt was 24 days. [2]"

    for text, bold in ((both, ["26 days", "24 days"]), (second, ["24 days"])):
        answer = rendering.Answer("Q", text, False, 0.9, cited.citations, cited.passages)
        assert re.findall(r"\*\*(.+?)\*\*", rendering.answer_markdown(answer, 1)) == bold


def test_a_number_without_a_citation_is_no_link() -> None:
    """A bracketed number of the document itself is left alone."""
    assert rendering.text_markdown("As shown in [7] before. [1]", 1, {1}) == (
        "As shown in &#91;7&#93; before&#46; [&#91;1&#93;](#src-1-1)"
    )


def test_lists_stay_lists() -> None:
    """Items are items, and the paragraph before them is none."""
    markdown = rendering.text_markdown("Needed are:\n- a form [1]\n- a stamp\n2. last", 1, {1})

    assert markdown == ("Needed are&#58;\n\n- a form [&#91;1&#93;](#src-1-1)\n- a stamp\n2. last")


def test_the_quoted_words_are_marked_in_their_passage() -> None:
    """Only the quote is marked, and the passage around it is whole."""
    source = citation(1, HOTEL_HIT, "In London the limit is 210 euros.")
    answer = rendering.Answer("Q", "210 euros [1]", False, 0.9, (source,), (HOTEL_HIT,))

    html = rendering.sources_html(answer, 1)

    assert (
        "Hotel rooms cost at most 140 euros a night.\n"
        '<mark data-numbers="1">In London the limit is 210 euros.</mark></blockquote>'
    ) in html


def test_the_second_of_two_equal_quotes_is_marked_by_its_offset() -> None:
    """The offset decides which of two equal wordings was meant."""
    text = "Yes. No. Yes."
    source = rendering.Citation(1, "a.md", None, "", "Yes.", 509, 513, text, 0.9)
    passage = LEAVE_HIT.passage
    chunk = type(passage.chunk)("c", text, 500, 513, None, (), "")
    hit = type(LEAVE_HIT)(type(passage)(1, "a.md", "a", chunk), {})

    html = rendering.sources_html(
        rendering.Answer("Q", "Yes. [1]", False, 0.9, (source,), (hit,)), 1
    )

    assert 'Yes. No. <mark data-numbers="1">Yes.</mark>' in html


def test_a_source_shows_file_page_and_heading() -> None:
    """A person can open the document at the right place."""
    answer = leave_answer()
    text = LiveMarkup(rendering.sources_html(answer, 1)).text

    assert "leave.md" in text
    assert "Leave › Annual leave" in text
    assert "travel.pdf" in text
    assert "page 3" in text


def test_citations_of_one_passage_share_its_card() -> None:
    """A passage that bears two sentences is shown once, with both numbers."""
    html = rendering.sources_html(leave_answer(), 2)

    assert html.count('<li class="fn-card"') == 2
    assert 'id="src-2-1"' in html
    assert 'id="src-2-2"' in html
    assert html.count("Leave is booked in the staff portal.") == 1


def test_passages_that_are_not_cited_are_kept_apart() -> None:
    """They are folded away below the cited ones and have no mark."""
    _, folded = rendering.sources_html(leave_answer(), 1).split('<details class="fn-more">')

    assert "1 other passage" in folded
    assert LiveMarkup(folded).text.endswith(HOTEL)
    assert "<mark" not in folded


def test_overlapping_quotes_are_cut_into_stretches() -> None:
    """Marks never overlap; each stretch knows all of its numbers."""
    assert rendering.highlights([(0, 10, 1), (5, 20, 2), (30, 99, 3)], 40) == [
        Highlight(0, 5, (1,)),
        Highlight(5, 10, (1, 2)),
        Highlight(10, 20, (2,)),
        Highlight(30, 40, (3,)),
    ]


@pytest.mark.parametrize("span", [(-5, 0, 1), (40, 50, 1), (7, 7, 1), (9, 3, 1)])
def test_a_span_outside_of_the_passage_marks_nothing(span: tuple[int, int, int]) -> None:
    """An offset that does not fit loses the mark, never the passage."""
    stretches = rendering.highlights([span], 40)

    assert stretches == []
    assert rendering.passage_html(LEAVE, stretches) == LEAVE


def test_a_quote_that_its_passage_does_not_hold_leaves_the_passage_unmarked() -> None:
    """Without an offset and without the words there is nothing to mark."""
    source = rendering.Citation(1, "a.md", None, "", "absent", 5, 11, LEAVE, 0.9)
    html = rendering.sources_html(rendering.Answer("Q", "x [1]", False, 0.9, (source,), ()), 1)

    assert LEAVE in html
    assert "<mark" not in html


def test_an_abstention_says_so_and_links_the_closest_passages() -> None:
    """Not in your files, and where to look instead."""
    markdown = rendering.answer_markdown(abstention(), 3)

    assert shown_text(markdown) == (
        "Not in your files. I could not find the answer in your files. The closest passages: "
        "leave.md · Leave › Annual leave travel.pdf, page 3 · Hotels"
    )
    assert "(#near-3-1)" in markdown
    assert "(#near-3-2)" in markdown


def test_an_abstention_shows_the_closest_passages_without_marks() -> None:
    """The panel holds the passages themselves and claims nothing about them."""
    html = rendering.sources_html(abstention(), 3)

    assert "Not in your files" in html
    assert 'id="near-3-1"' in html
    assert LEAVE in html
    assert "<mark" not in html
    assert "confidence" not in html


def test_an_abstention_without_any_passage_is_still_plain() -> None:
    """An answer from an odd question has nothing to link."""
    answer = rendering.Answer(
        "??", "I could not find the answer in your files. No passage fits.", True, 0.0
    )

    assert shown_text(rendering.answer_markdown(answer, 1)) == (
        "Not in your files. I could not find the answer in your files. No passage fits."
    )


def test_the_copied_text_carries_its_sources() -> None:
    """What is pasted elsewhere names file, place and quote."""
    assert rendering.plain_text(leave_answer()).endswith(
        "[1] leave.md · Leave › Annual leave: “26 days”\n"
        "[2] leave.md · Leave › Annual leave: “Every employee has 26 days of paid annual leave.”"
    )


def test_the_header_names_the_folder_and_what_it_holds() -> None:
    """A person sees at once what is being asked."""
    facts = LibraryFacts("/lib", "/home/ada/papers", 12, 3456, "all-MiniLM-L6-v2")
    text = LiveMarkup(rendering.facts_html(facts)).text

    assert "/home/ada/papers" in text
    assert "12 documents · 3,456 passages · all-MiniLM-L6-v2" in text
    assert "Everything stays on this machine" in text


def test_the_header_says_what_to_do_without_a_library() -> None:
    """The problem is the library's own line."""
    facts = LibraryFacts("/lib", problem="no library in /lib: run `footnote ingest FOLDER`")

    assert "No library in /lib: run <code>footnote ingest FOLDER</code>" in (
        rendering.facts_html(facts)
    )


def test_only_a_plain_command_stands_out_in_an_error() -> None:
    """Backticks around anything else are shown as they are."""
    assert rendering.error_markdown("run `footnote ingest a-b` now, not `rm *`") == (
        "**This did not work.** Run `footnote ingest a-b` now&#44; not &#96;rm &#42;&#96;"
    )


@pytest.mark.parametrize("abstained", [False, True])
def test_no_payload_comes_out_live_in_the_panel(abstained: bool) -> None:
    """Question, file name, heading, quote, passage and copied text are only text."""
    for payload in map(printable, PAYLOADS):
        html = rendering.sources_html(hostile_answer([payload], abstained), 1)

        assert foreign_html(html) == set()
        assert payload in LiveMarkup(html).text


@pytest.mark.parametrize("abstained", [False, True])
def test_no_payload_comes_out_live_in_the_chat(abstained: bool) -> None:
    """Answer, file name and heading are only text."""
    for payload in PAYLOADS:
        markdown = rendering.answer_markdown(hostile_answer([payload], abstained), 1)

        assert foreign_markdown(markdown) == set()


def test_no_payload_comes_out_live_elsewhere() -> None:
    """Errors, streamed text, passages being read and the header are only text."""
    for payload in PAYLOADS:
        answer = hostile_answer([payload])
        facts = LibraryFacts(payload, payload, 1, 1, payload)
        broken = LibraryFacts(payload, problem=payload)

        assert foreign_markdown(rendering.error_markdown(payload)) == set()
        assert foreign_markdown(rendering.text_markdown(payload, 1, range(9))) == set()
        assert foreign_html(rendering.found_html(payload, answer.passages, 1)) == set()
        assert foreign_html(rendering.facts_html(facts)) == set()
        assert foreign_html(rendering.facts_html(broken)) == set()
