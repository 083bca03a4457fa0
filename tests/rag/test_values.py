"""Which values a text states, and which of them say the same."""

import pytest

from rag.values import Value, names_of, values_of


def only_value(text: str) -> Value:
    """Return the one value of a text."""
    (value,) = values_of(text)
    return value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10 am", "10:00"),
        ("half past eight in the evening", "8.30 p.m."),
        ("nine o'clock", "21:00"),
        ("noon", "12 pm"),
        ("5 pounds", "£5"),
        ("£1.2 million", "£1,200,000"),
        ("50 pence", "£0.50"),
        ("free of charge", "£0"),
        ("14 March 2026", "March 14"),
        ("Saturday, 14 March 2026", "2026-03-14"),
        ("two weeks", "14 days"),
        ("a stay of a fortnight", "for 336 hours"),
        ("25 per cent", "a share of a quarter"),
        ("2.5 km", "2,500 metres"),
        ("4 square metres", "4 m²"),
        ("twenty-five", "25"),
        ("Sunday", "on Sundays"),
    ],
)
def test_two_ways_of_writing_a_value_agree(one: str, other: str) -> None:
    """Words, digits, units and the parts of a date that are left out make no difference."""
    assert only_value(one).agrees(only_value(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("9 am", "9 pm"),
        ("9 pm", "half past eight"),
        ("£64", "£52"),
        ("£5", "free of charge"),
        ("14 March 2026", "21 March 2026"),
        ("1 April", "15 April"),
        ("November", "15 October"),
        ("72 hours", "seven days"),
        ("six months", "one year"),
        ("6 square metres", "4 square metres"),
        ("Thursdays", "Tuesday"),
        ("51", "38"),
    ],
)
def test_two_values_of_a_kind_differ(one: str, other: str) -> None:
    """What cannot both be so is told apart."""
    assert only_value(one).agrees(only_value(other)) is False


@pytest.mark.parametrize(
    ("one", "other"),
    [("six hours", "£6"), ("6 metres", "6 square metres"), ("2024", "14 March"), ("9 am", "9")],
)
def test_values_that_cannot_be_compared_neither_agree_nor_differ(one: str, other: str) -> None:
    """A length says nothing about an area, a year nothing about a day."""
    assert only_value(one).agrees(only_value(other)) is None


def test_values_are_found_where_they_stand() -> None:
    """Each value has its own place and kind; a rate and a range do not blur them."""
    text = "From 15 October to 31 March a plot costs £64 a year,\nor eight hours of work."

    assert [(value.kind, text[value.start : value.end]) for value in values_of(text)] == [
        ("date", "15 October"),
        ("date", "31 March"),
        ("money", "£64"),
        ("duration", "eight hours"),
    ]


@pytest.mark.parametrize(
    "text", ["4. Giving up a plot", "version 3.11.2", "GPT-2", "pages 3-5", "you may march"]
)
def test_what_only_looks_like_a_value_is_left_out(text: str) -> None:
    """Numbers of list items, versions, names and ranges are no amounts."""
    assert values_of(text) == []


def test_names_agree_when_they_share_a_word() -> None:
    """A title or a first name more does not make another person."""
    askelund, other = names_of("Mrs Askelund spoke, and Bronwen Askelund was thanked.")
    (quill,) = names_of("The minutes are by Desmond Quill.")

    assert askelund.agrees(other)
    assert quill.agrees(askelund) is False
