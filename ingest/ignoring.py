"""Which files a folder's owner leaves out: ``.footnoteignore``, written as ``.gitignore`` is.

Each folder may have one; its patterns are relative to that folder, the last that matches decides,
and what lies in a folder that is left out cannot be named again (git's documentation, gitignore).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ingest.errors import FolderError

IGNORE_FILE = ".footnoteignore"


class _Glob(Protocol):
    def match(self, filename: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: ``base`` is the folder it stands in ("" or "a/b/"), ``kept`` a line with "!"."""

    base: str
    glob: _Glob
    kept: bool
    folders_only: bool


Patterns = tuple[Pattern, ...]


def read_patterns(folder: Path, base: str) -> Patterns:
    """Return the patterns of a folder's own file, in order.

    Raises FolderError where it cannot be read: what it leaves out must not be read instead.
    """
    path = folder / IGNORE_FILE
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FolderError(
            f"{base}{IGNORE_FILE} cannot be read ({error}), so nothing was read: "
            f"mend it or delete it"
        ) from error
    parsed = (_parsed(line, base) for line in lines)
    return tuple(pattern for pattern in parsed if pattern is not None)


def is_ignored(name: str, is_folder: bool, patterns: Patterns) -> bool:
    """Whether the last pattern that matches ``name`` ("a/b.md") leaves it out."""
    for pattern in reversed(patterns):
        inside = name.startswith(pattern.base) and (is_folder or not pattern.folders_only)
        if inside and pattern.glob.match(name[len(pattern.base) :]):
            return not pattern.kept
    return False


def _parsed(line: str, base: str) -> Pattern | None:
    from wcmatch import glob

    line = re.sub(r"(?<!\\) +$", "", line)
    kept = line.startswith("!")
    line = line.removeprefix("!")
    folders_only = line.endswith("/")
    line = line.rstrip("/")
    if not line or line.startswith("#"):
        return None
    line = line.lstrip("/") if "/" in line else f"**/{line}"
    flags = glob.GLOBSTAR | glob.DOTGLOB | glob.FORCEUNIX
    return Pattern(base, glob.compile(line, flags=flags), kept, folders_only)
