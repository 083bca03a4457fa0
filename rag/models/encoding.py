"""How a question and a passage become the reader's input; the same at training and at answering."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tokenizers import Tokenizer

QUESTION_TOKENS = 64
HEADING_TOKENS = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, the heading its passage stands under, and the passage."""

    question: str
    heading: str
    passage: str


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """Token ids of ``[CLS] question [SEP] heading [SEP] passage [SEP]``.

    ``first`` is the position of the first passage token; ``offsets`` the character range in the
    passage of each passage token.
    """

    ids: list[int]
    first: int
    offsets: list[tuple[int, int]]


class PairEncoder:
    """Encodes pairs with a WordPiece tokenizer; questions and headings are cut, passages are not.

    ``max_length`` bounds the whole input: a longer passage loses its end (chunks of a library are
    far below it). ``special_ids`` are those of [CLS] and [SEP].
    """

    def __init__(self, tokenizer: "Tokenizer", max_length: int = 384) -> None:
        self.tokenizer = tokenizer
        self.special_ids = (_special(tokenizer, "[CLS]"), _special(tokenizer, "[SEP]"))
        self._max_length = max_length

    @classmethod
    def from_folder(cls, folder: Path, max_length: int = 384) -> "PairEncoder":
        """Read ``folder/tokenizer.json``."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(tokenizer, max_length)

    def encode(self, pairs: Sequence[Pair]) -> list[EncodedPair]:
        """Encode pairs in their order; each distinct text is tokenised once."""
        texts = list({t: None for p in pairs for t in (p.question, p.heading, p.passage)})
        encoded = self.tokenizer.encode_batch(texts, add_special_tokens=False)
        tokens = dict(zip(texts, encoded, strict=True))
        return [
            self._join(tokens[p.question].ids, tokens[p.heading].ids, tokens[p.passage])
            for p in pairs
        ]

    def _join(self, question: list[int], heading: list[int], passage: object) -> EncodedPair:
        cls, sep = self.special_ids
        head = [cls, *question[:QUESTION_TOKENS], sep]
        if heading:
            head += [*heading[:HEADING_TOKENS], sep]
        room = self._max_length - len(head) - 1
        ids, offsets = passage.ids[:room], passage.offsets[:room]  # type: ignore[attr-defined]
        return EncodedPair([*head, *ids, sep], len(head), offsets)


def _special(tokenizer: "Tokenizer", name: str) -> int:
    token = tokenizer.token_to_id(name)
    if token is None:
        raise ValueError(f"the tokenizer has no {name} token: it is not a BERT tokenizer")
    return int(token)


Batch = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]


def pad(pairs: Sequence[EncodedPair], multiple: int = 1) -> Batch:
    """Stack pairs into ``(input_ids, attention_mask, token_type_ids)``, each (batch, length).

    The length is that of the longest pair, rounded up to a multiple. Only passage tokens have type
    1; the closing [SEP] does not, so that no span can include it.
    """
    longest = max(len(pair.ids) for pair in pairs)
    shape = (len(pairs), -(-longest // multiple) * multiple)
    ids, mask, types = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = pair.ids
        mask[row, : len(pair.ids)] = 1
        types[row, pair.first : pair.first + len(pair.offsets)] = 1
    return ids, mask, types


def token_batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Group indices by length, so that each group holds at most ``budget`` tokens with padding."""
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not batches or (len(batches[-1]) + 1) * lengths[index] > budget:
            batches.append([])
        batches[-1].append(index)
    return batches
