"""What the reader learns from a lesson: the pair it reads, the span, and two judgements."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag import models
from rag.models.encoding import EncodedPair, Pair, PairEncoder, pad, token_batches
from rag.training.claims import Claim
from rag.training.examples import Example, vary
from rag.training.loop import Schedule

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Target:
    """Token positions of the answer (0 = none here, -100 = not marked) and two labels.

    Whether the passage is relevant to a question, whether it supports a statement; -1 = not asked.
    """

    start: int
    end: int
    relevant: float = -1.0
    supported: float = -1.0


Lesson = Example | Claim
Item = tuple[EncodedPair, Target]


class ReaderTask:
    """The reader and its lessons, as the loop trains them."""

    def __init__(self, start: Path, lessons: Sequence[Lesson], schedule: Schedule) -> None:
        """Load the reader in ``start``, in float32 and without dropout."""
        import torch

        torch.manual_seed(schedule.seed)
        self.model: Any = models.ReaderModel.from_pretrained(
            start, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        ).float()
        self.count = len(lessons)
        self._lessons = lessons
        self._encoder = PairEncoder.from_folder(start, schedule.max_length)

    def lesson(self, index: int, rng: random.Random) -> Lesson:
        """Return a lesson, varied."""
        lesson = self._lessons[index]
        return vary(lesson, rng) if isinstance(lesson, Example) else lesson

    def batches(self, block: Sequence[Lesson], budget: int, rng: random.Random) -> list[list[Item]]:
        """Encode a block and group it into batches of like length, in random order."""
        pairs = self._encoder.encode([pair_of(lesson) for lesson in block])
        targets = [target(lesson, pair) for lesson, pair in zip(block, pairs, strict=True)]
        items = [(pair, aim) for pair, aim in zip(pairs, targets, strict=True) if aim is not None]
        groups = token_batches([len(pair.ids) for pair, _ in items], budget)
        rng.shuffle(groups)
        return [[items[index] for index in group] for group in groups]

    def loss(self, batch: Sequence[Item], device: "torch.device") -> "torch.Tensor":
        """Return the loss of a batch."""
        loss: torch.Tensor = self.model(**tensors(batch, device)).loss
        return loss


def pair_of(lesson: Lesson) -> Pair:
    """Return the texts of a lesson as the network reads them."""
    if isinstance(lesson, Claim):
        return Pair(lesson.statement, "", lesson.quote)
    return Pair(lesson.question, lesson.heading, lesson.passage)


def target(lesson: Lesson, pair: EncodedPair) -> Target | None:
    """Return the training target, or None where the encoder cut the answer off."""
    if isinstance(lesson, Claim):
        return Target(-100, -100, supported=float(lesson.supported))
    example = lesson
    if not example.relevant:
        return Target(0, 0, 0.0)
    if example.start is None or example.end is None:
        return Target(-100, -100, 1.0)
    start, end = example.start, example.end
    inside = [i for i, (a, b) in enumerate(pair.offsets) if a < end and b > start]
    if not inside or pair.offsets[inside[-1]][1] < end:
        return None
    return Target(pair.first + inside[0], pair.first + inside[-1], 1.0)


def tensors(batch: Sequence[Item], device: "torch.device") -> dict[str, "torch.Tensor"]:
    """Return the model's keyword arguments for a batch."""
    import torch

    ids, mask, types = (torch.from_numpy(part) for part in pad([pair for pair, _ in batch]))
    aims = [aim for _, aim in batch]
    arguments = {
        "input_ids": ids,
        "attention_mask": mask,
        "token_type_ids": types,
        "starts": torch.tensor([aim.start for aim in aims]),
        "ends": torch.tensor([aim.end for aim in aims]),
        "relevant": torch.tensor([aim.relevant for aim in aims]),
        "supported": torch.tensor([aim.supported for aim in aims]),
    }
    return {name: value.to(device) for name, value in arguments.items()}
