"""Sentences end where a reader would say so."""

import random

import pytest

from ingest.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [text[span.start : span.end] for span in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Dr. Smith paid $3.50 at 5 p.m. on Monday. He left.",
            ["Dr. Smith paid $3.50 at 5 p.m. on Monday.", "He left."],
        ),
        ("Is it? Yes! See e.g. Mr. J. Doe.", ["Is it?", "Yes!", "See e.g. Mr. J. Doe."]),
        ("Das gilt z.B. hier. Dort nicht.", ["Das gilt z.B. hier.", "Dort nicht."]),
        ("A title\n\nThe text. More", ["A title", "The text.", "More"]),
        ("Bring:\n- a pen\n- paper. Not much.", ["Bring:", "- a pen", "- paper.", "Not much."]),
        ("1. First step\n2. Second step", ["1. First step", "2. Second step"]),
        (
            "FULL\nSelects the full form of the command.",
            ["FULL", "Selects the full form of the command."],
        ),
        ("Table 9.5. Prices of towns", ["Table 9.5. Prices of towns"]),
        ("8.1. Numeric Types\n\nText.", ["8.1. Numeric Types", "Text."]),
        ("Name | Size\nsmall | 2 bytes", ["Name | Size", "small | 2 bytes"]),
        ("这是第一句。这是“第二句！”最后", ["这是第一句。", "这是“第二句！”", "最后"]),
        ("यह पहला है। यह दूसरा है।", ["यह पहला है।", "यह दूसरा है।"]),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, expected: list[str]) -> None:
    """Abbreviations, numbers, lists, terms, tables and scripts without spaces are understood."""
    assert sentences(text) == expected


def test_wrapped_lines_run_on() -> None:
    """The line ends of an editor are no ends of sentences."""
    text = (
        "This is a text that was wrapped by an editor at\n"
        "some width, as is usual in mail and in README\n"
        "files. The second sentence is here."
    )

    assert [" ".join(sentence.split()) for sentence in sentences(text)] == [
        "This is a text that was wrapped by an editor at some width, as is usual in mail and in "
        "README files.",
        "The second sentence is here.",
    ]


@pytest.mark.parametrize("text", ["", " \n\t\n ", "\n\n\n"])
def test_blanks_hold_no_sentence(text: str) -> None:
    """Nothing gives nothing."""
    assert sentence_spans(text) == []


def test_no_character_is_lost_or_doubled() -> None:
    """In any mixture of marks, the sentences in order are the text without its blanks."""
    rng = random.Random(7)
    alphabet = "ab Z.!?\n\n\t-|1。」“”•é🙂)('e.g. "
    for _ in range(300):
        text = "".join(rng.choices(alphabet, k=rng.randrange(120)))
        spans = sentence_spans(text)

        assert "".join("".join(part.split()) for part in sentences(text)) == "".join(text.split())
        assert all(text[span.start : span.end].strip() for span in spans)
        assert all(a.end <= b.start for a, b in zip(spans, spans[1:], strict=False))
