"""The reader: one BERT trunk that marks answer spans and judges whether a passage answers.

Input is ``[CLS] question [SEP] context text [SEP]``. The span head gives a start and an end logit
to every token; the [CLS] token stands for "no answer in this passage", as in SQuAD 2.0 (Devlin et
al. 2019, section 4.3), so a span's score minus the [CLS] score can be compared across passages.
The rank head turns the [CLS] vector into one logit: does this passage answer this question?
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel, BertPreTrainedModel
from transformers.utils import ModelOutput


class ReaderConfig(BertConfig):  # type: ignore[misc]
    """A BERT configuration and the weight of the rank loss beside the span loss."""

    model_type = "footnote-reader"

    def __init__(self, rank_loss_weight: float = 0.5, **values: object) -> None:
        super().__init__(**values)
        self.rank_loss_weight = rank_loss_weight


@dataclass
class ReaderOutput(ModelOutput):  # type: ignore[misc]
    """Logits in float32: ``start`` and ``end`` (batch, length), ``rank`` (batch,)."""

    loss: Tensor | None = None
    start: Tensor | None = None
    end: Tensor | None = None
    rank: Tensor | None = None


class ReaderModel(BertPreTrainedModel):  # type: ignore[misc]
    """A BERT encoder with a span head and a rank head."""

    config_class = ReaderConfig
    base_model_prefix = "bert"

    def __init__(self, config: ReaderConfig) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.span = nn.Linear(config.hidden_size, 2)
        self.rank_inner = nn.Linear(config.hidden_size, config.hidden_size)
        self.rank_outer = nn.Linear(config.hidden_size, 1)
        self.post_init()

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        starts: Tensor | None = None,
        ends: Tensor | None = None,
        relevant: Tensor | None = None,
    ) -> ReaderOutput:
        """Score every token and every passage.

        Only tokens of the passage (``token_type_ids`` 1) and [CLS] can bear a span; others have
        logit -inf. Targets: ``starts`` and ``ends`` (batch,) are token positions, 0 for "no
        answer", -100 where the span is unknown; ``relevant`` (batch,) is 0.0 or 1.0.
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
        loss = None
        if starts is not None and ends is not None and relevant is not None:
            loss = self._loss(start, end, rank, starts, ends, relevant)
        return ReaderOutput(loss=loss, start=start, end=end, rank=rank)

    def _loss(
        self,
        start: Tensor,
        end: Tensor,
        rank: Tensor,
        starts: Tensor,
        ends: Tensor,
        relevant: Tensor,
    ) -> Tensor:
        known = (starts >= 0).sum().clamp(min=1)
        spans = functional.cross_entropy(start, starts, reduction="sum")
        spans = spans + functional.cross_entropy(end, ends, reduction="sum")
        ranking = functional.binary_cross_entropy_with_logits(rank, relevant)
        loss: Tensor = spans / (2 * known) + self.config.rank_loss_weight * ranking
        return loss
