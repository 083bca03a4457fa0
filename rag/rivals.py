"""Finds what another file answers instead: the old rules beside the new, two dates for one meeting.

The reader marks in every passage what would answer the question. A rival is marked in another file,
states another value of the same kind as the best answer, and is about the same thing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.evidence import Embed, sentences_of
from rag.types import Evidence, Rival
from rag.values import Value, names_of, values_of

_ALIKE = 0.85  # least sum of two cosines, with the best answer's words and with the question
_DOUBT = 0.04  # taken off that sum for each point by which the reader trusts the rival less
_COMPARED = 6  # of the rivals that the reader trusts most
_FARTHEST = 5.0  # times; amounts further apart than this are of different things
_MOST_VALUES = 2  # of the kind in a sentence; one that holds more tells several things apart
_CUT = re.compile(r"[,;](?=\s)|\s[–—-]\s|\s?[()]")
_WHO = re.compile(r"(?:^|[.?!]\s+)who(?:m|se)?\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"\bhow many (\w{3,}?)s?\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A value that the reader marked, in its sentence; ``values`` are all there of its kind."""

    evidence: Evidence
    sentence: str
    value: Value
    values: tuple[Value, ...]

    @property
    def stated(self) -> str:
        """The words of the value."""
        return self.sentence[self.value.start : self.value.end]

    @property
    def texts(self) -> tuple[str, str]:
        """What the claim is compared by: its sentence, and its clause up to commas or brackets.

        The clause alone where another value stands outside of it, since the sentence is then about
        another thing too. The name of a person says nothing of what is claimed of them.
        """
        cuts = [match.span() for match in _CUT.finditer(self.sentence)]
        start = max((end for _, end in cuts if end <= self.value.start), default=0)
        end = min((at for at, _ in cuts if at >= self.value.end), default=len(self.sentence))
        clause = self.sentence[start:end].strip()
        single = all(start <= one.start and one.end <= end for one in self.values)
        sentence = self.sentence if single else clause
        if self.value.kind != "name":
            return sentence, clause
        return sentence.replace(self.stated, "somebody"), clause.replace(self.stated, "somebody")


def with_rival(embed: Embed, question: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence, with the one that contradicts the best, if any does, as a ``Rival``.

    ``evidence`` is best first and keeps its order; ``embed`` turns texts into unit vectors (n, d).
    """
    best = _claim(question, evidence[0]) if evidence else None
    rivals = _rivals(question, best, evidence)[:_COMPARED] if best else []
    if not best or not rivals:
        return tuple(evidence)
    scores = _scores(embed, question, best, rivals)
    highest = max(scores)
    if highest < _ALIKE:
        return tuple(evidence)
    chosen = rivals[scores.index(highest)].evidence
    return tuple(_as_rival(one) if one is chosen else one for one in evidence)


def _as_rival(one: Evidence) -> Rival:
    return Rival(one.hit, one.start, one.end, one.text, one.score)


def _rivals(question: str, best: _Claim, evidence: Sequence[Evidence]) -> list[_Claim]:
    """Return what other files state otherwise, whatever it is about.

    A file that says first what the best answer says does not contradict it further down.
    """
    agreeing = {best.evidence.hit.passage.file}
    rivals = []
    for one in evidence:
        file = one.hit.passage.file
        claim = _claim(question, one, best.value.kind) if file not in agreeing else None
        if claim and claim.value.agrees(best.value):
            agreeing.add(file)
        elif claim and _differs(question, claim, best):
            rivals.append(claim)
    return rivals


def _claim(question: str, evidence: Evidence, kind: str = "") -> _Claim | None:
    """Return the first value that the span touches, of the given kind; None if there is none."""
    chunk = evidence.hit.passage.chunk
    start, end = evidence.start - chunk.start, evidence.end - chunk.start
    read = names_of if _WHO.search(question) else values_of
    for span in sentences_of(chunk.text):
        if span.start >= end or span.end <= start:
            continue
        sentence = chunk.text[span.start : span.end]
        values = [value for value in read(sentence) if value.kind == (kind or value.kind)]
        for value in values:
            if span.start + value.start < end and span.start + value.end > start:
                alike = (o for o in values if o == value or _counts(sentence, o, value.kind))
                return _Claim(evidence, sentence, value, tuple(alike))
    return None


def _counts(sentence: str, value: Value, kind: str) -> bool:
    """Whether a value is of a kind, and not the "one" that stands for a thing or a person."""
    return value.kind == kind and sentence[value.start : value.end].lower() != "one"


def _differs(question: str, claim: _Claim, best: _Claim) -> bool:
    """Whether a claim states another value that may be of the same thing."""
    return (
        claim.value.agrees(best.value) is False
        and not any(one.agrees(other) for one in claim.values for other in best.values)
        and max(len(claim.values), len(best.values)) <= _MOST_VALUES
        and _near(claim.value, best.value)
        and _as_asked(question, claim, best)
        and _of_the_year(question, claim)
    )


def _near(one: Value, other: Value) -> bool:
    """Whether two amounts are not too far apart; nothing at all may stand against any amount."""
    if one.kind in ("name", "date", "time", "weekday"):
        return True
    low, high = sorted((one.reading[0], other.reading[0]))
    return low == 0 or high <= _FARTHEST * low


def _as_asked(question: str, claim: _Claim, best: _Claim) -> bool:
    """Whether a claim is in the unit that the question asks for, if the best answer is."""
    asked = _HOW_MANY.search(question)
    unit = asked.group(1).lower() if asked else ""
    return unit not in best.stated.lower() or unit in claim.stated.lower()


def _of_the_year(question: str, claim: _Claim) -> bool:
    """Whether a claim is of a year that the question names, if it names any."""
    years = _YEAR.findall(question)
    passage = claim.evidence.hit.passage
    place = f"{passage.file} {passage.chunk.context} {claim.sentence}"
    return not years or any(year in place for year in years)


def _scores(embed: Embed, question: str, best: _Claim, rivals: Sequence[_Claim]) -> list[float]:
    """Return how near each rival is to the best answer and to the question, less the doubt in it.

    Of sentence and clause the nearer one counts: a sentence may be about more than its value, and a
    clause may leave out what it is about.
    """
    texts = [text for claim in (best, *rivals) for text in claim.texts]
    vectors = embed([question, *texts])
    to_question, to_best = vectors[3:] @ vectors[0], vectors[3:] @ vectors[1:3].T
    scores = []
    for index, rival in enumerate(rivals):
        own = slice(2 * index, 2 * index + 2)
        doubt = _DOUBT * (best.evidence.score - rival.evidence.score)
        scores.append(float(to_question[own].max() + to_best[own].max()) - doubt)
    return scores
