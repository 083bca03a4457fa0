"""The library that a person's own questions are about: the passage of an answer, and others."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.config import Settings
from ingest.embedder import load_embedder
from ingest.library import Library
from ingest.types import Chunk
from rag.retriever import DEPTH, Retriever


class OwnLibrary:
    """Looks passages up in one open library."""

    def __init__(self, library: Library, retriever: Retriever) -> None:
        self._library = library
        self.retriever = retriever

    @classmethod
    @contextmanager
    def open(cls, settings: Settings) -> Iterator["OwnLibrary"]:
        """Open the library of the settings for the time of the block.

        Raises LibraryMissing, LibraryMismatch, LibraryDamaged or EmbedderError.
        """
        embedder = load_embedder(settings)
        with Library.open(settings.library, embedder.fingerprint) as library:
            yield cls(library, Retriever(library, embedder))

    def passage_of(self, file: str, question: str, answer: str | None) -> Chunk | None:
        """Return the passage of a file that holds the answer and fits the question best.

        Without an answer it is the one that fits the question best. None where there is none;
        LibraryError where the library has no such file.
        """
        query = question if answer is None else f"{question} {answer}"
        files = self._library.match([file])
        rows = [hit.passage.row for hit in self.retriever.retrieve(query, DEPTH, files).hits]
        rows += [row for row, _ in self._library.search_words(answer or query, DEPTH, files)]
        passages = self._library.passages(rows)
        chunks = (passages[row].chunk for row in rows)
        fitting = (c for c in chunks if answer is None or span_of(answer, c.text))
        return next(fitting, None)

    def lacking(self, question: str, answer: str, count: int) -> list[Chunk]:
        """Return up to ``count`` passages that are found for a question but lack the answer."""
        chunks = [hit.passage.chunk for hit in self.retriever.retrieve(question, DEPTH).hits]
        return [chunk for chunk in chunks if not holds(answer, chunk.text)][:count]


def span_of(answer: str, passage: str) -> tuple[int, int] | None:
    """Return the characters at which the answer stands in the passage, None where it does not.

    Blanks may be of any kind and number; whole words are preferred to parts of words.
    """
    words = r"\s+".join(map(re.escape, answer.split()))
    if not words:
        return None
    found = re.search(rf"(?<!\w){words}(?!\w)", passage) or re.search(words, passage)
    return found.span() if found else None


def holds(answer: str, passage: str) -> bool:
    """Whether a passage has the answer's words, in capitals or not."""
    return span_of(answer.lower(), passage.lower()) is not None
