"""How much a sentence says of a whole, and which few sentences say most of it together.

The weights were chosen by ROUGE on 116 texts with summaries that no figure is reported on; leaning
sentences are held back further than ROUGE asks for, since they read badly.
"""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ingest.types import Vectors
from rag.prose import Candidate

Scores = npt.NDArray[np.float32]  # shape (n,)

PLACE = 0.1  # what the first sentence of a document has over the last
CUE = 0.2
WORDS = 0.1  # what a sentence with all words of the topic has over one with none
LEANING = 0.15
LESSER = 1.0  # any whole sentence comes before a fragment
DIVERSITY = 0.3  # weight of what was said already against what is worth saying
SAME = 0.9  # cosine above which two sentences say the same
_WORD = re.compile(r"[^\W_]{4,}")


def salience_in_document(found: Sequence[Candidate], nearness: Scores) -> Scores:
    """Return a score for each sentence of one document; earlier places and cue words count.

    ``nearness``, shape (n,), is the cosine with the document's centroid, by which Radev et al.
    (2004) rank sentences; place and cue words are features of Edmundson (1969).
    """
    place = [PLACE * (1 - one.place) + CUE * one.cue for one in found]
    return nearness + np.asarray(place, dtype=np.float32) - _faults(found)


def salience_for_topic(found: Sequence[Candidate], nearness: Scores, topic: str) -> Scores:
    """Return a score for each sentence: its cosine with the topic, and the words they share.

    ``nearness`` has shape (n,).
    """
    wanted = _stems(topic)
    shared = [WORDS * len(wanted & _stems(one.text)) / max(1, len(wanted)) for one in found]
    return nearness + np.asarray(shared, dtype=np.float32) - _faults(found)


def _faults(found: Sequence[Candidate]) -> Scores:
    faults = [LEANING * one.leaning + LESSER * (not one.whole) for one in found]
    return np.asarray(faults, dtype=np.float32)


def _stems(text: str) -> set[str]:
    """Return the beginnings of the longer words, which most of their forms share."""
    return {word[:5] for word in _WORD.findall(text.lower())}


def choose(scores: Scores, vectors: Vectors, count: int) -> list[int]:
    """Return up to ``count`` positions, best first, by maximal marginal relevance.

    Each next one has the highest score less its largest cosine with those chosen (Carbonell and
    Goldstein 1998), weighed by ``DIVERSITY``; one that repeats a chosen one is never taken.
    ``vectors`` has shape (n, dimension), rows of length 1.
    """
    chosen: list[int] = []
    said = np.zeros(len(scores), dtype=np.float32)
    left = np.ones(len(scores), dtype=bool)
    while left.any() and len(chosen) < count:
        marginal = (1 - DIVERSITY) * scores - DIVERSITY * said
        best = int(np.argmax(np.where(left, marginal, -np.inf)))
        chosen.append(best)
        alike = vectors @ vectors[best]
        said = np.maximum(said, alike)
        left &= alike < SAME
        left[best] = False
    return chosen


def centroid(vectors: Vectors) -> Vectors:
    """Return the mean of vectors, shape (dimension,), brought to length 1."""
    mean = vectors.mean(axis=0)
    unit: Vectors = (mean / max(float(np.linalg.norm(mean)), 1e-6)).astype(np.float32)
    return unit
