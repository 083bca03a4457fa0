"""The vector index of a library's present state, found in memory, on disk or in the database."""

import logging
import threading
from pathlib import Path

import numpy as np

from ingest import generation
from ingest.errors import LibraryDamaged, LibraryMismatch
from ingest.generation import Generation
from ingest.records import Manifest
from ingest.store import Store
from ingest.vector_index import VectorIndex

_log = logging.getLogger(__name__)


class CurrentIndex:
    """Follows the database: a reader changes its own copy, the writer also publishes it."""

    def __init__(self, folder: Path, store: Store, manifest: Manifest) -> None:
        self._folder = folder
        self._store = store
        self._manifest = manifest
        self._dimension = manifest.dimension
        self._lock = threading.Lock()
        self._held: Generation | None = None
        self._published = -1

    def get(self) -> VectorIndex:
        """Return the index of the database's present revision."""
        return self._current().index

    def held(self) -> VectorIndex:
        """Return the index that was used last, so that rows just found are in it."""
        held = self._held
        return self.get() if held is None else held.index

    def publish(self) -> None:
        """Write the present index to disk unless it is there; only for the holder of the lock."""
        current = self._current()
        if current.revision != self._published:
            generation.publish(self._folder, current)
            self._published = current.revision

    def drop_newer(self) -> None:
        """Remove a generation that is ahead of the database, which was put back to an old copy.

        Its row ids may come to stand for other passages.
        """
        try:
            found = generation.load(self._folder, self._dimension)
        except LibraryDamaged:
            return
        if found.revision > self._store.revision():
            generation.remove_generations(self._folder)

    def _current(self) -> Generation:
        with self._lock:
            if self._held is None or self._held.revision != self._store.revision():
                with self._store.database.snapshot():
                    self._held = self._up_to_date(self._held or self._loaded())
            return self._held

    def _up_to_date(self, base: Generation) -> Generation:
        revision = self._store.revision()
        if base.revision > revision:
            base = self._empty()
        if base.revision == revision:
            return base
        if self._store.manifest() != self._manifest:
            raise LibraryMismatch(
                f"the library in {self._folder} was made anew in another way meanwhile: "
                f"open it again"
            )
        index = base.index.changed_to(
            self._store.rows(), lambda rows: self._store.vectors(rows, self._dimension)
        )
        return Generation(base.library, revision, index)

    def _loaded(self) -> Generation:
        try:
            found = generation.load(self._folder, self._dimension)
        except LibraryDamaged as error:
            _log.info("the search index is made from the database: %s", error)
            return self._empty()
        if found.library != self._store.meta("library"):
            return self._empty()
        self._published = found.revision
        return found

    def _empty(self) -> Generation:
        rows = np.zeros(0, dtype=np.int64)
        vectors = np.zeros((0, self._dimension), dtype=np.float32)
        index = VectorIndex(rows, vectors, self._dimension)
        return Generation(self._store.meta("library"), -1, index)
