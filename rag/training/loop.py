"""The training loop: resumable, bounded in steps and in minutes, logged as a curve.

AdamW with a rate that warms up and then falls linearly to zero; progress is the larger of the share
of examples seen and the share of the minutes spent, so a slow machine still ends with a finished
schedule. bfloat16 autocast on machines with the instructions for it; no dropout (a pass or two
over the data does not overfit, and random masks cost a third of the time on a CPU).
"""

import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from ingest.precision import processor_has_bfloat16
from rag.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint

if TYPE_CHECKING:
    import torch

BLOCK = 1600  # lessons that are varied, encoded and sorted by length together


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to train. ``minutes`` bounds the whole run, resumed parts included.

    ``batch_tokens`` bounds a batch in tokens with padding; on a GPU ``cuda_batch_tokens`` does.
    """

    epochs: float = 2.0
    minutes: float = 140.0
    rate: float = 1.7e-4
    warmup: float = 0.04
    batch_tokens: int = 4000
    cuda_batch_tokens: int = 16_000
    max_length: int = 288
    save_minutes: float = 5.0
    seed: int = 0

    def factor(self, progress: float) -> float:
        """Return the share of the full rate at ``progress`` between 0 and 1."""
        if progress < self.warmup:
            return progress / self.warmup
        return max(0.0, (1 - progress) / (1 - self.warmup))


Report = Callable[[dict[str, float]], None]
L = TypeVar("L")
B = TypeVar("B", bound=Sized)


class Task(Protocol[L, B]):
    """A network and what it learns: ``count`` lessons L, trained in batches B."""

    model: Any
    count: int

    def lesson(self, index: int, rng: random.Random) -> L:
        """Return one lesson, varied by chance where that helps."""
        ...

    def batches(self, block: Sequence[L], budget: int, rng: random.Random) -> list[B]:
        """Group lessons into batches of at most ``budget`` tokens with padding."""
        ...

    def loss(self, batch: B, device: "torch.device") -> "torch.Tensor":
        """Return the loss of a batch."""
        ...


def blocks(task: Task[L, B], epoch: int, seed: int) -> Iterator[list[L]]:
    """Yield one epoch's lessons, shuffled and varied, in blocks; the same for the same seed."""
    rng = random.Random(f"{seed}-{epoch}")
    order = list(range(task.count))
    rng.shuffle(order)
    for begin in range(0, len(order), BLOCK):
        rng_block = random.Random(f"{seed}-{epoch}-{begin}")
        yield [task.lesson(index, rng_block) for index in order[begin : begin + BLOCK]]


def optimizer_for(model: Any, rate: float) -> "torch.optim.AdamW":
    """AdamW; no weight decay on biases and normalisation."""
    import torch

    trained = [p for p in model.parameters() if p.requires_grad]
    decayed = [p for p in trained if p.ndim > 1]
    plain = [p for p in trained if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, fused=True)


class Trainer(Generic[L, B]):
    """Trains in ``folder``; a second run with the same folder goes on where it stopped."""

    def __init__(
        self,
        folder: Path,
        task: Task[L, B],
        schedule: Schedule,
        evaluate: Callable[[Any], dict[str, float]],
    ) -> None:
        import torch

        self.folder, self.schedule = folder, schedule
        self._task, self._evaluate = task, evaluate
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._bf16 = _has_bf16(self._device)
        cuda = self._device.type == "cuda"
        self._batch_tokens = schedule.cuda_batch_tokens if cuda else schedule.batch_tokens
        self.model = task.model.to(self._device)
        self._optimizer = optimizer_for(self.model, schedule.rate)
        self.state = load_checkpoint(folder, self.model, self._optimizer) or Checkpoint()

    def run(self, report: Report) -> Any:
        """Train to the end of the schedule and return the model; ``report`` gets each log line."""
        saved = begun = time.monotonic()
        spent = self.state.seconds
        self.model.train()
        for block in self._remaining():
            loss = self._train_block(block, begun, spent, report)
            now = time.monotonic()
            self.state = Checkpoint(self.state.blocks + 1, spent + now - begun)
            done = self._progress() >= 1
            if done or now - saved > 60 * self.schedule.save_minutes:
                self._save(loss, report)
                saved = time.monotonic()
            if done:
                break
        return self.model.eval()

    def _remaining(self) -> Iterator[list[L]]:
        count = 0
        for epoch in range(math.ceil(self.schedule.epochs)):
            for block in blocks(self._task, epoch, self.schedule.seed):
                if count >= self.state.blocks:
                    yield block
                count += 1

    def _progress(self, extra: float = 0.0, seconds: float | None = None) -> float:
        total = self.schedule.epochs * math.ceil(self._task.count / BLOCK)
        spent = self.state.seconds if seconds is None else seconds
        return max((self.state.blocks + extra) / total, spent / (60 * self.schedule.minutes))

    def _train_block(self, block: list[L], begun: float, spent: float, report: Report) -> float:
        rng = random.Random(self.state.blocks)
        groups = self._task.batches(block, self._batch_tokens, rng)
        losses = []
        for number, batch in enumerate(groups):
            seconds = spent + time.monotonic() - begun
            progress = self._progress(number / len(groups), seconds)
            losses.append(self._step(batch, self.schedule.factor(min(1.0, progress))))
            seen = self.state.blocks * BLOCK + sum(map(len, groups[: number + 1]))
            report({"progress": progress, "seen": seen, "loss": losses[-1], "seconds": seconds})
        return sum(losses) / max(1, len(losses))

    def _step(self, batch: B, factor: float) -> float:
        import torch

        for group in self._optimizer.param_groups:
            group["lr"] = self.schedule.rate * factor
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._bf16):
            loss: Any = self._task.loss(batch, self._device)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return float(loss.detach())

    def _save(self, loss: float, report: Report) -> None:
        self.model.eval()
        figures = {"loss": loss, **self._evaluate(self.model)}
        self.model.train()
        save_checkpoint(self.folder, self.model, self._optimizer, self.state)
        line = {**asdict(self.state), "progress": self._progress(), **figures}
        with open(self.folder / "curve.jsonl", "a", encoding="utf-8") as curve:
            curve.write(json.dumps(line) + "\n")
        report({**line, "saved": 1.0})


def _has_bf16(device: "torch.device") -> bool:
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return processor_has_bfloat16()
