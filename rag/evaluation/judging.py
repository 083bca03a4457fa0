"""How one answer of an exam is judged: what was found, what was said, what was cited.

The rules, so that anyone can check a figure by hand:

* Texts are compared after ``plain`` (typography, citation numbers) and SQuAD's normalisation.
* A passage is relevant if it comes from a file that holds the answer, and contains an accepted
  answer or overlaps the quote of the question. A citation's quote is judged by the same rule.
* Two texts overlap if runs of three or more words that they share, in the same order, make up at
  least half of the shorter one; a text of fewer than three words has to be in the other whole.
* The short answer is the first paragraph of the text.
* An answer is right if it contains an accepted answer as whole words, or if the short answer or
  the whole text has a word F1 above one half with one and all of its numbers; an abstention is
  right if and only if the question has no accepted answer.
* Where documents contradict each other, what either side says is an accepted answer. The answer
  shows both if it contains an accepted answer of each side, and cites a place of each.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.evaluation.metrics import contains, exact_match, f1, ndcg_at, normalise, recall_at
from rag.evaluation.questions import ExamQuestion, Side
from rag.types import Answer

DEPTH = 10  # passages that the measures of retrieval look at
RIGHT_F1 = 0.5
SHORTEST_RUN = 3  # words

_CITATION = re.compile(r"\s*\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]")
_TYPOGRAPHY = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "‑": "-", "—": " ", "\u00ad": ""}
)


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the file it is from."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How well one ranking of passages did; each field lies between 0 and 1."""

    recall_1: float
    recall_5: float
    recall_10: float
    files_5: float
    ndcg_10: float


@dataclass(frozen=True, slots=True)
class Mark:
    """One question, the answer it got, and how good that was."""

    question: ExamQuestion
    answer: Answer
    seconds: float
    retrieval: Retrieval
    exact: float
    short_f1: float
    text_f1: float
    contained: bool
    right: bool
    shows_both: bool
    citations_right: int

    @property
    def supported(self) -> bool:
        """Whether at least one citation stands where the answer is."""
        return self.citations_right > 0


def judge(question: ExamQuestion, answer: Answer, seconds: float) -> Mark:
    """Judge one answer; an abstention has no words and no citations that could be right."""
    passages = [Source(hit.passage.file, hit.passage.chunk.text) for hit in answer.passages]
    text = "" if answer.abstained else plain(answer.text)
    short = "" if answer.abstained else short_answer(answer.text)
    accepted = [plain(each) for each in question.accepted]
    contained = contains(text, accepted)
    said = contained or any(_says(part, each) for part in (short, text) for each in accepted)
    cited = () if answer.abstained else [Source(c.file, c.quote) for c in answer.citations]
    return Mark(
        question=question,
        answer=answer,
        seconds=seconds,
        retrieval=judge_ranking(question, passages),
        exact=exact_match(short, accepted),
        short_f1=f1(short, accepted),
        text_f1=f1(text, accepted),
        contained=contained,
        right=(said and not answer.abstained) if question.answerable else answer.abstained,
        shows_both=_shows_both(question, text, cited),
        citations_right=sum(is_relevant(question, source) for source in cited),
    )


def judge_ranking(question: ExamQuestion, ranked: Sequence[Source]) -> Retrieval:
    """Judge passages in ranked order.

    ``recall_k`` is 1 if a relevant passage is among the first k, else 0; ``files_5`` is the share
    of the question's files, of all its sides, among those of the first 5 passages; in ``ndcg_10``
    the first relevant passage of each of these files gains 1.
    """
    files = [file for side in question.sides for file in side.files]
    first = ranked[:DEPTH]
    relevant = [is_relevant(question, source) for source in first]
    gains: list[float] = []
    found: set[str] = set()
    for source, good in zip(first, relevant, strict=True):
        gains.append(float(good and source.file not in found))
        if good:
            found.add(source.file)
    return Retrieval(
        recall_1=float(any(relevant[:1])),
        recall_5=float(any(relevant[:5])),
        recall_10=float(any(relevant)),
        files_5=recall_at([source.file for source in first], files, 5),
        ndcg_10=ndcg_at(gains, [1.0] * len(set(files)), DEPTH),
    )


def is_relevant(question: ExamQuestion, source: Source) -> bool:
    """Whether the text comes from one of the question's files and holds its answer."""
    return any(_bears(side, source) for side in question.sides)


def _bears(side: Side, source: Source) -> bool:
    if source.file not in side.files:
        return False
    text = plain(source.text)
    return contains(text, [plain(each) for each in side.answers]) or overlap(
        text, plain(side.quote)
    )


def _shows_both(question: ExamQuestion, text: str, cited: Sequence[Source]) -> bool:
    return len(question.sides) > 1 and all(
        contains(text, [plain(each) for each in side.answers])
        and any(_bears(side, source) for source in cited)
        for side in question.sides
    )


def overlap(first: str, second: str) -> bool:
    """Whether shared runs of words make up at least half of the shorter text."""
    left, right = normalise(first).split(), normalise(second).split()
    shorter = min(len(left), len(right))
    if not shorter:
        return False
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    shared = sum(block.size for block in blocks if block.size >= min(SHORTEST_RUN, shorter))
    return 2 * shared >= shorter


def _says(text: str, accepted: str) -> bool:
    return f1(text, [accepted]) > RIGHT_F1 and _numbers(accepted) <= _numbers(text)


def _numbers(text: str) -> set[str]:
    return {word for word in normalise(text).split() if any(map(str.isdigit, word))}


def short_answer(text: str) -> str:
    """Return what stands up front: the text to its first blank line, without citation numbers."""
    return plain(re.split(r"\n\s*\n", text.strip(), maxsplit=1)[0])


def plain(text: str) -> str:
    """Return the text without citation numbers, ligatures, and typographic quotes and dashes."""
    return unicodedata.normalize("NFKC", _CITATION.sub("", text)).translate(_TYPOGRAPHY)
