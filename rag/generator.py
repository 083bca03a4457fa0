"""Writes the answer from evidence. The one place where a writing network plugs in.

``ExtractiveGenerator`` composes: the exact words first, then the sentences that bear them. It adds
no word of its own, so what it says is what the documents say.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ingest.types import Span
from rag.evidence import is_item, sentences_around, sentences_of
from rag.tables import spelled_row
from rag.types import Evidence, Hit, Rival

Kind = Literal["fact", "list", "explanation"]

_EXPLANATION = re.compile(
    r"^\s*(why|how (?!much|many|long|often|old|big|large|far|fast|tall|high|late|early|soon)|"
    r"explain|describe|in what way|what happens|what steps|what should|what must|what do i)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^\s*(which|list|name|what (are|were)|what \w+s (are|were|do|does|can|may|must)|"
    r"what (kinds|types|sorts|steps|ways|reasons))\b",
    re.IGNORECASE,
)
_MOST_ITEMS = 14
_MOST_SENTENCES = 4
_CLOSE = 2.5  # span scores this near to the best may join an explanation
_ENDED = re.compile(r"[.!?:;…。！？][\"'”’)\]]*$")


@dataclass(frozen=True, slots=True)
class Quote:
    """Characters ``start:end`` of the document that a hit belongs to."""

    hit: Hit
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The words themselves."""
        chunk = self.hit.passage.chunk
        return chunk.text[self.start - chunk.start : self.end - chunk.start]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or list item of an answer and the quotes that it rests on.

    ``written`` says that a network chose the words, so that they need the check; ``verbatim`` are
    words of the quotes that stand by should it fail.
    """

    text: str
    quotes: tuple[Quote, ...]
    layout: Literal["lead", "prose", "item"] = "prose"
    written: bool = False
    verbatim: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer being written: the text so far, and the statements once they are known."""

    text: str
    statements: tuple[Statement, ...] = ()


class Generator(Protocol):
    """Anything that turns evidence into statements."""

    def write(
        self, question: str, evidence: Sequence[Evidence], stop: threading.Event
    ) -> Iterator[Draft]:
        """Yield drafts as they grow; the last one holds the statements.

        ``evidence`` is not empty, best first. When ``stop`` is set, writing ends soon.
        """
        ...


def kind_of(question: str) -> Kind:
    """Tell what shape of answer a question asks for."""
    if _EXPLANATION.search(question):
        return "explanation"
    return "list" if _LIST.search(question) else "fact"


class ExtractiveGenerator:
    """Composes the answer from verbatim sentences."""

    def write(
        self, question: str, evidence: Sequence[Evidence], stop: threading.Event
    ) -> Iterator[Draft]:
        """Yield one draft a statement."""
        statements = compose(kind_of(question), evidence)
        for count in range(1, len(statements) + 1):
            if stop.is_set():
                return
            shown = statements[:count]
            yield Draft("\n".join(statement.text for statement in shown), shown)


def compose(kind: Kind, evidence: Sequence[Evidence]) -> tuple[Statement, ...]:
    """Return the statements of an answer of the given kind from evidence, best first.

    A fact is followed by its rival, where there is one among the evidence.
    """
    best = evidence[0]
    items = _items(best) if kind != "fact" else []
    if items:
        return tuple(items)
    if kind == "explanation":
        return _explain(evidence)
    rival = next((e for e in evidence if isinstance(e, Rival)), None)
    return (*_fact(best), *(_fact(rival) if rival else ()))


def _fact(evidence: Evidence) -> list[Statement]:
    """Take the exact words first, unless they are most of their sentence, then the sentence."""
    sentences = _sentences(evidence, evidence.start, evidence.end, after=0)
    short = _display(evidence.text)
    if len(short) > 0.6 * len(sentences[0].text):
        return sentences
    return [Statement(short, sentences[0].quotes, "lead"), *sentences]


def _explain(evidence: Sequence[Evidence]) -> tuple[Statement, ...]:
    """Take the sentence of the best span and two after it, then close spans elsewhere."""
    best = evidence[0]
    statements = _sentences(best, best.start, best.end, after=2)
    for other in evidence[1:]:
        if other.score < max(0.0, best.score - _CLOSE):
            break
        for statement in _sentences(other, other.start, other.end, after=0):
            if all(statement.text != known.text for known in statements):
                statements.append(statement)
    return tuple(statements[:_MOST_SENTENCES])


def _sentences(evidence: Evidence, start: int, end: int, after: int) -> list[Statement]:
    """Take the sentences that the span touches and up to ``after`` more of the paragraph.

    Headings are left out, unless the span lies in nothing else.
    """
    chunk = evidence.hit.passage.chunk
    sentences = sentences_of(chunk.text)
    first, last = sentences_around(sentences, start - chunk.start, end - chunk.start)
    while first < last and not _ENDED.search(
        chunk.text[sentences[first].start : sentences[first].end]
    ):
        first += 1
    while after and last + 1 < len(sentences):
        gap = chunk.text[sentences[last].end : sentences[last + 1].start]
        if "\n\n" in gap:
            break
        last, after = last + 1, after - 1
    return [_statement(evidence, sentences[i]) for i in range(first, last + 1)]


def _items(evidence: Evidence) -> list[Statement]:
    """Take the list that the span stands in or leads to, with its opening line; or nothing."""
    chunk = evidence.hit.passage.chunk
    lines = [Span(*m.span()) for m in re.finditer(r"[^\n]*\S[^\n]*", chunk.text)]
    flags = [is_item(chunk.text[line.start : line.end]) for line in lines]
    first, last = sentences_around(lines, evidence.start - chunk.start, evidence.end - chunk.start)
    if not flags[first]:
        leads = chunk.text[lines[first].start : lines[first].end].rstrip().endswith(":")
        if not (leads and first + 1 < len(lines) and flags[first + 1]):
            return []
        first = last = first + 1
    while first > 0 and flags[first - 1]:
        first -= 1
    while last + 1 < len(lines) and flags[last + 1]:
        last += 1
    statements = [_statement(evidence, lines[i], "item") for i in range(first, last + 1)]
    opening = first > 0 and chunk.text[lines[first - 1].start : lines[first - 1].end].strip()
    if opening and opening.endswith(":"):
        statements.insert(0, _statement(evidence, lines[first - 1]))
    return statements[: _MOST_ITEMS + 1]


def _statement(
    evidence: Evidence, span: Span, layout: Literal["prose", "item"] = "prose"
) -> Statement:
    chunk = evidence.hit.passage.chunk
    text = chunk.text[span.start : span.end]
    lead = len(text) - len(text.lstrip())
    start, end = span.start + lead, span.start + len(text.rstrip())
    quote = Quote(evidence.hit, chunk.start + start, chunk.start + end, evidence.score)
    row = spelled_row(chunk.text, Span(start, end))
    if row is not None:
        spelled, header = row
        named = Quote(
            evidence.hit, chunk.start + header.start, chunk.start + header.end, quote.score
        )
        return Statement(spelled, (quote, named), "item")
    shown = _display(chunk.text[start:end])
    if is_item(shown):
        layout = "item"
        shown = re.sub(r"^(?:[-*•–]|\(?\d{1,3}[.)])\s+", "", shown)
    return Statement(shown, (quote,), layout)


def _display(text: str) -> str:
    line = " ".join(text.split())
    return line if line.endswith(":") else line.strip(" ,;")
