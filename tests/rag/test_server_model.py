"""A larger writer over HTTP, tested against real processes that speak the protocol."""

import importlib.util
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.config import load_settings
from ingest.pipeline import ingest
from ingest.types import Embedder
from rag import Assistant
from rag.sampling import Sampling
from rag.server_model import ServerGenerator, names_server
from tests.rag.conftest import ScriptedServer
from tests.rag.passages import make_evidence, make_hit

TEXT = "Intro. Staff receive 26 days of paid leave a year. Unused days lapse in March."
EVIDENCE = [make_evidence(make_hit(TEXT, start=50), "26 days")]
QUESTION = "How many days of leave?"
SOON = 20  # seconds; far below the timeouts of the generators here, on a busy machine
needs_serving = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("openai", "accelerate")),
    reason="transformers serve needs its extra: pip install transformers[serving]",
)


def becomes_true(condition: Callable[[], bool]) -> bool:
    """Wait for a condition; False when it takes too long."""
    deadline = time.monotonic() + SOON
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def statements_of(server: ScriptedServer, model: str) -> list[str]:
    """Return the statements that a model of the server ends with."""
    generator = ServerGenerator(server.address, model)
    final = list(generator.write(QUESTION, EVIDENCE, threading.Event()))[-1]
    return [statement.text for statement in final.statements]


@pytest.mark.parametrize(
    ("generator", "expected"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("HTTPS://gpu.example/v1", True),
        ("~/models/http", False),
        ("nobody/no-such-model", False),
    ],
)
def test_only_addresses_name_a_server(generator: str, expected: bool) -> None:
    """Names and folders stay with the models of this machine."""
    assert names_server(generator) is expected


def test_text_grows_as_it_arrives_and_ends_in_checked_statements(
    scripted_server: ScriptedServer,
) -> None:
    """Each draft continues the one before; the last has sentences with exact quotes."""
    generator = ServerGenerator(scripted_server.address, "honest")
    drafts = list(generator.write(QUESTION, EVIDENCE, threading.Event()))

    texts = [draft.text for draft in drafts[:-1]]
    assert len(texts) > 5
    assert all(later.startswith(text) for text, later in zip(texts, texts[1:], strict=False))
    assert texts[-1].endswith("Unused days lapse in March [1].")
    statements = drafts[-1].statements
    assert [statement.text for statement in statements] == [
        "Staff receive 26 days of paid leave.",
        "Unused days lapse in March.",
    ]
    quotes = [quote for statement in statements for quote in statement.quotes]
    assert [TEXT[quote.start - 50 : quote.end - 50] for quote in quotes] == [
        "Staff receive 26 days of paid leave a year.",
        "Unused days lapse in March.",
    ]


def test_invented_facts_never_reach_the_answer(scripted_server: ScriptedServer) -> None:
    """A sentence with a fact from nowhere is dropped; if none is left, the evidence speaks."""
    assert statements_of(scripted_server, "inventing") == ["Staff receive 26 days of paid leave."]
    assert statements_of(scripted_server, "lying") == [
        "26 days",
        "Staff receive 26 days of paid leave a year.",
    ]


def test_thoughts_of_a_reasoning_model_are_left_out(scripted_server: ScriptedServer) -> None:
    """They are not even shown while they are written."""
    generator = ServerGenerator(scripted_server.address, "thinking")
    drafts = list(generator.write(QUESTION, EVIDENCE, threading.Event()))

    assert not any("30" in draft.text or "think" in draft.text for draft in drafts)
    assert drafts[-1].text == "Staff receive 26 days of leave."


def test_answer_is_there_once_the_server_says_so(scripted_server: ScriptedServer) -> None:
    """A server that keeps the connection open after its last word is not waited for."""
    begin = time.monotonic()

    assert statements_of(scripted_server, "lingering") == ["Staff receive 26 days of paid leave."]
    assert time.monotonic() - begin < SOON


def test_request_holds_the_settings_and_the_passages(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only model is found; the proxies of the environment are passed by."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    sampling = Sampling(max_new_tokens=77, temperature=0.4, top_p=0.9, seed=5)
    generator = ServerGenerator(f"{scripted_server.root}/one/v1/", sampling=sampling)
    list(generator.write(QUESTION, EVIDENCE, threading.Event()))

    seen = scripted_server.asked()
    messages = seen["asked"].pop("messages")
    assert seen == {
        "path": "/one/v1/chat/completions",
        "key": "",
        "asked": {
            "model": "honest",
            "stream": True,
            "temperature": 0.4,
            "top_p": 0.9,
            "seed": 5,
            "max_tokens": 77,
        },
    }
    assert [message["role"] for message in messages] == ["system", "user"]
    assert TEXT in messages[1]["content"] and QUESTION in messages[1]["content"]


@pytest.mark.parametrize("model", ["mute", "stalling", "endless"])
def test_stop_closes_the_connection_at_once(scripted_server: ScriptedServer, model: str) -> None:
    """Before the first piece, between two pieces and amid them, long before any timeout."""
    generator = ServerGenerator(scripted_server.address, model, timeout=600)
    stop, closed = threading.Event(), scripted_server.closed().count(model)
    asked = scripted_server.count(model)
    writing = threading.Thread(
        target=lambda: list(generator.write(QUESTION, EVIDENCE, stop)), daemon=True
    )
    writing.start()
    assert becomes_true(lambda: scripted_server.count(model) > asked)

    stop.set()
    writing.join(SOON)

    assert not writing.is_alive()
    assert becomes_true(lambda: scripted_server.closed().count(model) > closed)


def test_closing_the_drafts_closes_the_connection(scripted_server: ScriptedServer) -> None:
    """Nobody who stops reading leaves a server writing, or a thread behind."""
    before = scripted_server.closed().count("endless")
    threads = threading.active_count()
    generator = ServerGenerator(scripted_server.address, "endless", timeout=600)
    drafts = generator.write(QUESTION, EVIDENCE, threading.Event())

    next(drafts)
    drafts.close()

    assert becomes_true(lambda: scripted_server.closed().count("endless") == before + 1)
    assert becomes_true(lambda: threading.active_count() <= threads)


def test_settings_lead_to_the_server_and_to_exact_citations(
    scripted_server: ScriptedServer,
    embedder: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From the environment to the answer: found, read, written elsewhere, checked and cited."""
    folder, library = tmp_path / "folder", tmp_path / "library"
    folder.mkdir()
    (folder / "leave.md").write_text(f"# Leave\n\n{TEXT}\n")
    ingest(folder, library, load_settings(library=library), embedder)
    monkeypatch.setenv("FOOTNOTE_GENERATOR", scripted_server.address)
    monkeypatch.setenv("FOOTNOTE_GENERATOR_MODEL", "guarded")
    monkeypatch.setenv("FOOTNOTE_GENERATOR_KEY", "sesame")
    monkeypatch.setenv("FOOTNOTE_TOP_P", "0.8")

    with Assistant.open(library, threshold=0.0) as assistant:
        answer = assistant.answer("How many days of paid leave do staff receive?")
        text = assistant.library.text("leave.md")

    assert answer.text == "Staff receive 26 days of paid leave. [1]"
    (citation,) = answer.citations
    assert citation.quote == "Staff receive 26 days of paid leave a year."
    assert citation.quote == text[citation.start : citation.end]
    seen = scripted_server.asked()
    assert (seen["key"], seen["asked"]["top_p"]) == ("Bearer sesame", 0.8)
    assert "sesame" not in repr(assistant.settings)


@pytest.fixture
def transformers_server(tiny_model: Path) -> Iterator[str]:
    """Run ``transformers serve`` on a model with random weights, and return its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    main = "from transformers.cli.transformers import main; main()"
    options = ["--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-c", main, "serve", str(tiny_model), *options]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command) as process:
        try:
            wait_for_health(address, process)
            yield f"{address}/v1"
        finally:
            process.terminate()


def wait_for_health(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a server says that it is well; raises when it ends or takes minutes."""
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            urllib.request.urlopen(f"{address}/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError("the server did not start")


@needs_serving
def test_a_real_model_server_writes_and_is_checked(
    transformers_server: str, tiny_model: Path
) -> None:
    """``transformers serve`` streams babble by the settings; nothing of it becomes the answer."""

    def written(sampling: Sampling) -> str:
        generator = ServerGenerator(transformers_server, str(tiny_model), sampling=sampling)
        drafts = list(generator.write(QUESTION, EVIDENCE, threading.Event()))
        assert drafts[-1].statements[0].text == "26 days"
        return drafts[-2].text

    first, again, other = (written(Sampling(12, temperature=1.0, seed=n)) for n in (1, 1, 2))
    assert first == again != other
    assert written(Sampling(12, temperature=2.0, top_p=1e-6, seed=1)) == written(Sampling(12))
