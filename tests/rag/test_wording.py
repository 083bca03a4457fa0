"""How an answer's parts are put into words."""

import pytest

from rag.wording import confidence_words, place_of, printable
from tests.ui.samples import HOTEL_HIT, LEAVE_HIT, citation


def test_terminal_escapes_are_left_out() -> None:
    """A document cannot clear the screen or rename the window of who reads it."""
    assert printable("a\x1b[2Jb\x9b31mc\x07\x00") == "a[2Jb31mc"


def test_text_cannot_run_backwards() -> None:
    """An override in a file name cannot hide its suffix."""
    assert printable("photo\u202egpj.exe") == "photogpj.exe"


def test_lone_surrogates_can_be_written() -> None:
    """A file name that is no UTF-8 can still be printed."""
    assert printable("a\udcffb").encode() == "a\ufffdb".encode()


def test_line_breaks_and_tabs_stay() -> None:
    """Tables and lists keep their shape."""
    assert printable("a\r\nb\tc\n") == "a\nb\tc\n"


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.874, "high confidence, 87 %"),
        (0.8, "high confidence, 80 %"),
        (0.79, "fair confidence, 79 %"),
        (0.5, "fair confidence, 50 %"),
        (0.2, "low confidence, 20 %"),
    ],
)
def test_confidence_has_a_word_and_a_number(confidence: float, words: str) -> None:
    """People read the word, the number says how much."""
    assert confidence_words(confidence) == words


def test_where_no_chance_was_measured_none_is_told() -> None:
    """A summary says whose words it has instead."""
    assert confidence_words(None) == "words of your files, chosen, not written"


def test_a_place_names_file_page_and_heading() -> None:
    """Where there are pages and headings, both are named."""
    assert place_of(HOTEL_HIT) == "travel.pdf, page 3 · Hotels"


def test_a_citation_and_its_passage_have_the_same_place() -> None:
    """The two kinds of source are named alike."""
    assert place_of(citation(1, LEAVE_HIT, "26 days")) == place_of(LEAVE_HIT)
    assert place_of(LEAVE_HIT) == "leave.md · Leave › Annual leave"
