"""The proof that every larger writer is held to, wherever its model runs.

It is shown the passages that the reader trusts and must cite them. Each sentence it writes is held
to the same proof as our own: it must cite a passage shown and its facts must stand there. When no
sentence passes, the verbatim evidence is shown instead.
"""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.sentences import sentence_spans
from rag.citations import cited_numbers, supported, without_marks
from rag.evidence import sentences_of
from rag.generator import Draft, Quote, Statement, compose, kind_of
from rag.prompts import ABSTENTION, PASSAGE, QUESTION, SYSTEM
from rag.types import Evidence, Rival

_MOST_PASSAGES = 5
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation with a model; the fields are those of a chat template."""

    role: Literal["system", "user"]
    content: str


Writer = Callable[[Sequence[Message]], Iterator[str]]  # yields the whole text so far


def proven(
    question: str, evidence: Sequence[Evidence], write: Writer, stop: threading.Event
) -> Iterator[Draft]:
    """Yield the text as ``write`` writes it, then the statements that passed the proof.

    ``evidence`` is not empty, best first. Raises what ``write`` raises.
    """
    shown = _passages(evidence)
    text = ""
    for written in write(_messages(question, shown)):
        text = spoken(written)
        if text:
            yield Draft(text)
    if stop.is_set():
        return
    if text.strip().startswith(ABSTENTION.rstrip(".")):
        yield Draft(ABSTENTION)
        return
    statements = checked(text, question, shown) or compose(kind_of(question), evidence)
    yield Draft("\n".join(s.text for s in statements), tuple(statements))


def spoken(written: str) -> str:
    """Return a text without the thoughts of a reasoning model, finished or not.

    Thoughts stand in ``<think>…</think>``; the opening mark may have been part of the prompt.
    """
    text = _THOUGHT.sub("", written).rpartition("</think>")[2]
    return "" if "<think>".startswith(text.strip()) else text


def checked(text: str, question: str, shown: Sequence[Evidence]) -> list[Statement]:
    """Return the sentences of a written text that their cited passages bear, with exact quotes."""
    statements = []
    for span in sentence_spans(text):
        sentence = re.sub(r"\s+", " ", text[span.start : span.end]).strip()
        numbers = cited_numbers(sentence, len(shown))
        plain = without_marks(sentence)
        quotes = tuple(q for n in numbers if (q := _quote(plain, shown[n - 1])))
        texts = [quote.text for quote in quotes]
        if plain and quotes and supported(plain, texts, question):
            statements.append(Statement(plain, quotes, written=True))
    return statements


def _passages(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Keep the best evidence of each passage, best first, and in any case what contradicts it."""
    best = {e.hit.passage.row: e for e in reversed(evidence)}
    ranked = sorted(best.values(), key=lambda e: -e.score)
    shown, rest = ranked[:_MOST_PASSAGES], ranked[_MOST_PASSAGES:]
    rivals = {e.hit.passage.row for e in evidence if isinstance(e, Rival)}
    return shown + [e for e in rest if e.hit.passage.row in rivals]


def _messages(question: str, shown: Sequence[Evidence]) -> list[Message]:
    passages = "\n\n".join(
        PASSAGE.format(number=number, place=e.hit.passage.file, text=e.hit.passage.chunk.text)
        for number, e in enumerate(shown, start=1)
    )
    asked = QUESTION.format(passages=passages, question=question)
    return [Message("system", SYSTEM), Message("user", asked)]


def _quote(sentence: str, evidence: Evidence) -> Quote | None:
    """Quote the sentence of the passage that shares most words with the written one."""
    chunk = evidence.hit.passage.chunk
    wanted = set(re.findall(r"\w{3,}", sentence.lower()))

    def shared(text: str) -> int:
        return len(wanted & set(re.findall(r"\w{3,}", text.lower())))

    spans = sentences_of(chunk.text)
    if not spans:
        return None
    best = max(spans, key=lambda span: shared(chunk.text[span.start : span.end]))
    return Quote(evidence.hit, chunk.start + best.start, chunk.start + best.end, evidence.score)
