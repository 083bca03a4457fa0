"""The stream of events in which a server sends a chat completion, from bytes to pieces of text.

The format is that of server-sent events (HTML standard, section 9.2); each event holds a chunk of
an OpenAI chat completion in JSON. Lines are cut at line feeds alone: the JSON may hold characters
that Python's ``splitlines`` takes for the end of a line.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

DONE = "[DONE]"  # the last event of a stream, sent by most servers


class _Delta(BaseModel):
    content: str | None = None  # thoughts come in fields of other names and are left out


class _Choice(BaseModel):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Chunk(BaseModel):
    choices: list[_Choice] | None = None
    error: object = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the answer; ``ended`` once the server says that nothing is missing.

    ``failure`` is what the server says went wrong while it wrote.
    """

    text: str = ""
    ended: bool = False
    failure: str = ""


class EventDecoder:
    """Cuts the bytes of a stream into the data of its events, wherever the bytes are parted."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []

    def feed(self, received: bytes) -> Iterator[str]:
        """Yield the data of each event that these bytes complete."""
        *lines, self._rest = (self._rest + received).split(b"\n")
        for line in lines:
            name, _, value = line.rstrip(b"\r").decode("utf-8", "replace").partition(":")
            if name == "data":
                self._data.append(value.removeprefix(" "))
            elif name == "error":  # as some llama.cpp servers name it
                self._data.append(f'{{"error":{value}}}')
            elif not name and not value and self._data:
                yield "\n".join(self._data)
                self._data.clear()


def read_event(data: str) -> Piece:
    """Return what an event says. Raises ValueError when it is no chunk of a chat completion."""
    chunk = _Chunk.model_validate_json(data)
    if chunk.error:
        return Piece(failure=complaint(data))
    if chunk.choices is None:
        raise ValueError("a chunk without choices")
    if not chunk.choices:
        return Piece()
    choice = chunk.choices[0]
    text = choice.delta.content if choice.delta else None
    return Piece(text or "", ended=choice.finish_reason is not None)


def complaint(body: str) -> str:
    """Return what a server says went wrong: the message in its JSON, or else the text itself."""
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return body
    for key in ("error", "message", "detail"):
        if isinstance(found, dict) and key in found:
            found = found[key]
    return found if isinstance(found, str) else json.dumps(found)
