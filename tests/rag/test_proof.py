"""The proof behind every larger writer, tested with writers that say one fixed thing."""

import threading
from collections.abc import Iterator, Sequence

import pytest

from rag.generator import Draft
from rag.prompts import ABSTENTION
from rag.proof import Message, checked, proven, spoken
from rag.types import Rival
from tests.rag.passages import make_evidence, make_hit

TEXT = "Intro. Staff receive 26 days of paid leave a year. Unused days lapse in March."
QUESTION = "How many days of leave?"


def drafts_of(*written: str) -> list[Draft]:
    """Return the drafts of a writer that writes these texts, one growing out of the other."""

    def write(messages: Sequence[Message]) -> Iterator[str]:
        yield from written

    evidence = [make_evidence(make_hit(TEXT), "26 days")]
    return list(proven(QUESTION, evidence, write, threading.Event()))


def test_only_sentences_that_their_passages_bear_are_kept() -> None:
    """Invented numbers, missing and impossible citations are dropped; quotes are verbatim."""
    hit = make_hit(TEXT, start=50)
    shown = [make_evidence(hit, "26 days")]
    text = (
        "Staff receive 26 days of paid leave [1]. Staff receive 30 days of paid leave [1]. "
        "Unused days lapse in March [7]. Unused days lapse in March."
    )

    (statement,) = checked(text, QUESTION, shown)

    assert statement.text == "Staff receive 26 days of paid leave."
    quote = statement.quotes[0]
    assert TEXT[quote.start - 50 : quote.end - 50] == "Staff receive 26 days of paid leave a year."


def test_writer_is_shown_the_numbered_passages_and_the_question() -> None:
    """The best evidence of each passage is numbered from 1, best first; a passage comes once."""
    seen: list[Message] = []

    def write(messages: Sequence[Message]) -> Iterator[str]:
        seen.extend(messages)
        yield ""

    leave, travel = make_hit(TEXT), make_hit("Trains are paid.", "travel.md", row=2)
    evidence = [
        make_evidence(leave, "26 days", 5.0),
        make_evidence(travel, "Trains", 4.0),
        make_evidence(leave, "March", 3.0),
    ]
    list(proven(QUESTION, evidence, write, threading.Event()))

    assert [message.role for message in seen] == ["system", "user"]
    assert ABSTENTION in seen[0].content
    assert seen[1].content == (
        f"Passages:\n\n[1] notes.md\n{TEXT}\n\n[2] travel.md\nTrains are paid.\n\n"
        f"Question: {QUESTION}"
    )


def test_writer_is_shown_what_contradicts_the_best_answer() -> None:
    """Even where five passages are trusted more."""
    seen: list[Message] = []

    def write(messages: Sequence[Message]) -> Iterator[str]:
        seen.extend(messages)
        yield ""

    hits = [make_hit(f"Staff receive {n} days.", f"{n}.md", row=n) for n in range(20, 27)]
    evidence = [make_evidence(h, "Staff", 50.0 - h.passage.row) for h in hits]
    last = evidence.pop()
    evidence.append(Rival(last.hit, last.start, last.end, last.text, last.score))
    list(proven(QUESTION, evidence, write, threading.Event()))

    assert "[5] 24.md" in seen[1].content and "25.md" not in seen[1].content
    assert "[6] 26.md\nStaff receive 26 days." in seen[1].content


def test_verbatim_evidence_replaces_a_text_of_which_nothing_is_borne() -> None:
    """A writer that only invents does not reach the answer."""
    final = drafts_of("Staff receive 30 days [1].")[-1]

    assert [s.text for s in final.statements] == [
        "26 days",
        "Staff receive 26 days of paid leave a year.",
    ]


def test_abstaining_writer_is_believed() -> None:
    """The sentence of abstention ends the answer without statements."""
    assert drafts_of("I could not", f"{ABSTENTION} Sorry.")[-1] == Draft(ABSTENTION)


def test_thoughts_are_neither_shown_nor_checked() -> None:
    """Nothing is shown while a model thinks; a borne sentence among its thoughts is left out."""
    thought = "<think>Unused days lapse in March [1]."
    drafts = drafts_of("<", "<think>", thought, f"{thought}</think>\nStaff receive 26 days [1].")

    assert [draft.text.strip() for draft in drafts] == [
        "Staff receive 26 days [1].",
        "Staff receive 26 days.",
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain", "plain"),
        ("<think>a</think>b<think>c</think>d", "bd"),
        ("a thought that the prompt opened</think>b", "b"),
        ("b <think>never closed", "b "),
        ("<thin", ""),
        ("5 < 6", "5 < 6"),
    ],
)
def test_thoughts_are_cut_wherever_they_stand(written: str, shown: str) -> None:
    """Closed, repeated, unfinished thoughts and those that the prompt opened are left out."""
    assert spoken(written) == shown
