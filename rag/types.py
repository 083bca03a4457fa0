"""The data that passes from a question to its answer."""

from dataclasses import dataclass, field
from typing import Literal

from ingest.types import Passage

Turn = tuple[str, str]  # a question and the answer that was given to it


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question; ``scores`` holds its score by stage.

    Stages: ``dense`` (cosine), ``words`` (BM25, larger is better), ``fused``; of the reader,
    ``relevance`` (logit that the passage answers), ``span`` (its best span above "no answer") and
    ``rank`` (what orders passages: the mean of both and a share of ``fused``). A stage that did
    not see it is absent.
    """

    passage: Passage
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a passage's chunk that answers the question.

    ``start`` and ``end`` count characters of the whole document; ``score`` is made like a hit's
    ``rank`` and comparable across passages.
    """

    hit: Hit
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Rival(Evidence):
    """Evidence that another file answers otherwise than the best evidence."""


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words that a sentence of the answer rests on.

    ``quote`` equals ``text[start:end]`` of the document; ``page`` is 1-based or None;
    ``passage`` is the text of the chunk around it; ``score`` is the chance that it answers, 0..1,
    and None in a summary, where no chance is measured.
    """

    number: int
    file: str
    page: int | None
    heading: str
    quote: str
    start: int
    end: int
    passage: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A grounded answer, or an honest abstention.

    ``confidence`` is the chance that the answer is right, 0..1. A summary has None: its sentences
    are the documents' own, and how well they were chosen is not measured.
    """

    question: str
    text: str
    abstained: bool
    confidence: float | None
    citations: tuple[Citation, ...] = ()
    passages: tuple[Hit, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a streamed answer.

    ``sources`` carries the passages found, ``text`` the answer as far as it is written (the whole
    text so far, not a piece), ``answer`` the final answer, always last.
    """

    kind: Literal["sources", "text", "answer"]
    passages: tuple[Hit, ...] = ()
    text: str = ""
    answer: Answer | None = None
