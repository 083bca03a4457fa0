"""A larger writer: any Hugging Face causal language model by name or folder."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.generator import Draft
from rag.proof import Message, proven
from rag.sampling import GREEDY, Sampling
from rag.types import Evidence


class LanguageModelGenerator:
    """Writes with a causal language model that lies on this machine; loaded at first use."""

    def __init__(self, name: str, sampling: Sampling = GREEDY) -> None:
        self._name, self._sampling = name, sampling
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def write(
        self, question: str, evidence: Sequence[Evidence], stop: threading.Event
    ) -> Iterator[Draft]:
        """Yield the text as it is written, then the checked statements.

        Raises ModelError when the model cannot be loaded.
        """
        return proven(question, evidence, lambda messages: self._written(messages, stop), stop)

    def _written(self, messages: Sequence[Message], stop: threading.Event) -> Iterator[str]:
        with self._lock:
            yield from self._generate(messages, stop)

    def _generate(self, messages: Sequence[Message], stop: threading.Event) -> Iterator[str]:
        import torch
        from transformers import StoppingCriteria, StoppingCriteriaList, TextIteratorStreamer

        class Stopped(StoppingCriteria):  # type: ignore[misc]
            def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
                return torch.full((len(input_ids),), stop.is_set(), device=input_ids.device)

        tokenizer, model = self._load()
        inputs = _prompt(tokenizer, messages).to(model.device)
        streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        torch.manual_seed(self._sampling.seed)
        options = _options(self._sampling) | {
            "pad_token_id": tokenizer.pad_token_id or tokenizer.eos_token_id,
            "stopping_criteria": StoppingCriteriaList([Stopped()]),
        }
        worker = _Worker(model, streamer, {**inputs, **options})
        worker.start()
        text, ended = "", False
        try:
            for piece in streamer:
                text += piece
                yield text
            ended = True
        finally:
            if not ended:
                stop.set()
            worker.join()
        if worker.error is not None:
            raise ModelError(
                f"the generator {self._name!r} failed ({worker.error}): use another generator"
            ) from worker.error

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            self._loaded = _load_model(self._name)
        return self._loaded


class _Worker(threading.Thread):
    """Generates in the background; the stream ends even when the model fails."""

    def __init__(self, model: Any, streamer: Any, options: dict[str, Any]) -> None:
        super().__init__(daemon=True)
        self._model, self._streamer, self._options = model, streamer, options
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self._model.generate(**self._options, streamer=self._streamer)
        except Exception as error:  # whatever a foreign model raises is told to the user
            self.error = error
            self._streamer.end()


def _load_model(name: str) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = Path(name).expanduser()
    place = str(folder) if folder.exists() else name
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            place, local_files_only=True, trust_remote_code=False
        )
        model = AutoModelForCausalLM.from_pretrained(
            place, local_files_only=True, trust_remote_code=False, use_safetensors=True
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(
            f"the generator {name!r} cannot be loaded from this machine ({reason}): "
            f"give the folder of a Hugging Face causal language model in safetensors"
        ) from error
    return tokenizer, model.eval()


def _options(sampling: Sampling) -> dict[str, Any]:
    options: dict[str, Any] = {"max_new_tokens": sampling.max_new_tokens, "do_sample": False}
    if sampling.temperature > 0:
        options |= {
            "do_sample": True,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
        }
    return options


def _prompt(tokenizer: Any, messages: Sequence[Message]) -> Any:
    if getattr(tokenizer, "chat_template", None):
        turns = [asdict(message) for message in messages]
        return tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
    plain = "\n\n".join(message.content for message in messages)
    return tokenizer(f"{plain}\n\nAnswer:", return_tensors="pt", return_token_type_ids=False)
