"""From a folder to a library: read what is new, embed what is unknown, forget what is gone.

Reading goes on in other threads and processes while this one embeds. Each document is committed as
a whole, so an ingest that is stopped keeps what it has done, and the next goes on from there.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ingest.config import Settings
from ingest.database import ingest_command
from ingest.embedder import load_embedder
from ingest.errors import FolderError, LibraryMismatch
from ingest.folder import Scan, resolve_folder, scan
from ingest.library import Library
from ingest.library_folder import has_library, remove_empty
from ingest.plan import Plan, make_plan
from ingest.progress import Progress, ProgressMeter
from ingest.reading import Reader, Reading
from ingest.records import DocumentRecord, text_key
from ingest.types import Embedder, IngestReport, Skipped, Vectors

BATCH_CHUNKS = 128  # gathered from several documents, then embedded together; a kill costs so much
BATCH_FILES = 64


def ingest(
    folder: Path,
    library: Path,
    settings: Settings,
    embedder: Embedder | None = None,
    progress: Callable[[Progress], None] | None = None,
    rebuild: bool = False,
) -> IngestReport:
    """Bring a library up to the present state of a folder, making it if there is none.

    ``rebuild`` starts from nothing. Raises FolderError when the folder is missing or nothing in it
    can be read (the library stays as it was), EmbedderError, or one of the LibraryError family.
    """
    start = time.monotonic()
    root = resolve_folder(folder)
    found = scan(root, library)
    _require_files(root, found)
    model = embedder or load_embedder(settings)
    existed = has_library(library)
    opened = Library.rebuild if rebuild else Library.create
    with opened(library, model, settings) as target:
        with target.writer():
            _adopt_folder(target, root)
            limits = f"{settings.parse_seconds} s, {settings.parse_memory_mb} MB"
            max_bytes = settings.max_file_mb * 1_000_000
            retry = target.limits != limits
            plan = make_plan(found, target.documents(), max_bytes, retry)
            report = _Ingest(target, model, settings, plan, progress).run()
            if retry:
                target.set_limits(limits)
        documents, _ = target.counts()
    if not documents and not existed:
        remove_empty(library)
    _require_documents(root, report)
    return replace(report, seconds=time.monotonic() - start)


def _require_files(root: Path, found: Scan) -> None:
    if found.found:
        return
    if not found.skipped:
        raise FolderError(f"the folder {root} is empty: put documents into it, or name another")
    first = found.skipped[0]
    raise FolderError(
        f"nothing in {root} can be read ({len(found.skipped)} files skipped; "
        f"{first.file}: {first.reason}): add documents of a known format"
    )


def _require_documents(root: Path, report: IngestReport) -> None:
    if report.added or report.updated or report.unchanged:
        return
    first = report.skipped[0]
    raise FolderError(
        f"no file in {root} could be read ({len(report.skipped)} skipped; "
        f"{first.file}: {first.reason}): see the other reasons with --json"
    )


def _adopt_folder(library: Library, root: Path) -> None:
    """Tie the library to its folder; one of another folder would lose all its documents."""
    before = library.folder
    if before.name and before != root and before.is_dir():
        raise LibraryMismatch(
            f"the library in {library.path} holds the folder {before}: give {root} a library of "
            f"its own with --library, or replace that by "
            f"{ingest_command(library.path, str(root), rebuild=True)}"
        )
    if before != root:
        library.set_folder(root)


@dataclass(slots=True)
class _Done:
    """What the ingest has done so far, by file."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[DocumentRecord] = field(default_factory=list)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)


class _Ingest:
    """One ingest into an open library, within its writer's lock."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        settings: Settings,
        plan: Plan,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._library = library
        self._embedder = embedder
        self._plan = plan
        self._reader = Reader(embedder, settings)
        self._movable = {r.sha256: r.file for r in plan.gone if r.status == "read"}
        self._done = _Done(unchanged=list(plan.unchanged), skipped=list(plan.skipped))
        self._kept = set(plan.kept)
        total = sum(found.size for found in plan.to_read)
        self._meter = ProgressMeter(len(plan.to_read), total, progress)

    def run(self) -> IngestReport:
        """Read, write and clean up; what is committed stays when this is interrupted."""
        try:
            with closing(self._reader.readings(self._plan.to_read, self._plan.known)) as readings:
                for batch in batched(self._to_write(readings)):
                    self._write(batch)
            self._finish()
        finally:
            self._library.refresh_index()
        return self._report()

    def _to_write(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        """Yield the readings with new content; note the others."""
        for reading in readings:
            if reading.document is not None:
                yield reading
                continue
            record = reading.record
            if record.status == "read":
                self._library.touch(record)
                self._done.unchanged.append(record.file)
            else:
                self._done.skipped.append(record)
                if reading.passing:
                    self._kept.add(record.file)
            self._meter.advance(record.file, reading.found.size)

    def _write(self, batch: list[Reading]) -> None:
        origins = {r.found.file: self._movable.pop(r.record.sha256, None) for r in batch}
        vectors = self._vectors(batch, origins)
        for reading in batch:
            file, record = reading.found.file, reading.record
            if reading.document is None:
                continue
            keys = [text_key(chunk.indexed_text) for chunk in reading.chunks]
            stacked = np.stack([vectors[key] for key in keys])
            self._library.put(record, reading.document, reading.chunks, stacked, origins[file])
            before = self._plan.known.get(file)
            replaced = before is not None and before.status == "read"
            (self._done.updated if replaced else self._done.added).append(file)
            if record.notes:
                self._done.notes[file] = record.notes
            self._meter.advance(file, reading.found.size)

    def _vectors(
        self, batch: list[Reading], origins: Mapping[str, str | None]
    ) -> dict[bytes, Vectors]:
        """Return the vector of each text of the batch by its key, embedding what is not known."""
        texts = {text_key(c.indexed_text): c.indexed_text for r in batch for c in r.chunks}
        vectors = self._library.known_vectors(list(texts))
        for reading in batch:
            if origin := origins[reading.found.file]:
                vectors = self._moved_vectors(origin, reading) | vectors
        missing = [key for key in texts if key not in vectors]
        for start in range(0, len(missing), BATCH_CHUNKS):
            keys = missing[start : start + BATCH_CHUNKS]
            found = self._embedder.embed([texts[key] for key in keys])
            vectors |= zip(keys, found, strict=True)
            if start + BATCH_CHUNKS < len(missing):
                self._library.keep_vectors(keys, found)
            self._meter.advance(batch[0].found.file, 0, len(keys), done=False)
        return vectors

    def _moved_vectors(self, origin: str, reading: Reading) -> dict[bytes, Vectors]:
        """Return the vectors of a moved file, also where its title followed its name."""
        before = self._library.vectors_by_text(origin)
        return {
            text_key(c.indexed_text): before[c.text] for c in reading.chunks if c.text in before
        }

    def _finish(self) -> None:
        """Forget what is gone and note what was skipped, unless nothing at all was readable."""
        done, known = self._done, self._plan.known
        if not (done.added or done.updated or done.unchanged):
            return
        here = {record.file for record in self._library.documents()}
        self._library.remove([r.file for r in self._plan.gone if r.file in here])
        lost = [
            record
            for record in done.skipped
            if record != known.get(record.file) and not self._still_held(record.file)
        ]
        self._library.put_skipped(lost)
        self._library.tidy()

    def _still_held(self, file: str) -> bool:
        """Whether a file that cannot be read just now is in the library from before."""
        before = self._plan.known.get(file)
        return file in self._kept and before is not None and before.status == "read"

    def _report(self) -> IngestReport:
        _, chunks = self._library.counts()
        done = self._done
        return IngestReport(
            added=tuple(sorted(done.added)),
            updated=tuple(sorted(done.updated)),
            unchanged=tuple(sorted(done.unchanged)),
            removed=tuple(sorted(r.file for r in self._plan.gone if r.status == "read")),
            skipped=tuple(
                Skipped(record.file, record.reason)
                for record in sorted(done.skipped, key=lambda record: record.file)
            ),
            notes=done.notes,
            chunks=chunks,
        )


def batched(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    """Gather readings until there is enough to embed together."""
    batch: list[Reading] = []
    chunks = 0
    for reading in readings:
        batch.append(reading)
        chunks += len(reading.chunks)
        if chunks >= BATCH_CHUNKS or len(batch) >= BATCH_FILES:
            yield batch
            batch, chunks = [], 0
    if batch:
        yield batch
