"""What a library says about itself and about each of its documents."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ingest.types import Document, Heading, Page, Span

RECORD_COLUMNS = "file, status, size, mtime, sha256, title, reason, chunks, pages, notes, trusted"
METRIC = "inner product of unit vectors"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What must agree before two libraries, or a library and a question, may meet.

    ``embedder`` is the fingerprint of the model, ``chunking`` the version of the rules that cut
    the text, ``chunk_tokens`` their limit.
    """

    embedder: str
    dimension: int
    chunking: str
    chunk_tokens: int
    metric: str = METRIC

    def to_json(self) -> str:
        """Return the manifest as one line of JSON with sorted keys."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read what ``to_json`` wrote; raises ValueError or TypeError on anything else."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One file of the ingested folder: read into the library, or skipped with a reason.

    ``size`` counts bytes, ``mtime`` nanoseconds, ``sha256`` is that of the file (empty when it was
    never read whole). ``trusted`` says that size and time alone vouch for this record; it is false
    when the file was so fresh that it may have changed again within the clock's grain, or was
    skipped for a reason that may pass.
    """

    file: str
    status: Literal["read", "skipped"]
    size: int
    mtime: int
    sha256: str = ""
    title: str = ""
    reason: str = ""
    chunks: int = 0
    pages: int = 0
    notes: tuple[str, ...] = ()
    trusted: bool = True


def layout_to_json(document: Document) -> str:
    """Return where the parts of a document lie (all but its title, text and notes) as JSON."""
    return json.dumps(
        {
            "pages": [[page.number, page.start, page.end] for page in document.pages],
            "headings": [[h.level, h.title, h.start] for h in document.headings],
            "solid": [[span.start, span.end] for span in document.solid],
        }
    )


def document_from_json(title: str, text: str, layout: str, notes: str) -> Document:
    """Rebuild a document from its stored columns."""
    parts = json.loads(layout)
    return Document(
        title=title,
        text=text,
        pages=tuple(Page(*values) for values in parts["pages"]),
        headings=tuple(Heading(*values) for values in parts["headings"]),
        solid=tuple(Span(*values) for values in parts["solid"]),
        notes=tuple(json.loads(notes)),
    )


def record_to_row(record: DocumentRecord) -> tuple[Any, ...]:
    """Return the columns of a record in the order of ``RECORD_COLUMNS``."""
    values = [getattr(record, name) for name in RECORD_COLUMNS.split(", ")[:-2]]
    return (*values, json.dumps(record.notes), int(record.trusted))


def record_from_row(row: Sequence[Any]) -> DocumentRecord:
    """Rebuild a record from its columns in the order of ``RECORD_COLUMNS``."""
    *plain, notes, trusted = row
    facts = dict(zip(RECORD_COLUMNS.split(", "), plain, strict=False))
    return DocumentRecord(**facts, notes=tuple(json.loads(notes)), trusted=bool(trusted))


def text_key(text: str) -> bytes:
    """Return the key under which the vector of an indexed text is found again."""
    return hashlib.sha256(text.encode()).digest()


def checksum(*parts: object) -> bytes:
    """Return 8 bytes that change with any of the parts."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.digest()
