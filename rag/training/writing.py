"""What the writer learns from a sentence: each of its tokens from the source and those before."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag import models
from rag.models.encoding import EncodedPair, Pair, PairEncoder, pad, token_batches
from rag.training.loop import Schedule
from rag.training.sentences import Sentence, free_tokens
from rag.writer import MOST_TOKENS

if TYPE_CHECKING:
    import torch

# Few layers are trained and sentences are short: a higher rate and smaller batches than the reader.
SCHEDULE = Schedule(epochs=3, minutes=30, rate=3e-4, batch_tokens=1500)
LAYERS = 2


@dataclass(frozen=True, slots=True)
class Lesson:
    """The source, and the ids of the sentence's tokens with [SEP] at their end."""

    pair: EncodedPair
    ids: tuple[int, ...]


class WriterTask:
    """The writer and its sentences, as the loop trains them; the reader's trunk stays as it is."""

    def __init__(
        self,
        reader: Path,
        sentences: Sequence[Sentence],
        schedule: Schedule,
        layers: int = LAYERS,
        copying: bool = True,
    ) -> None:
        """Start a decoder of ``layers`` from layers of the reader's trunk."""
        import torch

        torch.manual_seed(schedule.seed)
        self._trunk = models.ReaderModel.from_pretrained(reader).float().eval().bert
        self._encoder = PairEncoder.from_folder(reader, schedule.max_length)
        self._sentences = sentences
        self.count = len(sentences)
        self.model: Any = models.WriterModel(_config(self._trunk.config, layers, copying))
        models.warm_start(self.model, self._trunk)
        free = free_tokens((s.sentence for s in sentences), self._encoder.tokenizer)
        self.model.free[[*sorted(free), self._encoder.special_ids[1]]] = True

    def lesson(self, index: int, rng: random.Random) -> Sentence:
        """Return a sentence as it is."""
        return self._sentences[index]

    def batches(
        self, block: Sequence[Sentence], budget: int, rng: random.Random
    ) -> list[list[Lesson]]:
        """Encode a block and group it into batches of like length, in random order."""
        pairs = self._encoder.encode([Pair(s.question, s.answer, s.evidence) for s in block])
        written = self._encoder.tokenizer.encode_batch(
            [s.sentence for s in block], add_special_tokens=False
        )
        end = self._encoder.special_ids[1]
        lessons = [
            Lesson(pair, (*tokens.ids, end))
            for pair, tokens in zip(pairs, written, strict=True)
            if len(tokens.ids) < MOST_TOKENS
        ]
        groups = token_batches([len(lesson.pair.ids) for lesson in lessons], budget)
        rng.shuffle(groups)
        return [[lessons[index] for index in group] for group in groups]

    def loss(self, batch: Sequence[Lesson], device: "torch.device") -> "torch.Tensor":
        """Return the mean negative log-chance of the tokens."""
        import torch

        padded = pad([one.pair for one in batch])
        ids, mask, types = (torch.from_numpy(part).to(device) for part in padded)
        start, _ = special = self._encoder.special_ids
        with torch.no_grad():
            source = models.source_of(self._trunk.to(device), ids, mask, types, special)
        longest = max(len(one.ids) for one in batch)
        inputs = torch.zeros((len(batch), longest), dtype=torch.long)
        labels = torch.full((len(batch), longest), -100)
        for row, one in enumerate(batch):
            inputs[row, : len(one.ids)] = torch.tensor((start, *one.ids[:-1]))
            labels[row, : len(one.ids)] = torch.tensor(one.ids)
        loss: torch.Tensor = self.model(inputs.to(device), source, labels.to(device)).loss
        return loss


def _config(trunk: Any, layers: int, copying: bool) -> Any:
    """Return the configuration of a decoder of the trunk's width, without dropout."""
    values = trunk.to_dict() | {
        "num_hidden_layers": layers,
        "max_position_embeddings": MOST_TOKENS + 1,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        "copying": copying,
    }
    for name in ("model_type", "architectures", "rank_loss_weight", "check_loss_weight"):
        values.pop(name, None)
    return models.WriterConfig(**values)
