"""Texts to unit vectors, by a sentence-transformers model that lies on this machine.

Passages and questions are embedded by the same object. Nothing is ever downloaded.
"""

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.config import Settings
from ingest.errors import EmbedderError
from ingest.precision import CANDIDATE_BATCH, MAX_TRIALS, choose_reduced
from ingest.types import Embedder, Vectors
from ingest.weights import ModelFolder, find_model

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_TOKENS = 4096  # tokens of one forward pass, padding counted; larger ones were slower here
UNIT_TOLERANCE = 1e-3
_SPECIAL_TOKENS = 2


def load_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings name: the bundled model, or any name or folder.

    Its weights are found and checked now, and read when first needed. Raises EmbedderError when it
    is not on this machine, or the weights of the bundled name are not the published ones.
    """
    return SentenceEmbedder(find_model(settings.embedder), settings.threads)


class SentenceEmbedder:
    """A sentence-transformers model behind the ``Embedder`` protocol; safe to share by threads.

    Identical texts are embedded once; batches are filled by length up to a budget of tokens, so
    that little of a batch is padding. On a processor with bfloat16, larger inputs are embedded in
    it once a trial on them has shown that this is faster and gives the same vectors; vectors are
    float32 in any case.
    """

    def __init__(self, model: ModelFolder, threads: int = 0) -> None:
        self._found = model
        self._threads = threads
        self._lock = threading.RLock()  # one fast tokenizer is not safe for several threads
        self._loaded: SentenceTransformer | None = None
        self._reduced = False
        self._trials = MAX_TRIALS

    @property
    def fingerprint(self) -> str:
        """The name of the model and a hash of all its files."""
        return self._found.fingerprint

    @cached_property
    def dimension(self) -> int:
        """The length of each vector."""
        newer = getattr(self._model, "get_embedding_dimension", None)  # its name since version 6
        found = newer() if newer else self._model.get_sentence_embedding_dimension()
        if not found:
            raise EmbedderError(
                f"{self._found.folder} does not say how long its vectors are: use another model"
            )
        return int(found)

    @cached_property
    def max_tokens(self) -> int:
        """The most tokens a text may have before the model would cut it, special ones left out."""
        return int(self._model.max_seq_length or 512) - _SPECIAL_TOKENS

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Return the character range of each token of ``text``, however long it is."""
        with self._lock:
            encoded = self._tokenizer(
                text,
                add_special_tokens=False,
                truncation=False,
                return_offsets_mapping=True,
                return_attention_mask=False,
                return_token_type_ids=False,
                verbose=False,
            )
        return [(start, end) for start, end in encoded["offset_mapping"]]

    def embed(self, texts: list[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``, in the order given.

        Raises EmbedderError when the model returns anything but finite unit vectors.
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        position = {text: index for index, text in enumerate(dict.fromkeys(texts))}
        tokens = self._encode(list(position))
        reduced = self._decide(tokens)
        vectors = np.empty((len(tokens), self.dimension), dtype=np.float32)
        for batch in batches([len(ids) for ids in tokens], BATCH_TOKENS):
            vectors[batch] = self._forward([tokens[index] for index in batch], reduced)
        _check_unit(vectors)
        return vectors[[position[text] for text in texts]]

    @property
    def _model(self) -> "SentenceTransformer":
        with self._lock:
            if self._loaded is None:
                self._loaded = _load_model(self._found, self._threads)
            return self._loaded

    @property
    def _tokenizer(self) -> Any:
        return self._model.tokenizer

    def _encode(self, texts: list[str]) -> list[list[int]]:
        with self._lock:
            encoded = self._tokenizer(
                texts,
                truncation=True,
                max_length=self.max_tokens + _SPECIAL_TOKENS,
                return_attention_mask=False,
                return_token_type_ids=False,
                verbose=False,
            )
        ids: list[list[int]] = encoded["input_ids"]
        return ids

    def _decide(self, tokens: list[list[int]]) -> bool:
        """Whether to use bfloat16; a question alone is too small for a trial of it."""
        if self._trials and len(tokens) >= CANDIDATE_BATCH:
            middle = sorted(tokens, key=len)[len(tokens) // 2 :][: CANDIDATE_BATCH // 2]
            on_processor = self._model.device.type == "cpu"
            self._reduced = on_processor and choose_reduced(
                lambda reduced: self._forward(middle, reduced)
            )
            self._trials = 0 if self._reduced or not on_processor else self._trials - 1
        return self._reduced

    def _forward(self, tokens: list[list[int]], reduced: bool) -> Vectors:
        import torch

        with self._lock:
            features = self._tokenizer.pad({"input_ids": tokens}, return_tensors="pt")
        device = self._model.device
        features = {name: tensor.to(device) for name, tensor in features.items()}
        with (
            torch.inference_mode(),
            torch.autocast(device.type, dtype=torch.bfloat16, enabled=reduced),
        ):
            pooled = self._model(features)["sentence_embedding"].float()
        unit = torch.nn.functional.normalize(pooled, dim=1)
        result: Vectors = unit.cpu().numpy()
        return result


def batches(lengths: list[int], budget: int) -> list[list[int]]:
    """Group positions by length, longest first, so that a padded group stays within ``budget``.

    A single text longer than the budget makes a group of its own.
    """
    groups: list[list[int]] = []
    width = 0
    for index in sorted(range(len(lengths)), key=lambda position: -lengths[position]):
        if not groups or width * (len(groups[-1]) + 1) > budget:
            groups.append([])
            width = max(lengths[index], 1)
        groups[-1].append(index)
    return groups


def _load_model(found: ModelFolder, threads: int) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    if threads:
        torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        model = SentenceTransformer(
            str(found.folder), device=device, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # whatever a broken model folder makes the libraries raise
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise EmbedderError(
            f"cannot load the embedding model in {found.folder} ({reason}): use another"
        ) from error
    if not getattr(model.tokenizer, "is_fast", False):
        raise EmbedderError(
            f"the model in {found.folder} has no fast tokenizer, which gives the place of each "
            f"token: use another"
        )
    return model.eval()


def _check_unit(vectors: Vectors) -> None:
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.all(np.abs(lengths - 1.0) <= UNIT_TOLERANCE):  # also false for NaN
        raise EmbedderError(
            "the embedding model returned vectors that are not of length 1: it is damaged"
        )
