"""Exact search over unit vectors by FAISS, held in memory; it never changes once built.

A row id stands for the same vector for ever, so an index of one revision becomes that of another
by dropping and adding rows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.errors import LibraryDamaged, LibraryError, LibraryMismatch
from ingest.types import Vectors

Rows = npt.NDArray[np.int64]  # shape (n,), ascending
TYPE_CODE = b"IxM2"  # IndexIDMap2, the only kind of FAISS file that is ever read
FLAT_TYPE_CODE = b"IxFI"  # IndexFlatIP inside it
UNIT_TOLERANCE = 1e-3


def check_vectors(vectors: Vectors, count: int, dimension: int) -> Vectors:
    """Return ``vectors`` as contiguous float32 of shape ``(count, dimension)``.

    Raises LibraryMismatch for another dimension and LibraryError for a row that is not finite or
    not of length 1. FAISS itself takes such rows without complaint (and checks the shape by an
    assert, which ``python -O`` drops).
    """
    found = np.ascontiguousarray(vectors, dtype=np.float32)
    if found.ndim != 2 or found.shape[1] != dimension:
        raise LibraryMismatch(
            f"vectors of shape {found.shape} do not fit a library of dimension {dimension}: "
            f"use the embedder that the library was made with"
        )
    if found.shape[0] != count:
        raise LibraryError(f"{found.shape[0]} vectors were given for {count} texts")
    lengths = np.linalg.norm(found, axis=1)
    if not np.all(np.abs(lengths - 1.0) <= UNIT_TOLERANCE):  # also false for NaN
        raise LibraryError("the embedder returned a vector that is not finite or not of length 1")
    return found


class VectorIndex:
    """Rows and their unit vectors. Safe to search from several threads."""

    def __init__(self, rows: Rows, vectors: Vectors, dimension: int) -> None:
        faiss = _faiss()
        self.rows = rows
        self.dimension = dimension
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        if len(rows):
            self._index.add_with_ids(check_vectors(vectors, len(rows), dimension), rows)

    @classmethod
    def from_bytes(cls, data: bytes, dimension: int) -> "VectorIndex":
        """Read what ``to_bytes`` wrote; raises LibraryDamaged on anything else.

        The caller has checked the bytes against their hash: FAISS loads most flipped bits without
        complaint.
        """
        faiss = _faiss()
        if data[:4] != TYPE_CODE or FLAT_TYPE_CODE not in data[:128]:
            raise LibraryDamaged("the vector file is of another kind")
        faiss.set_deserialization_vector_byte_limit(len(data) + (1 << 20))
        try:
            index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        except RuntimeError as error:
            raise LibraryDamaged("the vector file is torn") from error
        rows: Rows = faiss.vector_to_array(index.id_map).astype(np.int64, copy=False)
        if index.d != dimension or index.ntotal != len(rows) or np.any(np.diff(rows) <= 0):
            raise LibraryDamaged("the vector file does not fit its manifest")
        found = cls.__new__(cls)
        found.rows, found.dimension, found._index = rows, dimension, index
        return found

    def to_bytes(self) -> memoryview:
        """Return the index as bytes; the caller writes them, because FAISS hides a full disk."""
        faiss = _faiss()
        return memoryview(faiss.serialize_index(self._index))

    def search(
        self, vector: Vectors, limit: int, allowed: Rows | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``limit`` pairs of row and cosine, best first, lower row first on a tie.

        ``vector`` has shape ``(1, dimension)``; ``allowed`` restricts the search to those rows.
        """
        faiss = _faiss()
        query = check_vectors(vector, 1, self.dimension)
        count = min(limit, len(self.rows) if allowed is None else len(allowed))
        if count <= 0 or not len(self.rows):
            return []
        restricted = None
        if allowed is not None:
            restricted = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))
        with _one_thread(faiss):
            scores, rows = self._index.search(query, count, params=restricted)
        found = [(int(r), float(s)) for r, s in zip(rows[0], scores[0], strict=True) if r >= 0]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the vectors of the rows given, shape ``(len(rows), dimension)``.

        Raises LibraryError for a row that is not here.
        """
        wanted = np.asarray(rows, dtype=np.int64).reshape(-1)
        missing = wanted[~np.isin(wanted, self.rows)]
        if len(missing):
            raise LibraryError(
                f"the library has no passage {int(missing[0])} (any more): ask again"
            )
        return self._matrix()[np.searchsorted(self.rows, wanted)]

    def changed_to(self, rows: Rows, fetch: Callable[[Rows], Vectors]) -> "VectorIndex":
        """Return the index of exactly ``rows``; ``fetch`` brings the vectors that are new."""
        kept = np.isin(self.rows, rows, assume_unique=True)
        new = np.setdiff1d(rows, self.rows, assume_unique=True)
        if kept.all() and not len(new):
            return self
        joined = np.concatenate([self.rows[kept], new])
        vectors = np.concatenate([self._matrix()[kept], fetch(new)])
        order = np.argsort(joined)
        return VectorIndex(joined[order], vectors[order], self.dimension)

    def _matrix(self) -> Vectors:
        faiss = _faiss()
        flat: Any = faiss.downcast_index(self._index.index)
        total = len(self.rows) * self.dimension
        if not total:
            return np.zeros((0, self.dimension), dtype=np.float32)
        view: Vectors = faiss.rev_swig_ptr(flat.get_xb(), total).reshape(-1, self.dimension)
        return view


@contextmanager
def _one_thread(faiss: Any) -> Iterator[None]:
    """Keep FAISS to this thread within the block.

    One question gains nothing from more, and on a busy machine they waited for each other 100
    times as long as the search took. The number is put back because torch may share it.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _faiss() -> Any:
    import faiss  # its stubs lack what SWIG adds, so it is used untyped

    return faiss
