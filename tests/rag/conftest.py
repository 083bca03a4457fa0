"""The models and servers that larger writers are tested with."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.weights import bundled_folder
from tests.rag.towns import write_tiny_reader

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)


@pytest.fixture(scope="session")
def tiny_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an untrained reader of two small layers that never abstains; nobody writes to it."""
    folder = tmp_path_factory.mktemp("tiny-reader")
    write_tiny_reader(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a causal model with random weights, a tokenizer and a chat template."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(bundled_folder() / "tokenizer.json"),
        eos_token="[SEP]",
        pad_token="[PAD]",
    )
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        eos_token_id=None,
        bos_token_id=None,
    )
    model = LlamaForCausalLM(config)
    model.generation_config.do_sample = True
    model.save_pretrained(folder)
    return folder


@dataclass(frozen=True, slots=True)
class ScriptedServer:
    """The address of a running ``tests.rag.scripted_server``."""

    root: str

    @property
    def address(self) -> str:
        """The base of its paths."""
        return f"{self.root}/v1"

    def asked(self) -> dict[str, Any]:
        """Return the path, the key and the body of its last request."""
        last: dict[str, Any] = self._seen()["requests"][-1]
        return last

    def count(self, model: str) -> int:
        """Return how often it was asked for a model."""
        return sum(seen["asked"]["model"] == model for seen in self._seen()["requests"])

    def closed(self) -> list[str]:
        """Return the models whose connection was closed before they had ended."""
        models: list[str] = self._seen()["closed"]
        return models

    def _seen(self) -> dict[str, Any]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.root}/seen", timeout=30) as response:
            seen: dict[str, Any] = json.load(response)
        return seen


@pytest.fixture(scope="session")
def scripted_server() -> Iterator[ScriptedServer]:
    """Run the scripted server in a process of its own."""
    command = [sys.executable, "-m", "tests.rag.scripted_server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield ScriptedServer(process.stdout.readline().strip())
        process.terminate()
