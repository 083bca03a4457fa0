"""A larger writer behind the same proof, tested with a tiny model made on the spot."""

import threading
from pathlib import Path

import pytest

from ingest.weights import bundled_folder
from rag.errors import ModelError
from rag.language_model import LanguageModelGenerator, checked
from tests.rag.passages import make_evidence, make_hit

TEXT = "Intro. Staff receive 26 days of paid leave a year. Unused days lapse in March."
TEMPLATE = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)


@pytest.fixture(scope="module")
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
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def test_babble_is_streamed_but_never_becomes_the_answer(tiny_model: Path) -> None:
    """A model that writes nonsense is shown writing; the answer is the verbatim evidence."""
    evidence = [make_evidence(make_hit(TEXT), "26 days")]
    generator = LanguageModelGenerator(str(tiny_model), max_new_tokens=12)

    drafts = list(generator.write("How many days of leave?", evidence, threading.Event()))

    assert len(drafts) > 2
    assert all(not draft.statements for draft in drafts[:-1])
    assert [s.text for s in drafts[-1].statements] == [
        "26 days",
        "Staff receive 26 days of paid leave a year.",
    ]


def test_same_seed_writes_the_same_words(tiny_model: Path) -> None:
    """Sampling is reproducible."""
    evidence = [make_evidence(make_hit(TEXT), "26 days")]

    def written(seed: int) -> str:
        generator = LanguageModelGenerator(str(tiny_model), 12, temperature=1.0, seed=seed)
        return list(generator.write("How many days?", evidence, threading.Event()))[-2].text

    assert written(1) == written(1)
    assert written(1) != written(2)


def test_closing_the_stream_stops_the_model(tiny_model: Path) -> None:
    """The stop button ends generation long before its bound."""
    evidence = [make_evidence(make_hit(TEXT), "26 days")]
    generator = LanguageModelGenerator(str(tiny_model), max_new_tokens=100_000)
    before = threading.active_count()
    drafts = generator.write("How many days?", evidence, threading.Event())

    next(drafts)
    drafts.close()

    assert threading.active_count() <= before


def test_only_sentences_that_their_passages_bear_are_kept() -> None:
    """Invented numbers, missing and impossible citations are dropped; quotes are verbatim."""
    hit = make_hit(TEXT, start=50)
    shown = [make_evidence(hit, "26 days")]
    text = (
        "Staff receive 26 days of paid leave [1]. Staff receive 30 days of paid leave [1]. "
        "Unused days lapse in March [7]. Unused days lapse in March."
    )

    (statement,) = checked(text, "How many days of leave?", shown)

    assert statement.text == "Staff receive 26 days of paid leave."
    quote = statement.quotes[0]
    assert TEXT[quote.start - 50 : quote.end - 50] == "Staff receive 26 days of paid leave a year."


def test_model_that_is_not_here_is_a_clear_error() -> None:
    """Nothing is downloaded: a name that is not on this machine says what to give."""
    generator = LanguageModelGenerator("nobody/no-such-model")
    evidence = [make_evidence(make_hit(TEXT), "26 days")]

    with pytest.raises(ModelError, match="cannot be loaded from this machine .* give the folder"):
        list(generator.write("How many days?", evidence, threading.Event()))
