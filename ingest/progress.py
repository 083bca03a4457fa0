"""How far an ingest is, how fast it goes, and how long it will still take."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of an ingest. ``files_total`` counts the files to read, not the unchanged.

    ``seconds_left`` is None until there is something to judge by.
    """

    files_done: int
    files_total: int
    chunks_done: int
    chunks_per_second: float
    seconds_left: float | None
    file: str


class ProgressMeter:
    """Turns bytes read and chunks written into Progress, by the clock since it was made."""

    def __init__(
        self,
        files: int,
        size: int,
        show: Callable[[Progress], None] | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = files
        self._bytes = size
        self._show = show
        self._clock = clock
        self._start = clock()
        self._files_done = 0
        self._chunks_done = 0
        self._bytes_done = 0.0

    def advance(self, file: str, size: float, chunks: int = 0, done: bool = True) -> None:
        """Count ``size`` bytes of a file as dealt with, and ``chunks`` as embedded."""
        self._files_done += done
        self._chunks_done += chunks
        self._bytes_done += size
        if self._show is not None:
            self._show(self._now(file))

    def _now(self, file: str) -> Progress:
        seconds = max(self._clock() - self._start, 1e-9)
        share = min(1.0, self._bytes_done / self._bytes) if self._bytes else 1.0
        left = seconds * (1.0 - share) / share if share > 0.0 else None
        rate = self._chunks_done / seconds
        return Progress(self._files_done, self._files, self._chunks_done, rate, left, file)
