"""Passages that are found for a question but do not answer it, mined with BM25.

A reader that has only seen the right paragraph believes every paragraph. So each question is also
shown passages that a word search ranks high and that do not hold the answer's words.
"""

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence

from rag.training.examples import Example

_DEPTH = 12
_COMMON = 0.1  # words found in a larger share of the passages cost time and tell nothing


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


class PassageSearch:
    """BM25 over distinct passages, in memory (SQLite FTS5, Porter stems)."""

    def __init__(self, passages: Sequence[str]) -> None:
        self._passages = list(passages)
        self._database = sqlite3.connect(":memory:")
        self._database.execute("CREATE VIRTUAL TABLE words USING fts5(text, tokenize='porter')")
        rows = ((row, text) for row, text in enumerate(self._passages))
        self._database.executemany("INSERT INTO words(rowid, text) VALUES (?, ?)", rows)
        self._frequency = Counter(word for text in self._passages for word in set(_words(text)))

    def __call__(self, question: str, limit: int) -> list[int]:
        """Return the row numbers of the best ``limit`` passages, best first."""
        most = _COMMON * len(self._passages)
        words = [word for word in set(_words(question)) if 0 < self._frequency[word] <= most]
        if not words:
            return []
        match = " OR ".join(f'"{word}"' for word in sorted(words))
        found = self._database.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words) LIMIT ?",
            (match, limit),
        )
        return [row for (row,) in found]


def mine(examples: Sequence[Example], rng: random.Random) -> Iterator[Example]:
    """Yield, for each example with an answer, one passage that was found but lacks the answer."""
    home = {example.passage: example.title for example in examples}
    passages = list(home)
    search = PassageSearch(passages)
    for example in examples:
        if example.start is None or example.end is None:
            continue
        answer = example.passage[example.start : example.end].lower()
        found = [passages[row] for row in search(example.question, _DEPTH)]
        wrong = [p for p in found if p != example.passage and answer not in p.lower()]
        if wrong:
            passage = wrong[min(int(rng.expovariate(0.5)), len(wrong) - 1)]
            title = home[passage]
            yield Example(example.question, passage, title, None, None, False, title)
