"""Summaries: a few sentences of the documents themselves, each with its citation.

A document's sentences are measured against the centroid of its passages' stored vectors. Only the
sentences of at most ``MOST_PASSAGES`` passages are embedded, so a book takes hardly longer than a
letter. For a topic the passages are searched for, and the sentences measured against the topic.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.errors import LibraryError
from ingest.library import Library
from ingest.types import Document, Embedder, Vectors
from rag.citations import cite
from rag.errors import QuestionError
from rag.generator import Quote, Statement
from rag.prose import Candidate, candidates
from rag.query import clean_question
from rag.retriever import Retriever
from rag.salience import PLACE, Scores, centroid, choose, salience_for_topic, salience_in_document
from rag.types import Citation, Hit

SENTENCES = 5  # of a summary unless asked otherwise
MOST_SENTENCES = 20
MOST_PASSAGES = 32  # of a document, read by the sentence
_TOPIC_PASSAGES = 16
_OPENING = re.compile(
    r"\b(?:introduction|overview|abstract|summary|conclusions?|purpose|scope|about)\b",
    re.IGNORECASE,
)
_OPENS = 0.2  # what a passage under such a heading has over others
_TRIED = 4  # times as many passages are looked at, because some hold no prose
_RELEVANT = 0.35  # mean cosine of a sentence and its passage with a topic that they are about
_BESIDE = 0.7  # share of the best sentence's relevance that the others must reach
_NAMED = 5  # files named in an error


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences of the documents, in their order; without citations there was nothing to say.

    ``passages`` are those that were read, cited ones first.
    """

    text: str
    citations: tuple[Citation, ...]
    passages: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Pool:
    """Sentences to choose from, their vectors (n, dimension) and scores (n,)."""

    found: tuple[Candidate, ...]
    vectors: Vectors
    scores: Scores


class Summariser:
    """Summarises files and topics of one library with the embedder that made it."""

    def __init__(self, library: Library, embedder: Embedder) -> None:
        self._library, self._embedder = library, embedder
        self._retriever = Retriever(library, embedder)

    def summarise(self, file: str | None, topic: str | None, sentences: int) -> Summary:
        """Summarise one file, what the library says on a topic, or what one file says on it.

        ``file`` is a name, path or pattern that stands for one file. Raises LibraryError when it
        stands for none or several, QuestionError when there is nothing to summarise or
        ``sentences`` is not within 1 to 20.
        """
        if not 1 <= sentences <= MOST_SENTENCES:
            raise QuestionError(
                f"a summary cannot have {sentences} sentences: ask for 1 to {MOST_SENTENCES}"
            )
        if file is None and topic is None:
            raise QuestionError("there is nothing to summarise: name a file or a topic")
        name = None if file is None else one_file(self._library, file)
        if topic is not None:
            return self._of_topic(clean_question(topic), sentences, name)
        return self._of_file(str(name), sentences)

    def _of_file(self, file: str, sentences: int) -> Summary:
        stored = list(self._library.vectors_by_text(file).values())
        if not stored:
            return Summary("", (), ())
        centre = centroid(np.stack(stored))
        document = self._library.document(file)
        hits = self._passages(file, centre)
        found = self._sentences(document, hits)
        vectors = self._embedder.embed([one.text for one in found])
        scores = salience_in_document(found, vectors @ centre)
        return self._written(_Pool(tuple(found), vectors, scores), hits, sentences)

    def _passages(self, file: str, centre: Vectors) -> list[Hit]:
        """Return all passages of a file, the most central first."""
        _, limit = self._library.counts()
        ranked = self._library.search_vectors(centre, limit, [file])
        passages = self._library.passages(row for row, _ in ranked)
        return [Hit(passages[row], {"dense": cosine}) for row, cosine in ranked if row in passages]

    def _sentences(self, document: Document, hits: Sequence[Hit]) -> list[Candidate]:
        """Return the sentences of the passages that say most of the document together."""
        vectors = self._library.vectors([hit.passage.row for hit in hits])
        scores = np.array([passage_weight(hit, document) for hit in hits], dtype=np.float32)
        found: list[Candidate] = []
        held = 0
        for index in choose(scores, vectors, _TRIED * MOST_PASSAGES):
            part = candidates(document, hits[index])
            found += part
            held += any(one.whole for one in part)
            if held == MOST_PASSAGES:
                break
        return found

    def _of_topic(self, topic: str, sentences: int, file: str | None) -> Summary:
        files = None if file is None else [file]
        hits = self._retriever.retrieve(topic, _TOPIC_PASSAGES, files).hits
        documents = {hit.passage.file: self._library.document(hit.passage.file) for hit in hits}
        found = [one for hit in hits for one in candidates(documents[hit.passage.file], hit)]
        if not found:
            return Summary("", (), hits)
        vectors = self._embedder.embed([topic, *(one.text for one in found)])
        subject, vectors = vectors[0], vectors[1:]
        nearness = vectors @ subject
        around = self._library.vectors([one.hit.passage.row for one in found]) @ subject
        relevance = (nearness + around) / 2
        best = float(relevance.max())
        if best < _RELEVANT:
            return Summary("", (), hits)
        kept = np.flatnonzero(relevance >= _BESIDE * best)
        about = tuple(found[index] for index in kept)
        scores = salience_for_topic(about, nearness[kept], topic)
        return self._written(_Pool(about, vectors[kept], scores), hits, sentences)

    def _written(self, pool: _Pool, hits: Sequence[Hit], sentences: int) -> Summary:
        """Set the best sentences down: files as they rank, sentences as they stand in a file."""
        files = list(dict.fromkeys(hit.passage.file for hit in hits))
        chosen = [
            (pool.found[index], float(pool.scores[index]))
            for index in choose(pool.scores, pool.vectors, sentences)
        ]
        chosen.sort(key=lambda pair: (files.index(pair[0].hit.passage.file), pair[0].start))
        statements = [_statement(candidate, salience) for candidate, salience in chosen]
        text, citations = cite(statements, self._library.text, lambda salience: None)
        cited = {candidate.hit.passage.row for candidate, _ in chosen}
        first = sorted(hits, key=lambda hit: hit.passage.row not in cited)
        return Summary(text, citations, tuple(first))


def passage_weight(hit: Hit, document: Document) -> float:
    """Return how much a passage promises: how central it is, how early, and under what heading."""
    chunk = hit.passage.chunk
    early = 1 - chunk.start / len(document.text)
    opens = bool(chunk.heading and _OPENING.search(chunk.heading[-1]))
    return hit.scores["dense"] + PLACE * early + _OPENS * opens


def one_file(library: Library, pattern: str) -> str:
    """Return the file that a name, an absolute path or a pattern stands for.

    Raises LibraryError when it stands for none or for several.
    """
    given = Path(pattern).expanduser()
    if given.is_absolute() and given.is_relative_to(library.folder):
        pattern = given.relative_to(library.folder).as_posix()
    files = library.match([pattern])
    if len(files) > 1:
        shown = ", ".join(files[:_NAMED]) + (" …" if len(files) > _NAMED else "")
        raise LibraryError(f"{pattern!r} stands for {len(files)} files ({shown}): name one of them")
    return files[0]


def _statement(candidate: Candidate, salience: float) -> Statement:
    quote = Quote(candidate.hit, candidate.start, candidate.end, salience)
    return Statement(candidate.text, (quote,), "prose" if candidate.whole else "item")
