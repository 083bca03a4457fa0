"""From readings to evidence: which spans the answer may rest on, and the sentences around them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.sentences import sentence_spans
from ingest.types import Span, Vectors
from rag.models.encoding import Pair
from rag.reader import Reader, Reading
from rag.tables import row_asked_for
from rag.types import Evidence, Hit

Embed = Callable[[list[str]], Vectors]

_LONGEST_SENTENCE = 480  # characters; longer "sentences" are tables or code, shown by the line
_SEARCH_WEIGHT = 0.6  # chosen on the development exams among 0, 0.3, 0.6, 1, 1.5, 2, 3
_LIKENESS_WEIGHT = 6.0  # chosen on the four sample corpora and held-out articles among 0, 3, 6, 9
_COMPARED = 6  # of the best evidence, whose sentences are compared with the question
_NO_SPAN = -20.0  # the score of a passage in which nothing can be marked
_ITEM = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")


def read_hits(
    reader: Reader, embed: Embed, question: str, hits: Sequence[Hit]
) -> tuple[tuple[Hit, ...], tuple[Evidence, ...]]:
    """Return the hits that answer, best first, and the evidence in them, best first.

    ``embed`` turns texts into unit vectors (n, d).
    """
    ranked, marked = mark_hits(reader, question, hits)
    return ranked, compared(embed, question, marked)


def mark_hits(
    reader: Reader, question: str, hits: Sequence[Hit]
) -> tuple[tuple[Hit, ...], tuple[Evidence, ...]]:
    """Rank hits by whether they answer the question, and mark the spans that do.

    Returns the hits with their ``rank`` score, best first, and the spans as the reader and the
    search alone score them, best first.
    """
    pairs = [Pair(question, hit.passage.chunk.context, hit.passage.chunk.text) for hit in hits]
    readings = reader.read(pairs)
    ranked = [
        (Hit(hit.passage, {**hit.scores, **_scores(hit, reading)}), reading)
        for hit, reading in zip(hits, readings, strict=True)
    ]
    ranked.sort(key=lambda pair: -pair[0].scores["rank"])
    evidence = [_evidence(question, hit, reading) for hit, reading in ranked if reading.spans]
    flat = sorted((e for group in evidence for e in group), key=lambda e: -e.score)
    return tuple(hit for hit, _ in ranked), tuple(flat)


def compared(embed: Embed, question: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Add to each score how near its sentence is to the question in meaning; best first.

    A sentence that says it in other words is near, whatever the reader thinks of it. Only the best
    are compared; the others get the least of their cosines.
    """
    if not evidence:
        return ()
    texts = [_sentence_of(one) for one in evidence[:_COMPARED]]
    vectors = embed([question, *texts])
    cosines = [float(cosine) for cosine in vectors[1:] @ vectors[0]]
    cosines += [min(cosines)] * (len(evidence) - len(cosines))
    scored = [
        replace(one, score=one.score + _LIKENESS_WEIGHT * cosine)
        for one, cosine in zip(evidence, cosines, strict=True)
    ]
    return tuple(sorted(scored, key=lambda one: -one.score))


def _sentence_of(evidence: Evidence) -> str:
    chunk = evidence.hit.passage.chunk
    sentences = sentences_of(chunk.text)
    if not sentences:
        return evidence.text
    first, last = sentences_around(
        sentences, evidence.start - chunk.start, evidence.end - chunk.start
    )
    return chunk.text[sentences[first].start : sentences[last].end]


def _scores(hit: Hit, reading: Reading) -> dict[str, float]:
    """Return the reader's logits and, as ``rank``, the score that passages are ordered by."""
    best = reading.best if reading.spans else _NO_SPAN
    return {"relevance": reading.rank, "span": best, "rank": evidence_score(hit, reading, best)}


def evidence_score(hit: Hit, reading: Reading, span: float) -> float:
    """Return the mean of the reader's two logits and a share of what the search thought.

    A reader trained on questions that repeat the words of their paragraph underrates a passage that
    says it otherwise; the fused search score, half of which is meaning, makes up for it.
    """
    return (span + reading.rank) / 2 + _SEARCH_WEIGHT * hit.scores.get("fused", 0.0)


def _evidence(question: str, hit: Hit, reading: Reading) -> list[Evidence]:
    chunk = hit.passage.chunk
    evidence = []
    for marked in reading.spans:
        span = row_asked_for(chunk.text, Span(marked.start, marked.end), question)
        start, end = chunk.start + span.start, chunk.start + span.end
        score = evidence_score(hit, reading, marked.score)
        evidence.append(Evidence(hit, start, end, chunk.text[span.start : span.end], score))
    return evidence


def sentences_of(text: str) -> list[Span]:
    """Return the sentences of a passage without surrounding space; tables and lists by the line."""
    sentences = []
    for span in sentence_spans(text):
        piece = text[span.start : span.end]
        by_line = "|" in piece or span.end - span.start > _LONGEST_SENTENCE
        parts = re.finditer(r"[^\n]+", piece) if by_line else [re.match(r"(?s).*", piece)]
        for part in parts:
            if part is not None and part.group().strip():
                lead = len(part.group()) - len(part.group().lstrip())
                start = span.start + part.start() + lead
                sentences.append(Span(start, start + len(part.group().strip())))
    return sentences


def sentences_around(sentences: Sequence[Span], start: int, end: int) -> tuple[int, int]:
    """Return the first and last index of the sentences that ``start:end`` touches."""
    touched = [i for i, s in enumerate(sentences) if s.start < end and s.end > start]
    return (touched[0], touched[-1]) if touched else (0, 0)


def is_item(line: str) -> bool:
    """Whether a line is an item of a list."""
    return bool(_ITEM.match(line))
