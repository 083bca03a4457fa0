"""Serves the page to this machine alone.

A web page of another site can send requests to 127.0.0.1 too, by itself or through a name that it
points there. So each request must carry a host name of this machine, no foreign origin, and one of
the few paths that the page needs; uploads and file routes of the library underneath are closed.
"""

import socket
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.errors import ServerError

if TYPE_CHECKING:
    from fastapi import FastAPI

HOST = "127.0.0.1"
PORT = 7860
HOSTS = (HOST, "localhost")
_PORTS_TRIED = 50
_LARGEST_BODY = 4 << 20  # bytes; the longest question that can be typed takes a third of it
_WRITING = frozenset(
    f"/gradio_api/{route}" for route in ("queue/join", "run/predict", "cancel", "reset")
)
_CLOSED = ("/gradio_api/file", "/gradio_api/proxy", "/gradio_api/upload", "/monitoring")

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "media-src 'none'",
        "style-src 'self' 'unsafe-inline'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "connect-src 'self'",
        "font-src 'self' data:",
        "frame-src 'none'",
        "worker-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware: refuses what the page does not send and adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with the reason why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            refusal = refused(scope["method"], scope["path"], Headers(scope=scope))
            await (refusal or self._app)(scope, receive, _with_headers(send))


def refused(method: str, path: str, headers: Headers) -> PlainTextResponse | None:
    """Return why a request is refused, None if it may pass."""
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{headers.get('host', '')}":
        return PlainTextResponse("requests from other origins are refused", 403)
    if path.startswith(_CLOSED):
        return PlainTextResponse("this route is closed", 403)
    if method in ("GET", "HEAD"):
        return None
    if method != "POST" or path.rstrip("/") not in _WRITING:
        return PlainTextResponse("this route is closed", 403)
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        return PlainTextResponse("the length of the body must be given", 411)
    if int(length) > _LARGEST_BODY:
        return PlainTextResponse("the body is too large", 413)
    return None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
        await send(message)

    return sending


def guarded() -> "FastAPI":
    """Return an empty application behind the guard, for the page to be mounted on."""
    from fastapi import FastAPI

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)
    app.add_middleware(Guard)
    return app


def listen(port: int | None = None) -> socket.socket:
    """Listen on 127.0.0.1; without a port, on 7860 or the next one free.

    Raises ServerError if the port given is taken or may not be used.
    """
    if port is not None:
        try:
            return _bound(port)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ServerError(
                f"cannot listen on {HOST}:{port} ({reason.lower()}): choose another --port, "
                "or none to take a free one"
            ) from error
    for candidate in (*range(PORT, PORT + _PORTS_TRIED), 0):
        try:
            return _bound(candidate)
        except OSError:
            continue
    raise ServerError(f"no free port on {HOST}: close another program and try again")


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def serve(app: "FastAPI", listener: socket.socket) -> None:
    """Serve until interrupted; open streams get two seconds to end."""
    import uvicorn

    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=2, ws="none"
    )
    uvicorn.Server(config).run(sockets=[listener])
