"""Rows of tables: the one that the question names."""

from ingest.types import Span
from rag.tables import row_asked_for

TEXT = "Limits:\n\nCity | Hotel | Meals\nMontcalier | €205 | €74\nLissandra | €190 | €68\n\nMore."


def marked(words: str, question: str) -> str:
    """Return the words that stand where the reader's span is moved to."""
    start = TEXT.index(words)
    span = row_asked_for(TEXT, Span(start, start + len(words)), question)
    return TEXT[span.start : span.end]


def test_span_moves_to_the_row_that_the_question_names() -> None:
    """The same column of the right row, or the whole row where the whole was marked."""
    question = "What is the hotel limit in Montcalier?"

    assert marked("€190", question) == "€205"
    assert marked("Lissandra | €190 | €68", question) == "Montcalier | €205 | €74"


def test_span_stays_where_the_question_names_its_row_or_none() -> None:
    """Nothing is moved without a reason."""
    assert marked("€190", "What is the limit in Lissandra?") == "€190"
    assert marked("€190", "Which city has the lowest limit?") == "€190"
    assert marked("€190", "Is Montcalier dearer than Lissandra?") == "€190"
    assert marked("More", "What is said of Montcalier?") == "More"


def test_header_counts_as_no_row_of_its_own_name() -> None:
    """A question that holds a column's name is not about the header."""
    assert marked("€205", "What may a hotel cost?") == "€205"
