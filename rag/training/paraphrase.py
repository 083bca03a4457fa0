"""Questions in other words: some of their words become near synonyms.

The questions of SQuAD repeat the words of their paragraph, and a reader trained on them alone
believes that this is what an answered question looks like. People ask in their own words. The
synonyms are the nearest words in the embedder's space, so nothing needs to be downloaded; opposites
lie near there too and are left out.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rag.training.examples import Example
from rag.training.near_misses import OPPOSITES

_WORD = re.compile(r"(?<![\w'-])[a-z]{4,}(?![\w'-])")
_NUMBERS = frozenset(
    "three four five seven eight nine eleven twelve thirteen twenty thirty forty fifty hundred "
    "thousand million billion second third fourth fifth sixth seventh eighth ninth tenth monday "
    "tuesday wednesday thursday friday saturday sunday once twice half quarter".split()
)
# What asks, and what joins a sentence: replaced, the question asks something else.
_KEPT = frozenset(
    "what when where which whom whose that this these those with from into than then have been "
    "were does about between during many much long often other another each both only most least "
    "also there their they would could should must will year years name names first last".split()
)

Embed = Callable[[list[str]], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Paraphraser:
    """Replaces words by synonyms; ``synonyms`` maps a word to those it may become."""

    synonyms: dict[str, tuple[str, ...]]

    @classmethod
    def learn(
        cls, texts: Iterable[str], embed: Embed, least: int = 5, alike: float = 0.76
    ) -> "Paraphraser":
        """Take the words that the texts use ``least`` times, and the nearest of them to each.

        ``embed`` turns words into unit vectors (n, d); ``alike`` is the least cosine.
        """
        counted = Counter(word for text in texts for word in _WORD.findall(text))
        words = [w for w, n in counted.items() if n >= least and w not in _KEPT | _NUMBERS]
        if not words:
            return cls({})
        vectors = embed(words)
        return cls(dict(_neighbours(words, vectors, alike)))

    def __call__(self, question: str, rng: random.Random, share: float = 0.6) -> str:
        """Return the question with about ``share`` of the words that have a synonym replaced."""

        def replaced(match: re.Match[str]) -> str:
            known = self.synonyms.get(match.group())
            return rng.choice(known) if known and rng.random() < share else match.group()

        return _WORD.sub(replaced, question)

    def some(self, examples: Sequence[Example], share: float, rng: random.Random) -> list[Example]:
        """Return the examples, the questions of about ``share`` of them in other words."""
        return [
            replace(e, question=self(e.question, rng)) if rng.random() < share else e
            for e in examples
        ]


def _neighbours(
    words: Sequence[str], vectors: npt.NDArray[np.float32], alike: float, block: int = 1024
) -> Iterable[tuple[str, tuple[str, ...]]]:
    for begin in range(0, len(words), block):
        cosines = vectors[begin : begin + block] @ vectors.T
        for word, row in zip(words[begin : begin + block], cosines, strict=True):
            near = [words[i] for i in np.argsort(-row)[:6] if row[i] >= alike]
            kept = tuple(n for n in near if _synonym(word, n))[:3]
            if kept:
                yield word, kept


def _synonym(word: str, near: str) -> bool:
    """Whether a near word is another word, not a form of the same one nor its opposite."""
    return word[:4] != near[:4] and near not in OPPOSITES and word not in OPPOSITES
