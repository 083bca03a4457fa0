"""The guard before the page: who may ask, and for what."""

import socket

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from ui import server
from ui.errors import ServerError

LOCAL = "http://127.0.0.1:7860"
JOIN = "/gradio_api/queue/join"


@pytest.fixture
def client() -> TestClient:
    """Return a client of an application that answers "reached" to all that passes the guard."""
    app = server.guarded()
    app.router.default = PlainTextResponse("reached")
    return TestClient(app, base_url=LOCAL)


@pytest.mark.parametrize(
    "host", ["evil.com", "evil.com:7860", "127.0.0.1.evil.com", "localhost.evil.com", "", "0.0.0.0"]
)
def test_a_foreign_host_name_is_refused(client: TestClient, host: str) -> None:
    """A name that was made to point to this machine opens nothing (DNS rebinding)."""
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "127.0.0.1"])
def test_the_names_of_this_machine_are_served(client: TestClient, host: str) -> None:
    """Both usual names of the own machine work."""
    assert client.get("/", headers={"host": host}).text == "reached"


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.com",
        "null",
        "",
        "http://localhost:9999",
        "http://127.0.0.1",
        "https://127.0.0.1:7860",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_origin_is_refused(client: TestClient, method: str, origin: str) -> None:
    """Another site cannot send a request here, nor another program's page on this machine."""
    response = client.request(method, JOIN, headers={"origin": origin}, json={})

    assert response.status_code == 403


def test_the_own_origin_may_ask(client: TestClient) -> None:
    """The page itself reaches the queue."""
    assert client.post(JOIN, headers={"origin": LOCAL}, json={}).text == "reached"


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/upload/",
        "/gradio_api/%75pload",
        "/upload",
        "/gradio_api/component_server",
        "/gradio_api/vibe-edit/",
        "/gradio_api/run/other",
        "/gradio_api/queue/join/../../upload",
        "/login",
    ],
)
def test_routes_that_the_page_does_not_write_to_are_closed(client: TestClient, path: str) -> None:
    """Uploads above all: files come in by the ingest command only."""
    response = client.post(path, files={"files": ("a.txt", b"text")})

    assert (response.status_code, response.text) == (403, "this route is closed")


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://evil.com",
        "/gradio_api/upload_progress",
        "/monitoring",
    ],
)
def test_files_and_proxies_are_closed(client: TestClient, path: str) -> None:
    """No route hands out files or fetches addresses."""
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_closed(client: TestClient, method: str) -> None:
    """The page needs GET and POST only; a preflight is never granted."""
    assert client.request(method, JOIN).status_code == 403


def test_a_large_body_is_refused(client: TestClient) -> None:
    """A question is small; memory is not filled by a request."""
    assert client.post(JOIN, content=b"x" * (5 << 20)).status_code == 413


def test_a_body_without_a_length_is_refused(client: TestClient) -> None:
    """Without a length there is no limit."""
    assert client.post(JOIN, content=iter([b"{}"])).status_code == 411


@pytest.mark.parametrize("headers", [{}, {"host": "evil.com"}, {"origin": "http://evil.com"}])
def test_each_response_carries_the_policy(client: TestClient, headers: dict[str, str]) -> None:
    """Refusals, too, tell the browser to load nothing from elsewhere."""
    found = client.get("/", headers=headers).headers

    assert "default-src 'self'" in found["content-security-policy"]
    assert "img-src 'self' data:;" in found["content-security-policy"]
    assert "frame-ancestors 'none'" in found["content-security-policy"]
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "no-referrer"
    assert found["cross-origin-resource-policy"] == "same-origin"


def test_only_this_machine_can_connect() -> None:
    """The socket listens on the loopback address and on no other."""
    with server.listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_taken_port_is_passed_over() -> None:
    """Without a wish for a port, the chat starts on one that is free."""
    with server.listen() as first, server.listen() as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_a_taken_port_that_was_asked_for_is_an_error() -> None:
    """The line names the address and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(ServerError) as caught:
            server.listen(port)

    assert str(caught.value) == (
        f"cannot listen on 127.0.0.1:{port} (address already in use): choose another --port, "
        "or none to take a free one"
    )
