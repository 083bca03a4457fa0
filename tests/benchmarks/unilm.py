"""One trunk that reads the source and writes the sentence, by a mask (UniLM, Dong et al. 2019).

It reads ``[CLS] question [SEP] answer [SEP] evidence [SEP] sentence [SEP]``: a token of the source
sees the source, one of the sentence sees the source and the sentence to its left. All of the trunk
is trained, so it is the reader's no longer, and would be stored a second time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from rag.models import WriterOutput
from rag.models.encoding import Pair, pad
from rag.reader import Reader
from rag.training.loop import Schedule
from rag.training.sentences import Sentence
from rag.training.writing import Lesson, WriterTask


@dataclass(frozen=True, slots=True)
class Prefix:
    """A source as the trunk takes it, each (1, length); ``ids`` are its tokens but -1 at marks."""

    tokens: Tensor
    types: Tensor
    ids: Tensor


class PrefixReader(Reader):
    """A reader that hands the source over as tokens, since the writer itself reads them."""

    def source(self, pair: Pair) -> Prefix:  # type: ignore[override]
        """Return the source of a pair, a batch of one."""
        tokens, _, types = (torch.from_numpy(part) for part in pad(self._encoder.encode([pair])))
        marks = torch.isin(tokens, torch.tensor(self.special_ids))
        return Prefix(tokens, types, tokens.masked_fill(marks, -1))


class PrefixModel(nn.Module):
    """The trunk, a small transform and a bias, with the word embeddings at both ends.

    ``free`` (vocabulary,) is as in the writer's network, in whose place it can be set.
    """

    def __init__(self, trunk: Any, free: Tensor) -> None:
        super().__init__()
        size = trunk.config.hidden_size
        self.trunk = trunk
        self.narrow = nn.Linear(size, size)
        nn.init.normal_(self.narrow.weight, std=trunk.config.initializer_range)
        nn.init.zeros_(self.narrow.bias)
        self.bias = nn.Parameter(torch.zeros(len(free)))
        self.register_buffer("free", free)

    def hidden(self, tokens: Tensor, types: Tensor, sources: Tensor) -> Tensor:
        """Return vectors (batch, length, size); ``sources`` (batch,) counts the source's tokens."""
        mask = prefix_mask(sources, tokens.shape[1])
        output = self.trunk(input_ids=tokens, token_type_ids=types, attention_mask=mask)
        vectors: Tensor = output.last_hidden_state
        return vectors

    def scores(self, hidden: Tensor) -> Tensor:
        """Return the log-chances (…, vocabulary) of the token after each vector (…, size)."""
        words = self.trunk.embeddings.word_embeddings.weight
        logits = functional.gelu(self.narrow(hidden)) @ words.T
        return torch.log_softmax(logits.float() + self.bias, -1)

    def forward(self, inputs: Tensor, source: Prefix, past: Tensor | None = None) -> WriterOutput:
        """Score the token after each of ``inputs`` (1, length); ``past`` are the inputs before.

        The very first input, [CLS], is not read: the [SEP] that closes the source is in its place.
        Nothing is kept from one step to the next but the tokens.
        """
        told = inputs if past is None else torch.cat([past, inputs], 1)
        tokens = torch.cat([source.tokens, told[:, 1:]], 1)
        types = functional.pad(source.types, (0, told.shape[1] - 1))
        hidden = self.hidden(tokens, types, torch.tensor([source.tokens.shape[1]]))
        return WriterOutput(scores=self.scores(hidden[:, -inputs.shape[1] :]), past=told)


class PrefixTask(WriterTask):
    """The same lessons in the same batches, learned by the trunk itself."""

    def __init__(self, reader: Path, sentences: Sequence[Sentence], schedule: Schedule) -> None:
        """Start from the reader's trunk."""
        super().__init__(reader, sentences, schedule, layers=1, copying=False)
        self.model = PrefixModel(self._trunk, self.model.free)

    def loss(self, batch: Sequence[Lesson], device: torch.device) -> Tensor:
        """Return the mean negative log-chance of the sentences' tokens."""
        told = [replace(one.pair, ids=[*one.pair.ids, *one.ids[:-1]]) for one in batch]
        tokens, _, types = (torch.from_numpy(part).to(device) for part in pad(told))
        labels = torch.full_like(tokens, -100)
        for row, one in enumerate(batch):
            labels[row, len(one.pair.ids) - 1 : len(told[row].ids)] = torch.tensor(one.ids)
        sources = torch.tensor([len(one.pair.ids) for one in batch], device=device)
        counted = labels >= 0
        scores = self.model.scores(self.model.hidden(tokens, types, sources)[counted])
        return functional.nll_loss(scores, labels[counted])


def prefix_mask(sources: Tensor, length: int) -> Tensor:
    """Return what is added to attention, (batch, 1, length, length): 0 where seen, else -inf.

    What pads a row stands after its sentence, where no token of it looks.
    """
    place = torch.arange(length, device=sources.device)
    seen = (place < sources[:, None, None]) | (place <= place[:, None])
    return torch.where(seen, 0.0, -torch.inf).unsqueeze(1)
