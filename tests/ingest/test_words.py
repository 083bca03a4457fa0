"""Search by words: any question is plain text, and telling words decide."""

import random

import pytest

from ingest.library import Library
from ingest.words import MAX_WORDS, question_words
from tests.ingest.shelf import make_library

TEXTS = {f"{n}.txt": f"The invoice number {n} is due in the month of payment." for n in range(40)}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return a library in which most words are common and a few are rare."""
    rare = {
        "zebra.txt": "The zebra is due.",
        "café.txt": "Rénée's café: don't NOT stop; C++ (x*y).",
    }
    return Library.open(make_library(tmp_path_factory.mktemp("words") / "l", {**TEXTS, **rare}))


def first_file(library: Library, question: str) -> str:
    """Return the file of the best passage."""
    row, score = library.search_words(question, 5)[0]
    assert score > 0
    return library.passages([row])[row].file


def test_words_are_stemmed_and_folded(library: Library) -> None:
    """Inflected words, capitals and accents find each other."""
    assert first_file(library, "What about ZEBRAS?") == "zebra.txt"
    assert first_file(library, "cafe\u0301s stopping") == "café.txt"


def test_common_words_do_not_decide(library: Library) -> None:
    """A word in most passages is left out beside a telling one."""
    assert len(library.search_words("When is the zebra due?", 50)) == 1


def test_common_words_alone_are_searched_for(library: Library) -> None:
    """A question of nothing but common words still finds passages."""
    assert len(library.search_words("When is the invoice due?", 50)) >= 40


def test_words_that_are_nowhere_do_not_hide_common_ones(library: Library) -> None:
    """An unknown word beside common ones does not leave the question empty."""
    assert len(library.search_words("unheardof invoice", 50)) == 40


@pytest.mark.parametrize(
    "question",
    ["", "   ", "?!", "\x00\x01", "\ud800", '"', "___", "''", "*", "\u0301", "\U0001f98a"],
)
def test_a_question_without_words_finds_nothing(library: Library, question: str) -> None:
    """No word is no hit, and no error."""
    assert library.search_words(question, 5) == []


@pytest.mark.parametrize(
    "question",
    [
        'zebra" OR "x',
        "zebra* AND NOT (",
        "NEAR(zebra",
        "text:zebra ^",
        "zebra; DROP TABLE words; --",
        "zebra\x00\x1f\ud800",
        "{zebra} + [zebra]",
        "zebra " * 20_000,
        "zebra " + " ".join(f"w{n}" for n in range(9_000)),
        "zebra " + "x" * 100_000,
    ],
)
def test_search_syntax_is_plain_text(library: Library, question: str) -> None:
    """Odd signs and lengths neither raise nor hide the word between them."""
    assert first_file(library, question) == "zebra.txt"


def test_any_characters_can_be_asked(library: Library) -> None:
    """Random strings of all planes raise nothing."""
    chance = random.Random(2)
    for _ in range(300):
        question = "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(30)))
        library.search_words(question + ' "AND( zebra', 3)


def test_a_question_is_cut_to_a_bounded_number_of_words() -> None:
    """Repetitions count once and the first words are kept."""
    words = question_words("A a b " + " ".join(f"w{n}" for n in range(500)))
    assert words[:3] == ["a", "b", "w0"] and len(words) == MAX_WORDS
