"""The folder that a library lies in: whether it is one, is of this format, may be made or cleared.

library.sqlite   the truth: documents, chunks, vectors, words
CURRENT, gen-*   the vector index, derived from it
LOCK             held by the one writer
"""

import os
from collections.abc import Callable
from pathlib import Path

from ingest import generation
from ingest.database import APPLICATION_ID, FORMAT, damage_line, ingest_command
from ingest.errors import (
    LibraryDamaged,
    LibraryError,
    LibraryMismatch,
    LibraryMissing,
)
from ingest.records import Manifest
from ingest.store import Store
from ingest.writer_lock import LOCK, WriterLock

DATABASE = "library.sqlite"
SET_ASIDE = "library.sqlite.damaged"


def has_library(path: Path) -> bool:
    """Return whether a library, whole or not, lies in a folder."""
    return (path / DATABASE).is_file()


def open_store(path: Path) -> Store:
    """Open the database of a library that exists and is of this format.

    Raises LibraryMissing, LibraryMismatch or LibraryDamaged.
    """
    if not has_library(path):
        raise _missing(path)
    store = Store(path / DATABASE)
    try:
        _check_format(path, store)
    except BaseException:
        store.database.close()
        raise
    return store


def make_store(path: Path, manifest: Callable[[], Manifest]) -> None:
    """Make an empty library unless there is one; raises LibraryError in a folder of other things.

    A creation that was cut short counts as none. ``manifest`` is asked for a new library only.
    """
    _make_room(path)
    with WriterLock(path):
        store = Store(path / DATABASE)
        try:
            if store.database.application() == (0, 0):
                store.initialise(manifest())
        finally:
            store.database.close()


def clear_store(path: Path, manifest: Manifest) -> None:
    """Empty a library for a new start; a database that is beyond reading is set aside."""
    _make_room(path)
    with WriterLock(path):
        try:
            store = open_store(path)
        except LibraryMissing:
            return
        except (LibraryDamaged, LibraryMismatch):
            _set_aside(path)
            return
        try:
            store.clear(manifest)
            store.database.check()
        except LibraryDamaged:
            _set_aside(path)
        finally:
            store.database.close()
        generation.remove_generations(path)


def remove_empty(path: Path) -> None:
    """Remove the files of a library that holds nothing, and its folder if nothing else is there."""
    with WriterLock(path):
        generation.remove_generations(path)
        (path / DATABASE).unlink(missing_ok=True)
    (path / LOCK).unlink(missing_ok=True)
    if not any(path.iterdir()):
        path.rmdir()


def check_made_alike(store: Store, path: Path, fingerprint: str, chunks: tuple[str, int]) -> None:
    """Raise LibraryMismatch unless the library was made by that embedder and cut that way.

    ``chunks`` is the version of the rules that cut the text, and their limit in tokens.
    """
    found = store.manifest()
    pairs = {
        "embedder": (found.embedder, fingerprint),
        "chunking": (found.chunking, chunks[0]),
        "chunk_tokens": (found.chunk_tokens, chunks[1]),
    }
    differences = [f"{name} {was}, not {now}" for name, (was, now) in pairs.items() if was != now]
    if differences:
        command = ingest_command(path, store.meta("folder"), rebuild=True)
        raise LibraryMismatch(
            f"the library in {path} was made otherwise than the settings say "
            f"({'; '.join(differences)}): set them as they were, or run {command}"
        )


def _missing(path: Path) -> LibraryMissing:
    return LibraryMissing(f"there is no library in {path} yet: run {ingest_command(path)}")


def _check_format(path: Path, store: Store) -> None:
    application, version = store.database.application()
    if (application, version) == (0, 0) and store.database.is_blank():
        raise _missing(path)
    if application != APPLICATION_ID:
        raise LibraryDamaged(damage_line(path / DATABASE, "it does not start like a library"))
    if version != FORMAT:
        age = "a newer" if version > FORMAT else "an older"
        raise LibraryMismatch(
            f"the library in {path} was made by {age} version of this program "
            f"(format {version}, here {FORMAT}): use that version, or "
            f"run {ingest_command(path, rebuild=True)}"
        )


def _make_room(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = {entry.name for entry in path.iterdir()}
    except OSError as error:
        raise LibraryError(
            f"no library can be made in {path} ({error.strerror}): choose another place"
        ) from error
    if names - {LOCK} and DATABASE not in names and SET_ASIDE not in names:
        raise LibraryError(
            f"{path} holds other files and is not a library: choose an empty or new folder"
        )


def _set_aside(path: Path) -> None:
    os.replace(path / DATABASE, path / SET_ASIDE)
    (path / f"{DATABASE}-journal").unlink(missing_ok=True)
    generation.remove_generations(path)
