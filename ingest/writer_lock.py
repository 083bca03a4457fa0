"""One writer at a time: a lock that the operating system drops with its process."""

import os
import sys
from pathlib import Path
from types import TracebackType

from ingest.errors import LibraryError, LibraryLocked

LOCK = "LOCK"

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriterLock:
    """Held from ``__enter__`` to ``__exit__``; raises LibraryLocked at once when it is taken.

    The file stays, the lock does not: a killed process leaves nothing to clean up.
    """

    def __init__(self, library: Path) -> None:
        self._library = library
        self._descriptor = -1

    def __enter__(self) -> "WriterLock":
        path = self._library / LOCK
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise LibraryError(
                f"cannot write to {self._library} ({error.strerror}): check its permissions"
            ) from error
        try:
            _lock(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise LibraryLocked(
                f"another ingest is writing to the library in {self._library}: "
                f"wait until it ends, then run this again"
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)
