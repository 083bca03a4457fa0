"""A larger writer: any Hugging Face causal language model by name or folder.

It is shown the passages that the reader trusts and must cite them. Each sentence it writes is held
to the same proof as our own: it must cite a passage shown and its facts must stand there. When no
sentence passes, the verbatim evidence is shown instead.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ingest.sentences import sentence_spans
from rag.citations import cited_numbers, supported, without_marks
from rag.errors import ModelError
from rag.evidence import sentences_of
from rag.generator import Draft, Quote, Statement, compose, kind_of
from rag.prompts import ABSTENTION, PASSAGE, QUESTION, SYSTEM
from rag.types import Evidence

_MOST_PASSAGES = 5


class LanguageModelGenerator:
    """Writes with a causal language model that lies on this machine; loaded at first use."""

    def __init__(
        self, name: str, max_new_tokens: int = 256, temperature: float = 0.0, seed: int = 0
    ) -> None:
        self._name, self._max_new_tokens = name, max_new_tokens
        self._temperature, self._seed = temperature, seed
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def write(
        self, question: str, evidence: Sequence[Evidence], stop: threading.Event
    ) -> Iterator[Draft]:
        """Yield the text as it is written, then the checked statements.

        Raises ModelError when the model cannot be loaded.
        """
        shown = _passages(evidence)
        with self._lock:
            text = ""
            for text in self._generate(_messages(question, shown), stop):
                yield Draft(text)
        if stop.is_set():
            return
        if text.strip().startswith(ABSTENTION.rstrip(".")):
            yield Draft(ABSTENTION)
            return
        statements = checked(text, question, shown) or compose(kind_of(question), evidence)
        yield Draft("\n".join(s.text for s in statements), tuple(statements))

    def _generate(self, messages: list[dict[str, str]], stop: threading.Event) -> Iterator[str]:
        import torch
        from transformers import StoppingCriteria, StoppingCriteriaList, TextIteratorStreamer

        class Stopped(StoppingCriteria):  # type: ignore[misc]
            def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
                return torch.full((len(input_ids),), stop.is_set(), device=input_ids.device)

        tokenizer, model = self._load()
        inputs = _prompt(tokenizer, messages).to(model.device)
        streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        options: dict[str, Any] = {"do_sample": self._temperature > 0}
        if self._temperature > 0:
            options["temperature"] = self._temperature
        torch.manual_seed(self._seed)
        options |= {
            "max_new_tokens": self._max_new_tokens,
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


def _prompt(tokenizer: Any, messages: list[dict[str, str]]) -> Any:
    if getattr(tokenizer, "chat_template", None):
        return tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
    plain = "\n\n".join(message["content"] for message in messages)
    return tokenizer(f"{plain}\n\nAnswer:", return_tensors="pt", return_token_type_ids=False)


def _passages(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Keep the best evidence of each passage, best first."""
    best = {e.hit.passage.row: e for e in reversed(evidence)}
    return sorted(best.values(), key=lambda e: -e.score)[:_MOST_PASSAGES]


def _messages(question: str, shown: Sequence[Evidence]) -> list[dict[str, str]]:
    passages = "\n\n".join(
        PASSAGE.format(number=number, place=e.hit.passage.file, text=e.hit.passage.chunk.text)
        for number, e in enumerate(shown, start=1)
    )
    asked = QUESTION.format(passages=passages, question=question)
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": asked}]


def checked(text: str, question: str, shown: Sequence[Evidence]) -> list[Statement]:
    """Return the sentences of a written text that their cited passages bear, with exact quotes."""
    statements = []
    for span in sentence_spans(text):
        sentence = re.sub(r"\s+", " ", text[span.start : span.end]).strip()
        numbers = cited_numbers(sentence, len(shown))
        plain = without_marks(sentence)
        quotes = tuple(q for n in numbers if (q := _quote(plain, shown[n - 1])))
        texts = [_text(quote) for quote in quotes]
        if plain and quotes and supported(plain, texts, question):
            statements.append(Statement(plain, quotes))
    return statements


def _quote(sentence: str, evidence: Evidence) -> Quote | None:
    """Quote the sentence of the passage that shares most words with the written one."""
    chunk = evidence.hit.passage.chunk
    wanted = set(re.findall(r"\w{3,}", sentence.lower()))

    def shared(text: str) -> int:
        return len(wanted & set(re.findall(r"\w{3,}", text.lower())))

    spans = sentences_of(chunk.text)
    if not spans:
        return None
    best = max(spans, key=lambda span: shared(chunk.text[span.start : span.end]))
    return Quote(evidence.hit, chunk.start + best.start, chunk.start + best.end, evidence.score)


def _text(quote: Quote) -> str:
    chunk = quote.hit.passage.chunk
    return chunk.text[quote.start - chunk.start : quote.end - chunk.start]
