"""One file, read: hashed, parsed, cut into chunks; and whether it held still meanwhile."""

import hashlib
import os
import queue
import time
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

from ingest.chunking import chunk_document
from ingest.config import Settings
from ingest.errors import DocumentError
from ingest.folder import FoundFile
from ingest.isolation import ParserPool
from ingest.records import DocumentRecord
from ingest.types import Chunk, Document, Embedder

GRAIN = 2_000_000_000  # nanoseconds; a file younger than this may change without a new time
LOOK_AHEAD = 4  # files that wait, parsed, for each parser


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one file.

    A record of status "read" without a document stands for content that is as it was before; one
    of status "skipped" gives the reason. ``passing`` says that the reason is not in the content.
    """

    found: FoundFile
    record: DocumentRecord
    document: Document | None = None
    chunks: tuple[Chunk, ...] = ()
    passing: bool = False


class Reader:
    """Reads files in a few threads, each with a parser process of its own."""

    def __init__(self, embedder: Embedder, settings: Settings) -> None:
        self._embedder = embedder
        self._settings = settings
        self._pools: queue.SimpleQueue[ParserPool] = queue.SimpleQueue()

    def readings(
        self, files: Iterable[FoundFile], known: Mapping[str, DocumentRecord]
    ) -> Generator[Reading, None, None]:
        """Yield what became of each file, in the order given, reading a little ahead."""
        workers = max(1, min(4, (os.cpu_count() or 1) // 2))
        with ThreadPoolExecutor(workers) as executor, ExitStack() as stack:
            for _ in range(workers):
                pool = ParserPool(self._settings.parse_seconds, self._settings.parse_memory_mb)
                self._pools.put(stack.enter_context(pool))
            stack.callback(executor.shutdown, wait=False, cancel_futures=True)
            waiting: deque[Future[Reading]] = deque()
            for found in files:
                waiting.append(executor.submit(self._read, found, known.get(found.file)))
                if len(waiting) >= workers * LOOK_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _read(self, found: FoundFile, known: DocumentRecord | None) -> Reading:
        """Read a file; one that changes meanwhile is read once more, then skipped."""
        pool = self._pools.get()
        try:
            for _ in range(2):
                facts = _facts(found)
                reading = self._read_once(
                    replace(found, size=facts[0], mtime=facts[1]), known, pool
                )
                if _facts(found) == facts:
                    return reading
        except OSError as error:
            return _skip_for_now(found, f"cannot be read: {error.strerror or error}")
        finally:
            self._pools.put(pool)
        return _skip_for_now(found, "it changed while it was read: run the ingest again")

    def _read_once(
        self, found: FoundFile, known: DocumentRecord | None, pool: ParserPool
    ) -> Reading:
        settled = found.mtime < time.time_ns() - GRAIN
        if found.size == 0:
            return _skip(found, "empty", "", settled)
        with found.path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        if known is not None and known.status == "read" and known.sha256 == sha256:
            record = replace(known, size=found.size, mtime=found.mtime, trusted=settled)
            return Reading(found, record)
        try:
            document = pool.load(found.path)
        except DocumentError as error:
            return _skip(found, str(error), sha256, settled)
        limit = self._settings.chunk_tokens
        chunks = tuple(chunk_document(found.file, document, self._embedder, limit))
        if not chunks:
            return _skip(found, "empty", sha256, settled)
        return Reading(found, _record(found, sha256, document, chunks, settled), document, chunks)


def _facts(found: FoundFile) -> tuple[int, int, int]:
    facts = found.path.stat()
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def _record(
    found: FoundFile, sha256: str, document: Document, chunks: tuple[Chunk, ...], settled: bool
) -> DocumentRecord:
    return DocumentRecord(
        found.file,
        "read",
        found.size,
        found.mtime,
        sha256=sha256,
        title=document.title,
        chunks=len(chunks),
        pages=len(document.pages),
        notes=document.notes,
        trusted=settled,
    )


def _skip(found: FoundFile, reason: str, sha256: str, trusted: bool) -> Reading:
    record = DocumentRecord(
        *(found.file, "skipped", found.size, found.mtime, sha256), reason=reason, trusted=trusted
    )
    return Reading(found, record)


def _skip_for_now(found: FoundFile, reason: str) -> Reading:
    return replace(_skip(found, reason, "", trusted=False), passing=True)
