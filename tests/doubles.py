"""Small honest stand-ins: what they return depends on the text alone."""

import hashlib
import re

import numpy as np

from ingest.types import Vectors

_TOKEN = re.compile(r"\w+|[^\w\s]")


class HashedEmbedder:
    """A bag of words hashed into a unit vector: texts that share words are close.

    ``texts`` holds every text it was asked to embed, in order.
    """

    def __init__(self, dimension: int = 64, name: str = "hashed-words") -> None:
        self.dimension = dimension
        self.fingerprint = f"{name}:{dimension}"
        self.max_tokens = 254
        self.texts: list[str] = []

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Return the range of each word or mark."""
        return [found.span() for found in _TOKEN.finditer(text)]

    def embed(self, texts: list[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``."""
        self.texts += texts
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in ["", *re.findall(r"\w+", text.lower())]:
                digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
                slot = int.from_bytes(digest, "little")
                vectors[row, slot % self.dimension] += 0.1 if not word else 1.0
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / lengths
