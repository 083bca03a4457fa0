"""The real embedding model: places of tokens, unit vectors, and sharing by threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ingest.embedder import SentenceEmbedder, batches
from ingest.errors import EmbedderError
from ingest.types import Embedder, Vectors
from tests.doubles import HashedEmbedder


@pytest.fixture(params=["real", "hashed"])
def each(request: pytest.FixtureRequest) -> Embedder:
    """Return each implementation of the protocol: both must pass the same tests."""
    if request.param == "hashed":
        return HashedEmbedder()
    found: Embedder = request.getfixturevalue("embedder")
    return found


def test_vectors_have_length_one_and_keep_their_order(each: Embedder) -> None:
    """Short, long, repeated and empty texts each get the vector of their text."""
    texts = ["a red fox", "word " * 900, "", "a red fox", "the owl"]
    vectors = each.embed(texts)
    assert vectors.shape == (5, each.dimension) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert (vectors[0] == vectors[3]).all()
    for text, vector in zip(texts, vectors, strict=True):
        assert float(each.embed([text])[0] @ vector) > 0.9999
    assert each.embed([]).shape == (0, each.dimension)


def test_like_texts_are_closer_than_unlike_ones(each: Embedder) -> None:
    """A shared subject shows in the cosine."""
    question, like, unlike = each.embed(
        ["the fox in its den", "a fox sleeps in the den", "taxes are due in April"]
    )
    assert question @ like > question @ unlike + 0.2


def test_tokens_are_slices_of_the_text(each: Embedder) -> None:
    """Each token names its characters; nothing is cut off, however long the text."""
    spans = each.token_spans("Der Fuchs, naïve")
    assert spans[0] == (0, 3) and spans[-1][1] == 16
    assert all(start < end for start, end in spans)
    assert len(each.token_spans("one " * 1000)) == 1000
    assert each.token_spans("") == []


def test_the_bundled_model_says_what_it_is(embedder: Embedder) -> None:
    """Dimension, length and fingerprint are those of all-MiniLM-L6-v2."""
    assert (embedder.dimension, embedder.max_tokens) == (384, 254)
    assert embedder.fingerprint.startswith("all-MiniLM-L6-v2:")


def test_the_model_gives_the_published_similarities(embedder: Embedder) -> None:
    """Cosines agree with a direct computation by the model's own formula (mean of its tokens)."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    from ingest.weights import bundled_folder

    tokenizer = AutoTokenizer.from_pretrained(bundled_folder(), local_files_only=True)
    model = AutoModel.from_pretrained(bundled_folder(), local_files_only=True)
    for text in ("That is a happy person.", "word " * 400):
        inputs = tokenizer(text, truncation=True, max_length=256, return_tensors="pt")
        with torch.inference_mode():
            mean = model(**inputs).last_hidden_state.mean(dim=1)[0].numpy()
        assert float(embedder.embed([text])[0] @ (mean / np.linalg.norm(mean))) > 0.9999


def test_threads_share_one_embedder(embedder: Embedder) -> None:
    """Counting tokens and embedding at once give what each gives alone."""
    texts = [f"{'fox ' * (n % 40 + 1)}number {n}" for n in range(60)]
    spans, vectors = [embedder.token_spans(t) for t in texts], embedder.embed(texts)
    with ThreadPoolExecutor(8) as pool:
        again = pool.submit(embedder.embed, texts)
        for _ in range(5):
            assert list(pool.map(embedder.token_spans, texts)) == spans
    assert np.abs(again.result() - vectors).max() < 1e-2


def test_a_model_that_returns_nan_is_refused(
    embedder: SentenceEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged vector never reaches a library."""

    def damaged(tokens: list[list[int]], reduced: bool) -> Vectors:
        return np.full((len(tokens), 384), np.nan, dtype=np.float32)

    monkeypatch.setattr(embedder, "_forward", damaged)
    with pytest.raises(EmbedderError, match="not of length 1"):
        embedder.embed(["fox"])


def test_batches_keep_within_the_budget_and_lose_nothing() -> None:
    """Padded sizes stay below the budget, except where one text alone is larger."""
    lengths = [5, 250, 7, 30, 31, 2, 90, 0, 700]
    groups = batches(lengths, 256)
    assert sorted(index for group in groups for index in group) == list(range(9))
    padded = [max(lengths[i] for i in group) * len(group) for group in groups]
    assert [size for size in padded if size > 256] == [700]
    assert groups[0] == [8] and len(groups) < 6
