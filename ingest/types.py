"""The data that passes through an ingest. Offsets count characters of ``Document.text``."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]  # shape (n, dimension), each row of length 1


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page, slide or sheet of a document; ``number`` is 1-based."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that starts at ``start`` and holds until the next of the same or a higher level."""

    level: int
    title: str
    start: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a loader returns: plain text and where its parts lie.

    ``text`` is what a person reads (no markup); every offset anywhere refers to it, and a citation
    is a verbatim slice of it. ``solid`` are the spans (tables, code) that should not be cut in the
    middle of a line. ``notes`` say what was lost, for the ingest report ("page 7 has no text").
    """

    title: str
    text: str
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    solid: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document, small enough for the embedder.

    ``text == document.text[start:end]``. ``heading`` is the path from the outermost heading to the
    innermost. ``context`` (title and heading path) is embedded and indexed together with the text.
    ``id`` is stable: it depends on the file's path, the text and its occurrence, nothing else.
    """

    id: str
    text: str
    start: int
    end: int
    page: int | None
    heading: tuple[str, ...]
    context: str

    @property
    def indexed_text(self) -> str:
        """The text as it is embedded and searched."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as it lies in a library: its row id and the file it comes from."""

    row: int
    file: str
    title: str
    chunk: Chunk


Status = Literal["added", "updated", "unchanged", "removed", "skipped"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one ingest did. Paths are relative to the folder, with forward slashes."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    chunks: int = 0
    seconds: float = 0.0


class Embedder(Protocol):
    """Turns texts into unit vectors. The same object embeds at ingest and at question time."""

    @property
    def fingerprint(self) -> str:
        """Names model, weights, pooling and length; vectors of two fingerprints never mix."""
        ...

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """How many of its own tokens a text may have, special tokens left out."""
        ...

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Return the character range of each token of ``text``, special tokens left out."""
        ...

    def embed(self, texts: list[str]) -> Vectors:
        """Return one unit vector a text, shape ``(len(texts), dimension)``, in the order given."""
        ...
