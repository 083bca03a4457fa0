"""The files of a folder: which may be read, and why the others may not.

Left out without a word: hidden names, version control, caches, the library itself, and what a
``.footnoteignore`` names. Links are not followed, so that nothing outside of the folder is read and
nothing inside is read twice.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import FolderError
from ingest.ignoring import IGNORE_FILE, Patterns, is_ignored, read_patterns
from ingest.loaders import SUFFIXES
from ingest.types import Skipped

LEFT_OUT = frozenset({"node_modules", "__pycache__", "__MACOSX", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file of a known format; ``size`` in bytes, ``mtime`` in nanoseconds."""

    file: str
    path: Path
    size: int
    mtime: int


@dataclass(slots=True)
class Scan:
    """What a folder holds. ``unreadable`` are files, and folders (``a/b/``), without access."""

    found: list[FoundFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def resolve_folder(folder: Path) -> Path:
    """Return the absolute folder; raises FolderError when it is none or cannot be listed."""
    path = folder.expanduser()
    try:
        path = path.resolve(strict=True)
        if not path.is_dir():
            raise FolderError(f"{folder} is not a folder: name the folder that holds your files")
        with os.scandir(path):
            return path
    except OSError as error:
        raise FolderError(
            f"the folder {folder} cannot be read ({error.strerror or error}): check its name"
        ) from error
    except (ValueError, RuntimeError) as error:
        raise FolderError(f"{str(folder)!r} is not the name of a folder ({error})") from error


def scan(folder: Path, library: Path | None = None) -> Scan:
    """Return the files below a folder in the order of their names; ``library`` is left out.

    Raises FolderError where a ``.footnoteignore`` cannot be read.
    """
    result = Scan()
    own = None if library is None else library.resolve()
    waiting: list[tuple[Path, str, Patterns]] = [(folder, "", ())]
    while waiting:
        path, prefix, patterns = waiting.pop()
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError as error:
            name = _shown(prefix)
            result.unreadable.append(name)
            result.skipped.append(Skipped(name, f"cannot be listed: {error.strerror}"))
            continue
        if any(entry.name == IGNORE_FILE for entry in entries):
            patterns += read_patterns(path, prefix)
        inner = list(_visit(entries, prefix, patterns, result))
        waiting += [(child, name, patterns) for child, name in reversed(inner) if child != own]
    result.found.sort(key=lambda found: found.file)
    result.skipped.sort(key=lambda skipped: skipped.file)
    return result


def _visit(
    entries: list[os.DirEntry[str]], prefix: str, patterns: Patterns, result: Scan
) -> Iterator[tuple[Path, str]]:
    """Put the files among ``entries`` into the result and yield the folders."""
    for entry in entries:
        if entry.name.startswith(".") or entry.name in LEFT_OUT:
            continue
        name = prefix + entry.name
        try:
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_ignored(name, is_folder, patterns):
                continue
            if is_folder:
                yield Path(entry.path), name + "/"
                continue
            facts = entry.stat(follow_symlinks=False)
        except OSError as error:
            result.unreadable.append(_shown(name))
            result.skipped.append(Skipped(_shown(name), f"cannot be read: {error.strerror}"))
            continue
        if reason := _objection(name, facts.st_mode):
            result.skipped.append(Skipped(_shown(name), reason))
        else:
            found = FoundFile(name, Path(entry.path), facts.st_size, facts.st_mtime_ns)
            result.found.append(found)


def _objection(name: str, mode: int) -> str:
    """Return why a file is not read, or nothing."""
    if stat.S_ISLNK(mode):
        return "a link; the file it leads to is read where it lies, if that is in the folder"
    if not stat.S_ISREG(mode):
        return "not a regular file"
    if _shown(name) != name:
        return "its name is not valid text: rename it"
    suffix = Path(name).suffix.lower()
    return "" if suffix in SUFFIXES else f"unknown format {suffix or '(no suffix)'}"


def _shown(name: str) -> str:
    """Return a name that can be stored and printed; bytes that are not text are escaped."""
    return name.encode("utf-8", "backslashreplace").decode()
