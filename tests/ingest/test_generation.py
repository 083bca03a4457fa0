"""Generations of the vector index: published whole or not at all."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from ingest import generation
from ingest.errors import LibraryError
from ingest.generation import Generation
from ingest.vector_index import VectorIndex


def make(revision: int, rows: int) -> Generation:
    """Return a generation of a few rows."""
    vectors = np.eye(8, dtype=np.float32)[:rows]
    return Generation("a", revision, VectorIndex(np.arange(rows, dtype=np.int64), vectors, 8))


def test_the_last_published_generation_is_the_one_in_force(tmp_path: Path) -> None:
    """It is loaded as it was written, and those before it are gone."""
    for revision in (3, 4, 9):
        generation.publish(tmp_path, make(revision, revision % 5))
    found = generation.load(tmp_path, 8)
    assert (found.library, found.revision, len(found.index.rows)) == ("a", 9, 4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["CURRENT", "gen-000003"]


@pytest.mark.parametrize("failing", range(1, 7))
def test_a_failed_write_leaves_the_old_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """A full disk at any of the six syncs is told; old or new is in force, never neither."""
    generation.publish(tmp_path, make(1, 2))
    calls = 0
    sync = os.fsync

    def fail_once(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fail_once)
    with pytest.raises(LibraryError, match="free some space"):
        generation.publish(tmp_path, make(2, 3))
    assert generation.load(tmp_path, 8).revision in (1, 2)
    generation.publish(tmp_path, make(3, 4))
    assert generation.load(tmp_path, 8).revision == 3
    assert len(list(tmp_path.iterdir())) == 2
