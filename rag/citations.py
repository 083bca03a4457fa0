"""Footnotes: numbers quotes, sets them after their sentences, and checks what a network wrote."""

import re
from collections.abc import Callable, Sequence

from rag.generator import Quote, Statement
from rag.types import Citation

_MARK = re.compile(r"\[(\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\]")
_FACT = re.compile(r"\d+(?:[.,:]\d+)*|\b[A-Z][\w’'-]+")
_WORD = re.compile(r"\w{4,}")
_SHARED_WORDS = 0.6  # share of a sentence's longer words that its quotes must hold
_UPHELD = 0.0  # the least logit of the check: as likely supported as not

Check = Callable[[Sequence[tuple[str, str]]], Sequence[float]]


def cite(
    statements: Sequence[Statement],
    text_of: Callable[[str], str],
    confidence: Callable[[float], float | None],
) -> tuple[str, tuple[Citation, ...]]:
    """Return the answer's text with ``[n]`` after each statement, and the citations in order.

    ``text_of(file)`` gives a document's text, so that each quote is the document's own words;
    ``confidence(score)`` turns an evidence score into 0..1, or None where it means no chance. A
    quote cited twice has one number.
    """
    numbers: dict[tuple[str, int, int], int] = {}
    citations: list[Citation] = []
    parts: list[str] = []
    for statement in statements:
        marks = []
        for quote in statement.quotes:
            key = (quote.hit.passage.file, quote.start, quote.end)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                citations.append(_citation(numbers[key], quote, text_of, confidence))
            marks.append(f"[{numbers[key]}]")
        bullet = "- " if statement.layout == "item" else ""
        parts.append(f"{bullet}{statement.text} {''.join(marks)}")
    return _joined(parts, statements), tuple(citations)


def _joined(parts: Sequence[str], statements: Sequence[Statement]) -> str:
    """Set a lead on a paragraph of its own, items on lines of their own, prose in one run."""
    text = ""
    for index, part in enumerate(parts):
        before = statements[index - 1].layout if index else None
        if before and "lead" in (before, statements[index].layout):
            text += "\n\n"
        elif before and "item" in (before, statements[index].layout):
            text += "\n"
        elif before:
            text += " "
        text += part
    return text


def _citation(
    number: int,
    quote: Quote,
    text_of: Callable[[str], str],
    confidence: Callable[[float], float | None],
) -> Citation:
    passage = quote.hit.passage
    return Citation(
        number=number,
        file=passage.file,
        page=passage.chunk.page,
        heading=" › ".join(passage.chunk.heading),
        quote=text_of(passage.file)[quote.start : quote.end],
        start=quote.start,
        end=quote.end,
        passage=passage.chunk.text,
        score=confidence(quote.score),
    )


def upheld(statements: Sequence[Statement], check: Check) -> tuple[Statement, ...]:
    """Put the verbatim quotes in the place of each written statement that fails the check.

    ``check`` gives the logits that quotes support statements, for pairs of (statement, quotes).
    What was composed of verbatim words is not checked.
    """
    pairs = [(s.text, " ".join(q.text for q in s.quotes)) for s in statements if s.written]
    logits = iter(check(pairs) if pairs else ())
    kept: list[Statement] = []
    for statement in statements:
        if not statement.written or next(logits) >= _UPHELD:
            kept.append(statement)
        else:
            verbatim = _verbatim(statement)
            kept += [v for v in verbatim if all(v.text != known.text for known in kept)]
    return tuple(kept)


def _verbatim(statement: Statement) -> list[Statement]:
    if statement.verbatim:
        return [Statement(statement.verbatim, statement.quotes, statement.layout)]
    return [Statement(" ".join(q.text.split()), (q,)) for q in statement.quotes]


def cited_numbers(sentence: str, highest: int) -> tuple[int, ...]:
    """Return the passage numbers a sentence cites; those out of ``1..highest`` are dropped."""
    numbers: list[int] = []
    for mark in _MARK.findall(sentence):
        for part in re.split(r"\s*,\s*", mark):
            ends = [int(end) for end in re.split(r"\s*[–-]\s*", part)]
            numbers += range(ends[0], min(ends[-1], highest) + 1)
    return tuple(dict.fromkeys(n for n in numbers if 1 <= n <= highest))


def without_marks(sentence: str) -> str:
    """Return a sentence without its citation marks."""
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_MARK.sub("", sentence).split()))


def supported(sentence: str, quotes: Sequence[str], question: str) -> bool:
    """Whether the quotes bear the sentence, by its words.

    Every number and name must stand in the quotes or the question, and most longer words in the
    quotes. A rule, not a proof: it refuses invented facts, not every wrong relation between them.
    """
    held = " ".join(quotes).lower()
    known = f"{held} {question.lower()}"
    facts = _FACT.findall(sentence.strip())
    opening = re.match(r"\W*(\w+)", sentence)
    if opening and facts and facts[0] == opening.group(1) and not facts[0][0].isdigit():
        facts = facts[1:]
    if any(fact.lower() not in known for fact in facts):
        return False
    words = {word.lower() for word in _WORD.findall(sentence)}
    return (
        sum(word in held for word in words) >= _SHARED_WORDS * len(words) if words else bool(facts)
    )
