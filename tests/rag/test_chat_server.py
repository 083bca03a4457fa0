"""What can go wrong with a server, each seen through a real connection and told in one line."""

import re
import socket
import threading
import time

import pytest

from rag.errors import ModelError
from rag.sampling import Sampling
from rag.server_model import ServerGenerator
from tests.rag.conftest import ScriptedServer
from tests.rag.passages import make_evidence, make_hit

TEXT = "Intro. Staff receive 26 days of paid leave a year. Unused days lapse in March."
EVIDENCE = [make_evidence(make_hit(TEXT), "26 days")]


def error_of(generator: ServerGenerator) -> str:
    """Return the error of a generator that is asked to write, and check that it is one line."""
    with pytest.raises(ModelError) as raised:
        list(generator.write("How many days?", EVIDENCE, threading.Event()))
    message = str(raised.value)
    assert message.isprintable()
    return message


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def test_refused_connection_says_to_start_the_server() -> None:
    """Nothing listens there."""
    address = f"http://127.0.0.1:{free_port()}/v1"

    assert error_of(ServerGenerator(address, "honest")) == (
        f"the server {address} cannot be reached (connection refused): "
        f"start it, or correct the setting generator"
    )


def test_unknown_host_says_so() -> None:
    """A misspelt name is told apart from a server that is not running."""
    message = error_of(ServerGenerator("http://no-such-host.invalid/v1", "honest"))

    assert re.fullmatch(
        r"the server http://no-such-host\.invalid/v1 cannot be reached \(.*name.*\): "
        r"start it, or correct the setting generator",
        message,
        re.IGNORECASE,
    )


def test_https_to_a_server_without_it_is_no_mystery(scripted_server: ScriptedServer) -> None:
    """The reason of the handshake is told."""
    address = scripted_server.address.replace("http:", "https:")

    assert "cannot be reached ([SSL" in error_of(ServerGenerator(address, "honest", timeout=20))


@pytest.mark.parametrize("model", ["mute", "stalling"])
def test_silence_ends_after_the_timeout(scripted_server: ScriptedServer, model: str) -> None:
    """Both before the first piece and between two pieces."""
    generator = ServerGenerator(scripted_server.address, model, timeout=0.5)
    begin = time.monotonic()

    assert error_of(generator) == (
        f"the server {scripted_server.address} was silent for 0.5 seconds: try again when it has "
        f"loaded its model, or raise the setting generator_timeout"
    )
    assert time.monotonic() - begin < 20


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("failing", "answered 500 (CUDA out of memory): look at its log, or change the setting"),
        ("failing-late", "failed while writing (out of memory): look at its log"),
        ("breaking", "broke off before the answer ended: look at its log, or try again"),
        ("ending", "broke off before the answer ended: look at its log, or try again"),
        ("babbling", "sent something else than a chat completion (\"{'choices': oops}\"): check"),
        ("page", "sent something else than a chat completion ('<html>Welcome to my router</html>"),
        ("whole", "sent something else than a chat completion ("),
        ("flooding", "sends more than was asked for: use another server"),
        ("nobody", "has no model 'nobody' (model 'nobody' not found): set generator_model to one "),
    ],
)
def test_error_tells_what_the_server_did(
    scripted_server: ScriptedServer, model: str, message: str
) -> None:
    """Each way to fail has its own words, with the server's own where it gave any."""
    generator = ServerGenerator(scripted_server.address, model, timeout=60, sampling=Sampling(16))

    assert error_of(generator).startswith(f"the server {scripted_server.address} {message}")


def test_missing_model_is_told_with_those_there_are(scripted_server: ScriptedServer) -> None:
    """The names can be copied into the setting."""
    message = error_of(ServerGenerator(scripted_server.address, "nobody"))

    assert message.endswith("set generator_model to one of honest, inventing, lying")


def test_wrong_path_points_to_the_address(scripted_server: ScriptedServer) -> None:
    """A base without /v1 is not taken for a missing model."""
    assert error_of(ServerGenerator(scripted_server.root, "honest")) == (
        f"the server {scripted_server.root} answered 404 (Not Found): "
        f"check the setting generator, whose address usually ends in /v1"
    )


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("v1", "has more than one model: set generator_model to one of honest, inventing, lying"),
        ("empty/v1", "has no model: load one there"),
        ("nothing", "answered 404 (Not Found): check the setting generator, whose address"),
    ],
)
def test_model_is_asked_for_where_none_is_named(
    scripted_server: ScriptedServer, base: str, message: str
) -> None:
    """Without a name the server must have exactly one model."""
    address = f"{scripted_server.root}/{base}"

    assert error_of(ServerGenerator(address)).startswith(f"the server {address} {message}")


def test_redirect_is_not_followed(scripted_server: ScriptedServer) -> None:
    """The passages go to the address that was named and to no other."""
    message = error_of(ServerGenerator(scripted_server.address, "moved"))

    assert "redirect to /elsewhere/v1/chat/completions, which is not followed" in message
    assert scripted_server.asked()["path"] == "/v1/chat/completions"


def test_wrong_key_is_refused_and_not_printed(scripted_server: ScriptedServer) -> None:
    """Even where the server repeats it, the key does not reach the terminal."""
    message = error_of(ServerGenerator(scripted_server.address, "guarded", key="s3cret"))

    assert "answered 401 (wrong key [31mBearer …): give its key in the setting" in message
    assert scripted_server.asked()["key"] == "Bearer s3cret"
