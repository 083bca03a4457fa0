"""The store of one ingested folder, as everything outside of it sees it."""

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np

from ingest.chunking import CHUNKING
from ingest.config import Settings
from ingest.current_index import CurrentIndex
from ingest.database import damage_line
from ingest.errors import LibraryDamaged, LibraryError
from ingest.library_folder import (
    DATABASE,
    check_made_alike,
    clear_store,
    make_store,
    open_store,
)
from ingest.records import DocumentRecord, Manifest
from ingest.store import Store
from ingest.types import Chunk, Document, Embedder, Passage, Vectors
from ingest.vector_index import check_vectors
from ingest.words import search_words
from ingest.writer_lock import WriterLock


class Library:
    """Documents, their passages and vectors; many readers, one writer at a time.

    Open one with ``create`` or ``open`` and close it, or use it as a context manager. Its methods
    may be called from several threads. All raise errors of the LibraryError family.
    """

    def __init__(self, path: Path, store: Store) -> None:
        self.path = path
        self.manifest = store.manifest()
        self._store = store
        self._index = CurrentIndex(path, store, self.manifest)
        self._writing = False

    @classmethod
    def create(cls, path: Path, embedder: Embedder, settings: Settings) -> "Library":
        """Make a library, or open the one that is there when it was made in the same way.

        Raises LibraryMismatch when it was made otherwise, LibraryError when the folder holds
        something else.
        """
        make_store(path, lambda: manifest_for(embedder, settings))
        return cls.open(path, embedder.fingerprint, (CHUNKING, settings.chunk_tokens))

    @classmethod
    def open(
        cls, path: Path, fingerprint: str | None = None, chunks: tuple[str, int] | None = None
    ) -> "Library":
        """Open a library that exists; with a fingerprint, only one made by that embedder.

        ``chunks`` (version and limit of the chunking) must agree too where it is given. Raises
        LibraryMissing, LibraryMismatch or LibraryDamaged.
        """
        store = open_store(path)
        try:
            library = cls(path, store)
            found = (library.manifest.chunking, library.manifest.chunk_tokens)
            if fingerprint is not None:
                check_made_alike(store, path, fingerprint, chunks or found)
        except BaseException:
            store.database.close()
            raise
        return library

    @classmethod
    def rebuild(cls, path: Path, embedder: Embedder, settings: Settings) -> "Library":
        """Empty a library so that it is made anew; one that is beyond reading is set aside.

        Vectors of the same embedder are kept until the next ingest has used what it can of them.
        """
        clear_store(path, manifest_for(embedder, settings))
        return cls.create(path, embedder, settings)

    def __enter__(self) -> "Library":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its files; may be called twice."""
        self._store.database.close()

    @property
    def folder(self) -> Path:
        """The folder that was ingested, absolute; an empty path before the first ingest."""
        return Path(self._store.meta("folder"))

    @property
    def revision(self) -> int:
        """A number that grows with every change."""
        return self._store.revision()

    def counts(self) -> tuple[int, int]:
        """Return how many documents were read and how many passages they gave."""
        return self._store.counts()

    def documents(self) -> list[DocumentRecord]:
        """Return all files by name, those that were skipped too."""
        return self._store.records()

    def document(self, file: str) -> Document:
        """Return a document with its text, pages and headings."""
        found = self._store.document(file)
        if found is None:
            raise LibraryError(f"{file} is not in the library in {self.path}: ingest it first")
        return found

    def text(self, file: str) -> str:
        """Return the text of a document, which all offsets count in."""
        return self.document(file).text

    def passages(self, rows: Iterable[int]) -> dict[int, Passage]:
        """Return the passages of the rows given; a row that is gone is left out."""
        return self._store.passages([int(row) for row in rows])

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the vectors of the rows given, shape ``(len(rows), dimension)``."""
        return self._index.held().vectors(rows)

    def known_vectors(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors of texts embedded before, by ``ingest.records.text_key`` of each."""
        return self._store.known_vectors(keys, self.manifest.dimension)

    def keep_vectors(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors of a document that is not embedded whole yet, in case of a kill."""
        checked = check_vectors(vectors, len(keys), self.manifest.dimension)
        self._writable().keep_vectors(keys, checked)

    def vectors_by_text(self, file: str) -> dict[str, Vectors]:
        """Return the vector of each passage of a document, by the passage's text."""
        rows = self._store.rows([file])
        vectors = self._store.vectors(rows, self.manifest.dimension)
        passages = self._store.passages(rows.tolist())
        return {passages[int(row)].chunk.text: vectors[i] for i, row in enumerate(rows)}

    def match(self, patterns: Sequence[str]) -> list[str]:
        """Return the files that any of the names, folders or patterns (``*.pdf``) stand for.

        Raises LibraryError that names a pattern which stands for no file.
        """
        files = [record.file for record in self.documents() if record.status == "read"]
        found: set[str] = set()
        for pattern in patterns:
            matching = [file for file in files if _matches(file, pattern)]
            if not matching:
                raise LibraryError(
                    f"no file of the library in {self.path} matches {pattern!r}: "
                    f"`footnote status` lists them"
                )
            found.update(matching)
        return sorted(found)

    def search_vectors(
        self, vector: Vectors, limit: int, files: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``limit`` pairs of row and cosine, best first, exact.

        ``vector`` has shape ``(dimension,)`` and length 1; ``files`` restricts the search.
        """
        query = np.asarray(vector, dtype=np.float32).reshape(1, -1)
        allowed = None if files is None else self._store.rows(files)
        return self._index.get().search(query, limit, allowed)

    def search_words(
        self, question: str, limit: int, files: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``limit`` pairs of row and BM25 score (larger is better), best first."""
        _, chunks = self.counts()
        return search_words(self._store.database, question, limit, files, chunks)

    @contextmanager
    def writer(self) -> Iterator["Library"]:
        """Be the one writer within the block; raises LibraryLocked at once if there is one."""
        with WriterLock(self.path):
            self._index.drop_newer()
            self._writing = True
            try:
                yield self
            finally:
                self._writing = False

    def put(
        self,
        record: DocumentRecord,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        moved_from: str | None = None,
    ) -> None:
        """Write one document, in place of what had its name (or the name it was moved from)."""
        checked = check_vectors(vectors, len(chunks), self.manifest.dimension)
        self._writable().put(record, document, chunks, checked, moved_from)

    def put_skipped(self, records: Sequence[DocumentRecord]) -> None:
        """Write files that could not be read, with their reasons."""
        self._writable().put_skipped(records)

    def touch(self, record: DocumentRecord) -> None:
        """Write the new size and time of a file whose content is as before."""
        self._writable().touch(record)

    def remove(self, files: Sequence[str]) -> None:
        """Take files out of the library."""
        self._writable().remove(files)

    @property
    def limits(self) -> str:
        """What parsing was limited to in the last ingest that ended."""
        return self._store.meta("limits")

    def set_folder(self, folder: Path) -> None:
        """Remember the folder that the library is made from."""
        self._writable().set_meta("folder", str(folder))

    def set_limits(self, limits: str) -> None:
        """Remember what parsing was limited to."""
        self._writable().set_meta("limits", limits)

    def tidy(self) -> None:
        """Let what was removed leave the library's files; the end of an ingest."""
        self._writable().drop_spare()

    def refresh_index(self) -> None:
        """Publish the vector index of the present state unless that was done."""
        self._writable()
        self._index.publish()

    def check(self) -> None:
        """Read and check every row; raises LibraryDamaged at the first that is not as written."""
        self._store.database.check()
        for record in self.documents():
            if record.status == "read":
                self.document(record.file)
        rows = self._store.rows()
        _, chunks = self.counts()
        self._store.vectors(rows, self.manifest.dimension)
        if not len(rows) == len(self.passages(rows.tolist())) == chunks:
            raise LibraryDamaged(damage_line(self.path / DATABASE, "its counts do not agree"))

    def _writable(self) -> Store:
        if not self._writing:
            raise LibraryError(f"the library in {self.path} is open for reading only")
        return self._store


def manifest_for(embedder: Embedder, settings: Settings) -> Manifest:
    """Return the manifest of a library that is made with these now."""
    return Manifest(embedder.fingerprint, embedder.dimension, CHUNKING, settings.chunk_tokens)


def _matches(file: str, pattern: str) -> bool:
    """Whether a name, a folder or a pattern stands for ``file``; ``*`` also crosses folders."""
    wanted = pattern.removeprefix("./")
    name = file.rpartition("/")[2]
    return (
        wanted in (file, name)
        or file.startswith(wanted.rstrip("/") + "/")
        or fnmatch.fnmatchcase(file, wanted)
        or fnmatch.fnmatchcase(name, wanted)
    )
