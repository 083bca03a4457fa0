"""Simple systems that answer with a sentence and cannot abstain, to compare with."""

from collections.abc import Callable, Sequence
from statistics import fmean

import numpy as np

from ingest.types import Embedder
from rag.evaluation.metrics import contains, f1
from rag.evidence import sentences_of
from rag.training.examples import Example
from rag.training.negatives import PassageSearch


def word_sentence(sentences: Sequence[str]) -> Callable[[str], str]:
    """Answer with the sentence that BM25 puts first."""
    search = PassageSearch(sentences)

    def best(question: str) -> str:
        rows = search(question, 1)
        return sentences[rows[0]] if rows else ""

    return best


def vector_sentence(sentences: Sequence[str], embedder: Embedder) -> Callable[[str], str]:
    """Answer with the sentence nearest in the embedder's space."""
    vectors = embedder.embed(list(sentences))
    return lambda question: sentences[int(np.argmax(vectors @ embedder.embed([question])[0]))]


def share_right(chosen: Sequence[Example], answer: Callable[[str], str]) -> float:
    """Return the share of questions whose answer holds an accepted one, or has F1 of a half."""
    given = [(answer(example.question), example.answers) for example in chosen]
    return fmean(
        float(contains(text, answers) or f1(text, answers) >= 0.5) for text, answers in given
    )


def sentences_in(examples: Sequence[Example]) -> list[str]:
    """Return the distinct sentences of the examples' passages."""
    passages = dict.fromkeys(example.passage for example in examples)
    return list(
        dict.fromkeys(p[span.start : span.end] for p in passages for span in sentences_of(p))
    )
