"""A larger writer that runs in a server of its own, on this machine or another."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from queue import SimpleQueue

from rag.chat_server import ChatServer
from rag.generator import Draft
from rag.proof import Message, proven
from rag.sampling import GREEDY, Sampling
from rag.types import Evidence

_GLANCE = 0.05  # seconds between two looks at whether writing should stop
_PATIENCE = 2.0  # seconds that closing waits for the connection to be closed


def names_server(generator: str) -> bool:
    """Whether the setting ``generator`` is the address of a server."""
    return generator.lower().startswith(("http://", "https://"))


class ServerGenerator:
    """Writes with a model of an OpenAI-compatible server, which is first asked when it must write.

    ``address`` is the base of its paths, such as ``http://127.0.0.1:11434/v1``. ``model`` is its
    name there; empty takes the only one there is. ``timeout`` is in seconds, for connecting and
    for each wait between two pieces.
    """

    def __init__(
        self,
        address: str,
        model: str = "",
        key: str = "",
        timeout: float = 120.0,
        sampling: Sampling = GREEDY,
    ) -> None:
        self._server = ChatServer(address, model, key, timeout)
        self._sampling = sampling

    def write(
        self, question: str, evidence: Sequence[Evidence], stop: threading.Event
    ) -> Iterator[Draft]:
        """Yield the text as it arrives, then the checked statements.

        Raises ModelError when the server cannot be reached, refuses, or breaks off.
        """
        return proven(question, evidence, lambda messages: self._written(messages, stop), stop)

    def _written(self, messages: Sequence[Message], stop: threading.Event) -> Iterator[str]:
        conversation = _Conversation(self._server, messages, self._sampling, stop)
        conversation.start()
        text = ""
        try:
            for piece in conversation.pieces():
                text += piece
                yield text
        finally:
            conversation.close()


class _Conversation(threading.Thread):
    """Receives an answer in a thread of its own, where waiting for the server can be cut short."""

    def __init__(
        self,
        server: ChatServer,
        messages: Sequence[Message],
        sampling: Sampling,
        stop: threading.Event,
    ) -> None:
        super().__init__(daemon=True)
        self._server, self._messages, self._sampling = server, messages, sampling
        self._unwanted, self._closed = stop, threading.Event()
        self._received: SimpleQueue[str | None] = SimpleQueue()
        self._error: Exception | None = None

    def pieces(self) -> Iterator[str]:
        """Yield the pieces as they arrive; raises what ended them early."""
        while (piece := self._received.get()) is not None:
            yield piece
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """End the conversation and close its connection."""
        self._closed.set()
        self.join(_PATIENCE)

    def run(self) -> None:
        import asyncio

        try:
            asyncio.run(self._converse())
        except Exception as error:  # raised again in the thread that reads the pieces
            self._error = error
        finally:
            self._received.put(None)

    async def _converse(self) -> None:
        """Receive until the answer ends or nobody wants the rest."""
        import asyncio

        receiving = asyncio.ensure_future(self._receive())
        while not (receiving.done() or self._unwanted.is_set() or self._closed.is_set()):
            await asyncio.wait({receiving}, timeout=_GLANCE)
        if receiving.cancel():
            self._received.put(None)
        with suppress(asyncio.CancelledError):
            await receiving

    async def _receive(self) -> None:
        async for piece in self._server.pieces(self._messages, self._sampling):
            self._received.put(piece)
