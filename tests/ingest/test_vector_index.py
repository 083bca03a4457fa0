"""FAISS against a product by hand, and the checks that FAISS itself does not make."""

import numpy as np
import pytest

from ingest.errors import LibraryDamaged, LibraryError, LibraryMismatch
from ingest.types import Vectors
from ingest.vector_index import VectorIndex, check_vectors

DIMENSION = 16
ROWS = np.array([2, 3, 5, 8, 13, 21, 34, 55], dtype=np.int64)


def unit(count: int, seed: int = 0) -> Vectors:
    """Return random unit vectors."""
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def index() -> VectorIndex:
    """Return an index of eight rows."""
    return VectorIndex(ROWS, unit(8), DIMENSION)


def test_search_is_exact(index: VectorIndex) -> None:
    """Rows and scores are those of brute force, with and without a restriction."""
    query = unit(1, seed=9)
    scores = (unit(8) @ query[0]).tolist()
    by_hand = sorted(zip(ROWS.tolist(), scores, strict=True), key=lambda pair: -pair[1])
    found = index.search(query, 5)
    assert [row for row, _ in found] == [row for row, _ in by_hand[:5]]
    assert [s for _, s in found] == pytest.approx([s for _, s in by_hand[:5]], abs=1e-6)
    allowed = np.array([3, 8, 55, 1000], dtype=np.int64)
    restricted = [row for row, _ in index.search(query, 5, allowed)]
    assert restricted == [row for row, _ in by_hand if row in (3, 8, 55)]


def test_an_index_survives_its_bytes(index: VectorIndex) -> None:
    """What is read back searches and returns the same."""
    again = VectorIndex.from_bytes(bytes(index.to_bytes()), DIMENSION)
    assert again.search(unit(1, 9), 8) == index.search(unit(1, 9), 8)
    assert (again.vectors([55, 2]) == unit(8)[[7, 0]]).all()


def test_an_index_follows_the_rows(index: VectorIndex) -> None:
    """Only new rows are fetched; the result is as if built from nothing."""
    fetched: list[int] = []

    def fetch(rows: np.ndarray) -> Vectors:
        fetched.extend(rows.tolist())
        return unit(2, seed=4)

    rows = np.array([3, 5, 60, 70], dtype=np.int64)
    changed = index.changed_to(rows, fetch)
    assert fetched == [60, 70]
    expected = np.concatenate([unit(8)[[1, 2]], unit(2, seed=4)])
    assert (changed.vectors(rows.tolist()) == expected).all()
    assert changed.changed_to(rows, fetch) is changed
    assert index.search(unit(1, 9), 8)[0][0] in ROWS
    assert changed.changed_to(ROWS[:0], fetch).search(unit(1), 3) == []


def test_a_row_that_is_gone_is_an_error(index: VectorIndex) -> None:
    """No other vector is given in its place."""
    with pytest.raises(LibraryError, match="no passage 4"):
        index.vectors([3, 4])


@pytest.mark.parametrize(
    ("vectors", "kind"),
    [
        (np.ones((2, 8), np.float32) / 8**0.5, LibraryMismatch),
        (np.ones(DIMENSION, np.float32) / 4, LibraryMismatch),
        (unit(3), LibraryError),
        (unit(2) * 2, LibraryError),
        (unit(2) * np.float32(np.nan), LibraryError),
        (unit(2) * np.float32(np.inf), LibraryError),
    ],
)
def test_bad_vectors_are_refused(vectors: Vectors, kind: type[LibraryError]) -> None:
    """Shape, count, length and finiteness are checked, without an assert."""
    with pytest.raises(kind):
        check_vectors(vectors, 2, DIMENSION)


@pytest.mark.parametrize("data", [b"", b"IxFI", b"IxM2" + b"\0" * 400, b"IxHf" + b"IxFI" * 50])
def test_other_bytes_are_no_index(data: bytes) -> None:
    """Unknown kinds and torn files are refused."""
    with pytest.raises(LibraryDamaged):
        VectorIndex.from_bytes(data, DIMENSION)


def test_an_index_of_another_dimension_is_refused(index: VectorIndex) -> None:
    """The dimension of the file must be that of the library."""
    with pytest.raises(LibraryDamaged):
        VectorIndex.from_bytes(bytes(index.to_bytes()), DIMENSION + 1)
