"""The reader: one BERT trunk that marks answer spans, judges passages and checks statements.

Input is ``[CLS] question [SEP] context text [SEP]``. The span head gives a start and an end logit
to every token; the [CLS] token stands for "no answer in this passage", as in SQuAD 2.0 (Devlin et
al. 2019, section 4.3), so a span's score minus the [CLS] score can be compared across passages.
The rank head turns the [CLS] vector into one logit: does this passage answer this question? The
check head does so for a statement in the question's place: does this passage support it?
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel, BertPreTrainedModel
from transformers.utils import ModelOutput


class ReaderConfig(BertConfig):  # type: ignore[misc]
    """A BERT configuration and the weights of the rank and check losses beside the span loss."""

    model_type = "footnote-reader"

    def __init__(
        self, rank_loss_weight: float = 0.5, check_loss_weight: float = 0.5, **values: object
    ) -> None:
        super().__init__(**values)
        self.rank_loss_weight = rank_loss_weight
        self.check_loss_weight = check_loss_weight


@dataclass
class ReaderOutput(ModelOutput):  # type: ignore[misc]
    """Logits in float32: ``start``, ``end`` (batch, length); ``rank``, ``check`` (batch,)."""

    loss: Tensor | None = None
    start: Tensor | None = None
    end: Tensor | None = None
    rank: Tensor | None = None
    check: Tensor | None = None


class ReaderModel(BertPreTrainedModel):  # type: ignore[misc]
    """A BERT encoder with a span head, a rank head and a check head."""

    config_class = ReaderConfig
    base_model_prefix = "bert"

    def __init__(self, config: ReaderConfig) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.span = nn.Linear(config.hidden_size, 2)
        self.rank_inner = nn.Linear(config.hidden_size, config.hidden_size)
        self.rank_outer = nn.Linear(config.hidden_size, 1)
        self.check_inner = nn.Linear(config.hidden_size, config.hidden_size)
        self.check_outer = nn.Linear(config.hidden_size, 1)
        self.post_init()

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        starts: Tensor | None = None,
        ends: Tensor | None = None,
        relevant: Tensor | None = None,
        supported: Tensor | None = None,
    ) -> ReaderOutput:
        """Score every token and every passage.

        Only tokens of the passage (``token_type_ids`` 1) and [CLS] can bear a span; others have
        logit -inf. Targets, each (batch,): ``starts`` and ``ends`` are token positions, 0 for "no
        answer", -100 where the span is unknown; ``relevant`` and ``supported`` are 0.0 or 1.0, -1.0
        where unknown. There is a loss when all four are given.
        """
        hidden = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        start, end = self.span(hidden).float().unbind(-1)
        allowed = (token_type_ids == 1) & (attention_mask == 1)
        allowed[:, 0] = True
        start = start.masked_fill(~allowed, float("-inf"))
        end = end.masked_fill(~allowed, float("-inf"))
        rank = self.rank_outer(torch.tanh(self.rank_inner(hidden[:, 0]))).float().squeeze(-1)
        check = self.check_outer(torch.tanh(self.check_inner(hidden[:, 0]))).float().squeeze(-1)
        loss = None
        if starts is not None and ends is not None:
            loss = _span_loss(start, end, starts, ends)
        if loss is not None and relevant is not None and supported is not None:
            loss = loss + self.config.rank_loss_weight * _known_loss(rank, relevant)
            loss = loss + self.config.check_loss_weight * _known_loss(check, supported)
        return ReaderOutput(loss=loss, start=start, end=end, rank=rank, check=check)


def _span_loss(start: Tensor, end: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """Return the mean cross-entropy of the known ends; targets of -100 do not count."""
    known = (starts >= 0).sum().clamp(min=1)
    loss = functional.cross_entropy(start, starts, reduction="sum")
    return (loss + functional.cross_entropy(end, ends, reduction="sum")) / (2 * known)


def _known_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean binary cross-entropy of the labels that are not negative."""
    known = (labels >= 0).float()
    loss = functional.binary_cross_entropy_with_logits(
        logits, labels.clamp(min=0), weight=known, reduction="sum"
    )
    return loss / known.sum().clamp(min=1)
