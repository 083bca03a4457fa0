"""Finds passages for a question: dense and word search, fused, near-duplicates folded."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ingest.library import Library
from ingest.types import Embedder
from rag.fusion import Fusion, Ranking, calibrated
from rag.types import Hit

DEPTH = 60  # how far each search looks
SAME = 0.97  # cosine above which two passages say the same


@dataclass(frozen=True, slots=True)
class Found:
    """Passages best first, and the seconds each stage took."""

    hits: tuple[Hit, ...]
    timings: dict[str, float] = field(default_factory=dict)


class Retriever:
    """Searches one library with the embedder that made it."""

    def __init__(self, library: Library, embedder: Embedder, fusion: Fusion = calibrated) -> None:
        self._library, self.embedder, self._fusion = library, embedder, fusion

    def retrieve(self, query: str, limit: int, files: Sequence[str] | None = None) -> Found:
        """Return at most ``limit`` passages; ``files`` are paths or glob patterns to search in."""
        chosen = self._library.match(files) if files else None
        clock = time.perf_counter
        begin = clock()
        vector = self.embedder.embed([query])[0]
        embedded = clock()
        dense = self._library.search_vectors(vector, DEPTH, chosen)
        searched = clock()
        words = self._library.search_words(query, DEPTH, chosen)
        worded = clock()
        hits = self._merge(dense, words, limit)
        timings = {
            "embed": embedded - begin,
            "dense": searched - embedded,
            "words": worded - searched,
            "fuse": clock() - worded,
        }
        return Found(hits, timings)

    def _merge(self, dense: Ranking, words: Ranking, limit: int) -> tuple[Hit, ...]:
        fused = self._fusion(dense, words)
        rows = sorted(fused, key=lambda row: (-fused[row], row))[: 2 * limit]
        rows = self._distinct(rows)[:limit]
        passages = self._library.passages(rows)
        stages = {"dense": dict(dense), "words": dict(words), "fused": fused}
        return tuple(
            Hit(
                passages[row],
                {stage: scores[row] for stage, scores in stages.items() if row in scores},
            )
            for row in rows
            if row in passages
        )

    def _distinct(self, rows: list[int]) -> list[int]:
        """Leave out rows that repeat an earlier one, so that copies do not crowd out the rest.

        Two passages that differ in a number are not copies, however alike their vectors are.
        """
        if len(rows) < 2:
            return rows
        passages = self._library.passages(rows)
        rows = [row for row in rows if row in passages]
        vectors = self._library.vectors(rows)
        alike = vectors @ vectors.T >= SAME
        numbers = [re.findall(r"\d+", passages[row].chunk.text) for row in rows]
        kept: list[int] = []
        for index in range(len(rows)):
            if not any(alike[index, other] and numbers[index] == numbers[other] for other in kept):
                kept.append(index)
        return [rows[index] for index in np.array(kept, dtype=int)]
