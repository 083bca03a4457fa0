"""Says the answer in a full sentence of the network's own, in front of the words it rests on."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.generator import Draft, Statement, compose, kind_of
from rag.types import Evidence
from rag.writer import Writer


class WritingGenerator:
    """Composes as the extractive generator does, and puts each exact answer into a sentence."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def write(
        self, question: str, evidence: Sequence[Evidence], stop: threading.Event
    ) -> Iterator[Draft]:
        """Yield one draft a statement."""
        shown: list[Statement] = []
        for statement in compose(kind_of(question), evidence):
            if stop.is_set():
                return
            shown.append(self._said(question, statement))
            yield Draft("\n".join(one.text for one in shown), tuple(shown))

    def _said(self, question: str, statement: Statement) -> Statement:
        """Return an exact answer as a sentence that holds it; anything else as it is.

        The exact words stand by, should the sentence fail the check.
        """
        if statement.layout != "lead":
            return statement
        quote = " ".join(one.text for one in statement.quotes)
        sentence = self._writer.write(question, statement.text, quote)
        if not _holds(sentence, statement.text) or _plain(sentence) == _plain(quote):
            return statement
        return replace(statement, text=sentence, written=True, verbatim=statement.text)


def _holds(sentence: str, answer: str) -> bool:
    return f" {_plain(answer)} " in f" {_plain(sentence)} "


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
