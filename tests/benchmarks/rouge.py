"""ROUGE: how much of a reference summary another summary shares (Lin 2004)."""

import re
from collections import Counter
from collections.abc import Sequence


def rouge_n(summary: str, reference: str, length: int) -> float:
    """Return ROUGE-N F1: the harmonic mean of precision and recall of ``length``-word sequences.

    A sequence counts as often as it stands in both (Lin 2004, section 2). Words are runs of
    letters and digits in lower case; nothing is stemmed and no word is left out.
    """
    ours, theirs = (_sequences(_words(text), length) for text in (summary, reference))
    return _f1((ours & theirs).total(), ours.total(), theirs.total())


def rouge_l(summary: str, reference: str) -> float:
    """Return ROUGE-L F1: the longest common subsequence of words, of the whole texts.

    This is the sentence-level measure of Lin 2004, section 3.1, with beta 1.
    """
    ours, theirs = _words(summary), _words(reference)
    return _f1(longest_common_subsequence(ours, theirs), len(ours), len(theirs))


def longest_common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the most words that stand in both in the same order, gaps allowed."""
    lengths = [0] * (len(second) + 1)
    for word in first:
        before = 0
        for index, other in enumerate(second, start=1):
            above = lengths[index]
            lengths[index] = before + 1 if word == other else max(above, lengths[index - 1])
            before = above
    return lengths[-1]


def _f1(shared: int, ours: int, theirs: int) -> float:
    return 2 * shared / (ours + theirs) if shared else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _sequences(words: Sequence[str], length: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + length]) for at in range(len(words) - length + 1))
