"""Measures written sentences: whether they are the ones wanted, and borne by their source."""

import re
from collections.abc import Sequence

from rag.evaluation.metrics import contains, f1
from rag.reader import Reader
from rag.training.sentences import Sentence
from rag.writer import Writer

_FACT = re.compile(r"\d+(?:[.,:]\d+)*|(?<=\s)[A-Z][\w’'-]+")
_WORD = re.compile(r"[a-z]{4,}")


def written_figures(writer: Writer, reader: Reader, asked: Sequence[Sentence]) -> dict[str, float]:
    """Write the sentences anew and return shares, each 0..1.

    ``f1`` of words against the wanted sentence, ``ended`` of those that came to an end; of these,
    ``answers`` hold the answer, ``facts`` have every number and name in source or question,
    ``words`` every word of four letters or more (by its first five), ``passes`` the check.
    """
    told = [(one, writer.write(one.question, one.answer, one.evidence)) for one in asked]
    ended = [(one, text) for one, text in told if text]
    sources = [f"{one.question} {one.answer} {one.evidence}".lower() for one, _ in ended]
    logits = reader.check([(text, one.evidence) for one, text in ended])
    count = max(1, len(ended))
    return {
        "f1": sum(f1(text, [one.sentence]) for one, text in told) / max(1, len(told)),
        "ended": len(ended) / max(1, len(told)),
        "answers": sum(contains(text, [one.answer]) for one, text in ended) / count,
        "facts": sum(_facts_in(t, s) for (_, t), s in zip(ended, sources, strict=True)) / count,
        "words": sum(_words_in(t, s) for (_, t), s in zip(ended, sources, strict=True)) / count,
        "passes": sum(logit >= 0 for logit in logits) / count,
    }


def _facts_in(text: str, source: str) -> bool:
    return all(fact.lower() in source for fact in _FACT.findall(text))


def _words_in(text: str, source: str) -> bool:
    known = {word[:5] for word in _WORD.findall(source)}
    return all(word[:5] in known for word in _WORD.findall(text.lower()))
