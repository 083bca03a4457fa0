"""The reader: which passages answer the question, with which exact words, and what they support.

A passage gets a rank logit and the best spans in it. A span's score is its start and end logits
minus those of [CLS] ("no answer here"), so spans of different passages can be compared.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.precision import processor_has_bfloat16
from rag import models
from rag.errors import ModelError
from rag.models.encoding import EncodedPair, Pair, PairEncoder, pad, token_batches

_BATCH_TOKENS = 1024
_LENGTH_STEP = 32  # CPU kernels are kept for each shape: few shapes need less memory
_LONGEST_SPAN = 64  # tokens
_STARTS = 12  # how many of the best starts and ends are combined


@dataclass(frozen=True, slots=True)
class SpanScore:
    """Characters ``start:end`` of the passage and the score above "no answer here"."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader saw in one passage; ``spans`` best first, none where nothing is markable."""

    rank: float
    spans: tuple[SpanScore, ...]

    @property
    def best(self) -> float:
        """The best span's score; minus infinity where there is no span."""
        return self.spans[0].score if self.spans else float("-inf")


class Reader:
    """Scores question and passage pairs with the network; safe to share between threads."""

    def __init__(self, model: Any, encoder: PairEncoder, reduced: bool | None = None) -> None:
        """Take a model in float32; ``reduced`` says to compute in bfloat16, None: where it pays."""
        self._model, self._encoder = model, encoder
        pays = model.device.type == "cpu" and processor_has_bfloat16()
        self._reduced = pays if reduced is None else reduced
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path) -> "Reader":
        """Load weights from a folder written by ``save_pretrained``; ModelError if it cannot be."""
        from safetensors import SafetensorError

        if not (folder / "model.safetensors").is_file():
            raise ModelError(f"no reader in {folder}: it should hold model.safetensors")
        try:
            model = models.ReaderModel.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            reason = str(error).splitlines()[0]
            raise ModelError(
                f"the reader in {folder} cannot be loaded ({reason}): "
                f"install footnote again, or name another folder in the setting reader"
            ) from error
        return cls(model.float().eval(), PairEncoder.from_folder(folder))

    def read(self, pairs: Sequence[Pair], spans: int = 3) -> list[Reading]:
        """Read each pair; results in the order given. Identical pairs are computed once."""
        if not pairs:
            return []
        distinct = list(dict.fromkeys(pairs))
        encoded = self._encoder.encode(distinct)
        readings: dict[Pair, Reading] = {}
        for group in token_batches([len(pair.ids) for pair in encoded], _BATCH_TOKENS):
            chosen = [encoded[index] for index in group]
            start, end, rank, _ = self._forward(chosen)
            for row, index in enumerate(group):
                found = best_spans(start[row], end[row], encoded[index], spans)
                readings[distinct[index]] = Reading(float(rank[row]), found)
        return [readings[pair] for pair in pairs]

    def check(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """Return, for each (statement, quote), the logit that the quote supports the statement."""
        if not claims:
            return []
        encoded = self._encoder.encode([Pair(statement, "", quote) for statement, quote in claims])
        logits = [0.0] * len(claims)
        for group in token_batches([len(pair.ids) for pair in encoded], _BATCH_TOKENS):
            _, _, _, check = self._forward([encoded[index] for index in group])
            for row, index in enumerate(group):
                logits[index] = float(check[row])
        return logits

    @property
    def tokenizer(self) -> Any:
        """The tokenizer of the network."""
        return self._encoder.tokenizer

    @property
    def special_ids(self) -> tuple[int, int]:
        """The ids of [CLS] and [SEP], with which a written sentence begins and ends."""
        return self._encoder.special_ids

    def source(self, pair: Pair) -> "models.Source":
        """Return what the trunk makes of a pair, for a writer; a batch of one, in float32."""
        import torch

        ids, mask, types = (torch.from_numpy(part) for part in pad(self._encoder.encode([pair])))
        with self._lock, torch.inference_mode():
            return models.source_of(self._model.bert, ids, mask, types, self.special_ids)

    def _forward(self, pairs: Sequence[EncodedPair]) -> tuple[npt.NDArray[np.float32], ...]:
        """Return the logits: start and end (batch, length), rank and check (batch,)."""
        import torch

        ids, mask, types = (torch.from_numpy(part) for part in pad(pairs, _LENGTH_STEP))
        device = self._model.device
        autocast = torch.autocast(device.type, torch.bfloat16, enabled=self._reduced)
        with self._lock, torch.inference_mode(), autocast:
            output = self._model(ids.to(device), mask.to(device), types.to(device))
        parts = (output.start, output.end, output.rank, output.check)
        return tuple(part.float().cpu().numpy() for part in parts)


def best_spans(
    start: npt.NDArray[np.float32], end: npt.NDArray[np.float32], pair: EncodedPair, count: int
) -> tuple[SpanScore, ...]:
    """Return the ``count`` best spans that do not overlap, best first.

    ``start`` and ``end`` are one row of logits (length,). Only the best starts and ends are
    combined, spans end after they start and hold at most 64 tokens.
    """
    first, last = pair.first, pair.first + len(pair.offsets)
    if first == last:
        return ()
    null = float(start[0] + end[0])
    starts = first + np.argsort(-start[first:last])[:_STARTS]
    ends = first + np.argsort(-end[first:last])[:_STARTS]
    candidates = sorted(
        (
            (float(start[s] + end[e]) - null, int(s), int(e))
            for s in starts
            for e in ends
            if s <= e < s + _LONGEST_SPAN
        ),
        reverse=True,
    )
    chosen: list[tuple[float, int, int]] = []
    for score, s, e in candidates:
        if all(e < other_s or s > other_e for _, other_s, other_e in chosen):
            chosen.append((score, s, e))
        if len(chosen) == count:
            break
    offsets = pair.offsets
    return tuple(
        SpanScore(offsets[s - first][0], offsets[e - first][1], score) for score, s, e in chosen
    )
