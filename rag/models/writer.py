"""The writer: a small decoder on the reader's trunk that says an answer in a full sentence.

The trunk, as the reader left it, encodes ``[CLS] question [SEP] answer [SEP] evidence [SEP]``. A
BERT decoder of few layers attends to it, warm-started from layers of the trunk (Rothe et al.
2020), and mixes two distributions: one over the vocabulary and one over the tokens of the source,
by a gate (pointer-generator, See et al. 2017). Word embeddings are the trunk's own, so that they
are stored once.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel, BertPreTrainedModel
from transformers.utils import ModelOutput

_LEAST = 1e-9  # a chance below which its logarithm is cut
_NEVER = -1e4  # the log-chance of what cannot be written


class WriterConfig(BertConfig):  # type: ignore[misc]
    """A BERT configuration of the decoder; ``copying`` says whether it has a copy gate."""

    model_type = "footnote-writer"

    def __init__(self, copying: bool = True, **values: object) -> None:
        super().__init__(**values)
        self.copying = copying


@dataclass
class WriterOutput(ModelOutput):  # type: ignore[misc]
    """``loss`` where there were labels; else ``scores``, log-chances (batch, length, vocabulary).

    ``past`` holds the keys and values of what was written so far.
    """

    loss: Tensor | None = None
    scores: Tensor | None = None
    past: object | None = None


@dataclass(frozen=True)
class Source:
    """What is written from: the trunk's ``hidden`` (batch, source, size), its ``mask``.

    ``ids`` (batch, source) are the tokens that may be copied, -1 at others; ``words`` (vocabulary,
    size) the trunk's embeddings.
    """

    hidden: Tensor
    mask: Tensor
    ids: Tensor
    words: Tensor


class WriterModel(BertPreTrainedModel):  # type: ignore[misc]
    """A decoder with cross-attention and a copy gate.

    ``free`` (vocabulary,) marks the tokens that it may write although no source has them: common
    words, never numbers or names. With a copy gate it writes no other ones, and copies the rest.
    """

    config_class = WriterConfig
    base_model_prefix = "decoder"

    def __init__(self, config: WriterConfig) -> None:
        super().__init__(config)
        inner = BertConfig(**{**config.to_dict(), "vocab_size": 1})
        inner.is_decoder = inner.add_cross_attention = True
        size = config.hidden_size
        self.decoder = BertModel(inner, add_pooling_layer=False)
        self.narrow = nn.Linear(size, size)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))
        self.register_buffer("free", torch.zeros(config.vocab_size, dtype=torch.bool))
        if config.copying:
            self.query = nn.Linear(size, size)
            self.key = nn.Linear(size, size)
            self.gate = nn.Linear(2 * size, 1)
        self.post_init()

    def forward(
        self,
        inputs: Tensor,
        source: Source,
        labels: Tensor | None = None,
        past: object | None = None,
    ) -> WriterOutput:
        """Score the token after each of ``inputs`` (batch, length).

        With ``labels`` (batch, length; -100 does not count) only the loss is computed: the mean
        negative log-chance of the labels.
        """
        output = self.decoder(
            inputs_embeds=functional.embedding(inputs, source.words),
            encoder_hidden_states=source.hidden,
            encoder_attention_mask=source.mask,
            past_key_values=past,
            use_cache=labels is None,
        )
        hidden = output.last_hidden_state
        copied = self._copying(hidden, source) if self.config.copying else None
        if labels is not None:
            return WriterOutput(loss=self._loss(hidden, copied, source, labels))
        written = self._written(hidden, source)
        scores = written.new_full((*written.shape[:2], len(self.free)), _NEVER)
        scores[..., self._vocabulary()] = written
        if copied is not None:
            scores = _mixed(scores, copied, source)
        return WriterOutput(scores=scores, past=output.past_key_values)

    def _vocabulary(self) -> Tensor:
        """Return the ids of the tokens that are written rather than copied, (words,)."""
        vocabulary = self.free if self.config.copying else torch.ones_like(self.free)
        return vocabulary.nonzero().flatten()

    def _written(self, hidden: Tensor, source: Source) -> Tensor:
        """Return the log-chances of the vocabulary, (…, words)."""
        chosen = self._vocabulary()
        logits = functional.gelu(self.narrow(hidden)) @ source.words[chosen].T
        return torch.log_softmax(logits.float() + self.bias[chosen], -1)

    def _loss(
        self, hidden: Tensor, copied: tuple[Tensor, Tensor] | None, source: Source, labels: Tensor
    ) -> Tensor:
        """Return the mean negative log-chance of the labels; padding costs nothing."""
        counted = labels >= 0
        aim = labels[counted]
        places = torch.full_like(self.free, -1, dtype=torch.long)
        chosen = self._vocabulary()
        places[chosen] = torch.arange(len(chosen), device=places.device)
        place = places[aim].unsqueeze(-1)
        scores = self._written(hidden[counted], source).gather(-1, place.clamp(min=0))
        scores = scores.masked_fill(place < 0, _NEVER).squeeze(-1)
        if copied is not None:
            where, gate = copied
            same = source.ids.unsqueeze(1) == labels.unsqueeze(-1)
            chance = (where * same).sum(-1)[counted]
            chance = gate[counted] * scores.exp() + (1 - gate[counted]) * chance
            scores = chance.clamp(min=_LEAST).log()
        return -scores.mean()

    def _copying(self, hidden: Tensor, source: Source) -> tuple[Tensor, Tensor]:
        """Return where to copy from (batch, length, source) and the chance not to (…, length)."""
        match = self.query(hidden) @ self.key(source.hidden).transpose(1, 2)
        match = match.float() / hidden.shape[-1] ** 0.5
        places = torch.softmax(match.masked_fill((source.ids < 0).unsqueeze(1), -torch.inf), -1)
        seen = places.to(source.hidden.dtype) @ source.hidden
        gate = torch.sigmoid(self.gate(torch.cat([hidden, seen], -1)).float()).squeeze(-1)
        return places, gate


def _mixed(written: Tensor, copied: tuple[Tensor, Tensor], source: Source) -> Tensor:
    places, gate = copied
    length = written.shape[1]
    ids = source.ids.clamp(min=0).unsqueeze(1).expand(-1, length, -1)
    chances = gate.unsqueeze(-1) * written.exp()
    chances = chances.scatter_add(-1, ids, (1 - gate).unsqueeze(-1) * places)
    return chances.clamp(min=_LEAST).log()


def source_of(
    trunk: BertModel, ids: Tensor, mask: Tensor, types: Tensor, special: tuple[int, int]
) -> Source:
    """Encode pairs with the trunk; ids, mask, types are (batch, source), as ``pad`` makes them."""
    hidden = trunk(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
    plain = (mask == 1) & (ids != special[0]) & (ids != special[1])
    words = trunk.embeddings.word_embeddings.weight.detach()
    return Source(hidden, mask, torch.where(plain, ids, -1), words)


def warm_start(writer: WriterModel, trunk: BertModel) -> None:
    """Copy evenly spread layers of the trunk, its positions and normalisation into the decoder.

    Cross-attention starts as a copy of self-attention.
    """
    count, last = len(writer.decoder.encoder.layer), len(trunk.encoder.layer) - 1
    chosen = [round(last * (i + 1) / count) for i in range(count)]
    for layer, index in zip(writer.decoder.encoder.layer, chosen, strict=True):
        state = trunk.encoder.layer[index].state_dict()
        cross = {
            name.replace("attention.", "crossattention.", 1): value
            for name, value in state.items()
            if name.startswith("attention.")
        }
        layer.load_state_dict({**state, **cross})
    own, theirs = writer.decoder.embeddings, trunk.embeddings
    length = own.position_embeddings.num_embeddings
    own.position_embeddings.weight.data.copy_(theirs.position_embeddings.weight.data[:length])
    own.token_type_embeddings.load_state_dict(theirs.token_type_embeddings.state_dict())
    own.LayerNorm.load_state_dict(theirs.LayerNorm.state_dict())
