"""A server that speaks the chat protocol of OpenAI: Ollama, llama.cpp, vLLM, LM Studio and others.

The passages of a question go to the one address that was named: redirects are not followed, and
the proxies of the environment are not used.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic import BaseModel

from rag.errors import ModelError
from rag.event_stream import DONE, EventDecoder, complaint, read_event
from rag.proof import Message
from rag.sampling import Sampling
from rag.wording import printable

if TYPE_CHECKING:
    import ssl

    import httpx

_MOST_BODY = 1 << 20  # bytes of a body that is not streamed
_MOST_A_TOKEN = 4096  # bytes of a stream for each token asked for
_MOST_QUOTED = 300  # characters of a server's own words in a message
_MOST_NAMES = 20
_ADVICE = {
    401: "give its key in the setting generator_key",
    403: "give its key in the setting generator_key",
    404: "check the setting generator, whose address usually ends in /v1",
    413: "ask with smaller passages, or give the model a longer context",
    429: "try again later",
    503: "try again when it has loaded its model",
}


class _Model(BaseModel):
    id: str


class _Models(BaseModel):
    data: list[_Model] | None


class ChatServer:
    """Asks the server at ``address``, the base that ends in ``/v1``, for one answer at a time.

    ``model`` empty takes the only one there is. ``timeout`` is in seconds, for connecting and for
    each wait between two pieces. ``key`` is sent as a bearer token and never shown.
    """

    def __init__(self, address: str, model: str, key: str, timeout: float) -> None:
        self._address = address.rstrip("/")
        self._model, self._key, self._timeout = model, key, timeout

    async def pieces(self, messages: Sequence[Message], sampling: Sampling) -> AsyncIterator[str]:
        """Yield the text of an answer piece by piece; cancelling it closes the connection.

        Raises ModelError when the server cannot be reached, refuses, or breaks off.
        """
        import httpx

        try:
            async with self._client() as client:
                async for text in self._stream(client, messages, sampling):
                    yield text
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._trouble(error) from None

    def _client(self) -> "httpx.AsyncClient":
        import httpx

        secure = self._address.lower().startswith("https:")
        return httpx.AsyncClient(
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
            timeout=self._timeout,
            trust_env=False,
            follow_redirects=False,
            verify=_trust(secure),
        )

    async def _stream(
        self, client: "httpx.AsyncClient", messages: Sequence[Message], sampling: Sampling
    ) -> AsyncIterator[str]:
        model = self._model or await self._only_model(client)
        asked = {
            "model": model,
            "messages": [asdict(message) for message in messages],
            "stream": True,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed,
            "max_tokens": sampling.max_new_tokens,
        }
        address = f"{self._address}/chat/completions"
        async with client.stream("POST", address, json=asked) as response:
            if not response.is_success:
                raise await self._refusal(client, model, response)
            if "text/event-stream" not in response.headers.get("content-type", "").lower():
                raise self._misunderstood(complaint(await _body(response)))
            most = _MOST_BODY + _MOST_A_TOKEN * sampling.max_new_tokens
            async for text in self._read(response, most):
                yield text

    async def _read(self, response: "httpx.Response", most: int) -> AsyncIterator[str]:
        decoder = EventDecoder()
        received, ended = 0, False
        async for data in response.aiter_bytes():
            received += len(data)
            if received > most:
                raise self._error("sends more than was asked for", "use another server")
            for event in decoder.feed(data):
                if event.strip() == DONE:
                    return
                try:
                    piece = read_event(event)
                except ValueError:
                    raise self._misunderstood(event) from None
                if piece.failure:
                    raise self._error(
                        f"failed while writing ({self._quoted(piece.failure)})", "look at its log"
                    )
                ended = ended or piece.ended
                if piece.text:
                    yield piece.text
        if not ended:
            raise self._broken()

    async def _names(self, client: "httpx.AsyncClient") -> list[str]:
        async with client.stream("GET", f"{self._address}/models") as response:
            body = await _body(response)
            if not response.is_success:
                raise self._refused(response, body)
        try:
            models = _Models.model_validate_json(body).data or []
        except ValueError:
            raise self._misunderstood(complaint(body)) from None
        return [model.id for model in models]

    async def _only_model(self, client: "httpx.AsyncClient") -> str:
        names = await self._names(client)
        if not names:
            raise self._error("has no model", "load one there")
        if len(names) > 1:
            raise self._error("has more than one model", self._choice(names))
        return names[0]

    async def _refusal(
        self, client: "httpx.AsyncClient", model: str, response: "httpx.Response"
    ) -> ModelError:
        """Tell a missing model from a wrong address, both of which a server answers with 404."""
        body = await _body(response)
        refused = self._refused(response, body)
        if response.status_code != 404:
            return refused
        try:
            names = await self._names(client)
        except ModelError:
            return refused
        if not names or model in names:
            return refused
        said = self._quoted(complaint(body))
        return self._error(f"has no model {model!r} ({said})", self._choice(names))

    def _refused(self, response: "httpx.Response", body: str) -> ModelError:
        status = response.status_code
        if response.has_redirect_location:
            place = self._quoted(response.headers["location"])
            return self._error(
                f"answered with a redirect to {place}, which is not followed",
                "give the final address in the setting generator",
            )
        said = self._quoted(complaint(body)) or response.reason_phrase
        advice = _ADVICE.get(status, "look at its log, or change the setting that it refuses")
        return self._error(f"answered {status} ({said})", advice)

    def _trouble(self, error: Exception) -> ModelError:
        import httpx

        if isinstance(error, httpx.TimeoutException):
            return self._error(
                f"was silent for {self._timeout:g} seconds",
                "try again when it has loaded its model, or raise the setting generator_timeout",
            )
        if isinstance(error, httpx.ConnectError):
            return self._error(
                f"cannot be reached ({self._quoted(_reason(error))})",
                "start it, or correct the setting generator",
            )
        if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
            return self._error("has no valid address", "correct the setting generator")
        return self._broken()

    def _broken(self) -> ModelError:
        return self._error("broke off before the answer ended", "look at its log, or try again")

    def _misunderstood(self, said: str) -> ModelError:
        return self._error(
            f"sent something else than a chat completion ({self._quoted(said)!r})",
            "check the setting generator, whose address usually ends in /v1",
        )

    def _choice(self, names: Sequence[str]) -> str:
        shown = ", ".join(self._quoted(name) for name in names[:_MOST_NAMES])
        more = ", …" if len(names) > _MOST_NAMES else ""
        return f"set generator_model to one of {shown}{more}"

    def _error(self, happened: str, advice: str) -> ModelError:
        return ModelError(f"the server {self._address} {happened}: {advice}")

    def _quoted(self, said: str) -> str:
        """Return a server's words in one short line, without the key."""
        line = " ".join(printable(said).split())
        if self._key:
            line = line.replace(self._key, "…")
        return line if len(line) <= _MOST_QUOTED else f"{line[:_MOST_QUOTED]}…"


def _trust(secure: bool) -> "ssl.SSLContext":
    """Trust whom the system trusts; without https nobody, as loading certificates takes time."""
    import ssl

    return ssl.create_default_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def _body(response: "httpx.Response") -> str:
    """Return the beginning of a body that is not streamed."""
    body = b""
    async for data in response.aiter_bytes():
        body += data
        if len(body) > _MOST_BODY:
            break
    return body[:_MOST_BODY].decode("utf-8", "replace")


def _reason(error: BaseException) -> str:
    """Return what lies at the root of a connection that failed, in the words of the system."""
    inner: BaseException | None = error
    while inner is not None:
        error = inner
        group = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
        inner = group[0] if group else error.__cause__ or error.__context__
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return getattr(error, "strerror", None) or str(error)
