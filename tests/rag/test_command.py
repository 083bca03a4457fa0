"""What ``footnote ask`` prints."""

import json
from dataclasses import replace

import pytest

from rag.command import as_json, print_answer
from tests.ui.samples import HOTEL_HIT, LEAVE_HIT, abstention, citation, leave_answer


def test_an_answer_is_printed_with_its_footnotes(capsys: pytest.CaptureFixture[str]) -> None:
    """Text, numbered sources with place and quote, confidence; plain when piped."""
    print_answer(leave_answer())

    assert capsys.readouterr().out == (
        "26 days [1]\n"
        "\n"
        "Every employee has 26 days of paid annual leave. [2]\n"
        "\n"
        "Sources\n"
        "[1] leave.md · Leave › Annual leave\n"
        "    “26 days”\n"
        "[2] leave.md · Leave › Annual leave\n"
        "    “Every employee has 26 days of paid annual leave.”\n"
        "\n"
        "High confidence, 87 %\n"
    )


def test_an_abstention_names_the_closest_passages(capsys: pytest.CaptureFixture[str]) -> None:
    """It claims nothing and shows where to look."""
    print_answer(abstention())

    assert capsys.readouterr().out == (
        "I could not find the answer in your files.\n"
        "\n"
        "Closest passages\n"
        "- leave.md · Leave › Annual leave\n"
        "    Every employee has 26 days of paid annual leave. Leave is booked in the staff portal. "
        "Five days may be carried over.\n"
        "- travel.pdf, page 3 · Hotels\n"
        "    Hotel rooms cost at most 140 euros a night. In London the limit is 210 euros.\n"
    )


def test_documents_cannot_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Escapes and rich's own markup come out as text."""
    text = "\x1b[2J[bold red]26[/] days :smile: [link=http://evil.invalid]x[/link]"
    chunk = replace(LEAVE_HIT.passage.chunk, text=text)
    hit = replace(
        LEAVE_HIT, passage=replace(LEAVE_HIT.passage, file="a\x1b]0;x\x07.md", chunk=chunk)
    )
    source = citation(1, hit, text)

    print_answer(replace(leave_answer(), text=f"{text} [1]", citations=(source,)))
    printed = capsys.readouterr().out

    assert "\x1b" not in printed
    assert "[2J[bold red]26[/] days :smile: [link=http://evil.invalid]x[/link] [1]" in printed


def test_json_holds_the_promised_fields() -> None:
    """Programs rely on the names."""
    found = as_json(leave_answer())

    assert list(found) == [
        "answer",
        "abstained",
        "confidence",
        "citations",
        "passages",
        "timings",
    ]
    assert found["citations"][0] == {
        "number": 1,
        "file": "leave.md",
        "page": None,
        "heading": "Leave › Annual leave",
        "quote": "26 days",
        "start": 119,
        "end": 126,
        "score": 0.9,
    }
    assert found["passages"][1]["file"] == "travel.pdf"
    assert found["passages"][1]["page"] == 3
    assert found["passages"][1]["text"] == HOTEL_HIT.passage.chunk.text
    assert json.loads(json.dumps(found)) == found
