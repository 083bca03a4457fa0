"""Writes with the network of our own: answers as full sentences, follow-ups that stand alone."""

import json
import re
import threading
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag import models
from rag.errors import ModelError
from rag.models.encoding import Pair
from rag.reader import Reader
from rag.surface import spelled
from rag.types import Turn

if TYPE_CHECKING:
    import torch

MOST_TOKENS = 64
_STEM = 4  # letters that the forms of a word share
_FUNCTION = frozenset(
    "a an the this that these those of in on at by for from to with into onto about as than then "
    "and or but so if when where while because since until after before during between among over "
    "under through against within without around near is are was were be been being am has have "
    "had having do does did done can could may might must will would shall should it its he his "
    "him she her they their them there who whom whose which what how why also only".split()
)
_TURNS = 3  # of a conversation, the latest
_LONGEST_TURN = 200  # characters of its question, and of its answer


class Writer:
    """Turns a question, an answer and its evidence into one sentence; safe between threads.

    Greedy, so the same input gives the same words. What does not stand in the source may only be a
    function word, or another form of a word of the source: nothing can be invented, numbers and
    names least of all.
    """

    def __init__(self, model: Any, reader: Reader) -> None:
        self._model, self._reader = model, reader
        self._lock = threading.Lock()
        self._forms: dict[str, list[int]] = defaultdict(list)
        self._function: list[int] = []
        for token in model.free.nonzero().flatten().tolist():
            word = reader.tokenizer.id_to_token(token)
            if word in _FUNCTION or not word.isalpha():
                self._function.append(token)
            else:
                self._forms[word[:_STEM]].append(token)

    @classmethod
    def load(cls, folder: Path, reader: Reader) -> "Writer":
        """Load weights from a folder written by ``save_pretrained``; ModelError if it cannot be."""
        from safetensors import SafetensorError

        try:
            model = models.WriterModel.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"the writer in {folder} cannot be loaded ({str(error).splitlines()[0]}): "
                f"train it again, or set another generator"
            ) from error
        return cls(model.float().eval(), reader)

    def write(self, question: str, answer: str, evidence: str) -> str:
        """Return a sentence that answers, or nothing where none ended in 64 word pieces."""
        ids = self._ids(Pair(question, answer, evidence))
        if ids is None:
            return ""
        free = self._model.free
        return spelled(
            ids, self._reader.tokenizer, (answer, evidence, question), lambda i: bool(free[i])
        )

    def rewrite(self, question: str, history: Sequence[Turn]) -> str:
        """Return a follow-up as a question that stands alone; nothing where none ended."""
        said = conversation(history)
        ids = self._ids(Pair(question, "", said))
        if ids is None:
            return ""
        return spelled(ids, self._reader.tokenizer, (question, said), lambda i: False)

    def _ids(self, pair: Pair) -> list[int] | None:
        import torch

        written: list[int] = []
        with self._lock, torch.inference_mode():
            source = self._reader.source(pair)
            start, end = self._reader.special_ids
            allowed = self._allowed(source.ids, f"{pair.question} {pair.heading} {pair.passage}")
            allowed[end] = True
            past, token = None, start
            for _ in range(MOST_TOKENS):
                output = self._model(torch.tensor([[token]]), source, past=past)
                past = output.past
                token = int(output.scores[0, -1].masked_fill(~allowed, -torch.inf).argmax())
                if token == end:
                    return written
                written.append(token)
        return None

    def _allowed(self, ids: "torch.Tensor", text: str) -> "torch.Tensor":
        import torch

        allowed = torch.zeros_like(self._model.free)
        allowed[ids[ids >= 0]] = True
        allowed[self._function] = True
        for stem in {word[:_STEM] for word in re.findall(r"[a-z]{3,}", text.lower())}:
            allowed[self._forms.get(stem, [])] = True
        return allowed


def is_writer(folder: Path) -> bool:
    """Whether a folder holds weights that ``footnote train writer`` made."""
    try:
        values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return bool(values["model_type"] == "footnote-writer")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def conversation(history: Sequence[Turn]) -> str:
    """Return the latest turns of a conversation as one text, as the writer reads them."""
    turns = [f"{question[:_LONGEST_TURN]} {answer[:_LONGEST_TURN]}" for question, answer in history]
    return " ".join(" ".join(turns[-_TURNS:]).split())
