"""Builders of passages, hits and evidence for the tests of rag."""

from ingest.types import Chunk, Passage
from rag.types import Evidence, Hit


def make_hit(
    text: str, file: str = "notes.md", row: int = 1, start: int = 0, **scores: float
) -> Hit:
    """Return a hit on a passage that holds ``text`` at ``start`` of its document."""
    chunk = Chunk(f"id-{row}", text, start, start + len(text), None, ("Part",), "Notes › Part")
    return Hit(Passage(row, file, "Notes", chunk), dict(scores))


def make_evidence(hit: Hit, words: str, score: float = 5.0) -> Evidence:
    """Return evidence on the first place of ``words`` in the hit's passage."""
    chunk = hit.passage.chunk
    start = chunk.start + chunk.text.index(words)
    return Evidence(hit, start, start + len(words), words, score)
