"""The vector index on disk: immutable generations, and one pointer to the one in force.

    CURRENT                       "gen-000042 <SHA-256 of its manifest.json>"
    gen-000042/manifest.json      library, revision, rows, dimension; size and SHA-256 of the index
    gen-000042/vectors.faiss

A generation is derived from the database: one that is missing, torn or altered is made again from
there. The switch is one atomic rename, so a kill at any instant leaves the old or the new one.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import LibraryDamaged, LibraryError
from ingest.vector_index import VectorIndex

POINTER = "CURRENT"
NAME = re.compile(r"gen-(\d{6,})")


@dataclass(frozen=True, slots=True)
class Generation:
    """An index and the state of the database that it shows."""

    library: str
    revision: int
    index: VectorIndex


def publish(folder: Path, generation: Generation) -> None:
    """Write a generation, make it durable, switch to it, and remove all others.

    Raises LibraryError when it cannot be written; then the old one or the new one is in force.
    """
    name = f"gen-{max(_numbers(folder), default=0) + 1:06d}"
    switched = False
    try:
        (folder / name).mkdir()
        digest = _write_generation(folder / name, generation)
        _write_durably(folder / f"{POINTER}.tmp", f"{name} {digest}\n".encode())
        _sync_folder(folder)
        os.replace(folder / f"{POINTER}.tmp", folder / POINTER)
        switched = True
        _sync_folder(folder)
    except OSError as error:
        if not switched:
            shutil.rmtree(folder / name, ignore_errors=True)
        raise LibraryError(
            f"the search index in {folder} could not be written ({error.strerror}): "
            f"free some space and run the same command again; what was done is kept"
        ) from error
    remove_generations(folder, keep=name)


def load(folder: Path, dimension: int) -> Generation:
    """Return the generation in force, checked against its hashes.

    Raises LibraryDamaged when there is none that is whole.
    """
    try:
        name, manifest_digest = (folder / POINTER).read_text(encoding="ascii").split()
        if not NAME.fullmatch(name):
            raise LibraryDamaged("the pointer names no generation")
        manifest = json.loads(_read_checked(folder / name / "manifest.json", manifest_digest))
        data = _read_checked(folder / name / "vectors.faiss", manifest["sha256"])
        index = VectorIndex.from_bytes(data, dimension)
        return Generation(manifest["library"], manifest["revision"], index)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LibraryDamaged(f"no whole search index in {folder}") from error


def remove_generations(folder: Path, keep: str = "") -> None:
    """Remove all generations but one, and the pointer too when none is kept."""
    if not keep:
        (folder / POINTER).unlink(missing_ok=True)
    (folder / f"{POINTER}.tmp").unlink(missing_ok=True)
    for number in _numbers(folder):
        if (name := f"gen-{number:06d}") != keep:
            shutil.rmtree(folder / name, ignore_errors=True)


def _numbers(folder: Path) -> Iterator[int]:
    for path in folder.iterdir():
        if found := NAME.fullmatch(path.name):
            yield int(found[1])


def _write_generation(folder: Path, generation: Generation) -> str:
    data = generation.index.to_bytes()
    _write_durably(folder / "vectors.faiss", data)
    manifest = {
        "dimension": generation.index.dimension,
        "library": generation.library,
        "revision": generation.revision,
        "rows": len(generation.index.rows),
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": data.nbytes,
    }
    encoded = json.dumps(manifest, indent=1, sort_keys=True).encode()
    _write_durably(folder / "manifest.json", encoded)
    _sync_folder(folder)
    return hashlib.sha256(encoded).hexdigest()


def _write_durably(path: Path, data: bytes | memoryview) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there, and a rename is durable without it
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_checked(path: Path, sha256: str) -> bytes:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise LibraryDamaged(f"{path} is not what was written")
    return data
