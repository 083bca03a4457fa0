"""When bfloat16 is used: only where it is there, faster, and gives the same vectors."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ingest import precision
from ingest.types import Vectors


class Clock:
    """A clock that moves only when work is done, in the place of the module ``time``."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        """Return the seconds of work so far."""
        return self.now


def forward(clock: Clock, seconds: tuple[float, float], turned: float) -> Callable[[bool], Vectors]:
    """Return a stand-in that takes so long in float32 and in bfloat16, and turns its vectors."""

    def run(reduced: bool) -> Vectors:
        clock.now += seconds[reduced]
        angle = turned if reduced else 0.0
        return np.array([[np.cos(angle), np.sin(angle)]], dtype=np.float32)

    return run


@pytest.mark.parametrize(
    ("seconds", "turned", "has", "chosen"),
    [
        ((0.03, 0.01), 0.0, True, True),
        ((0.03, 0.01), 0.01, True, True),
        ((0.03, 0.01), 0.1, True, False),
        ((0.03, 0.01), np.nan, True, False),
        ((0.02, 0.02), 0.0, True, False),
        ((0.01, 0.03), 0.0, True, False),
        ((0.03, 0.01), 0.0, False, False),
    ],
)
def test_bfloat16_must_earn_its_place(
    monkeypatch: pytest.MonkeyPatch,
    seconds: tuple[float, float],
    turned: float,
    has: bool,
    chosen: bool,
) -> None:
    """Faster and the same, on a processor that has it: anything less stays float32."""
    monkeypatch.setattr(precision, "processor_has_bfloat16", lambda: has)
    clock = Clock()
    monkeypatch.setattr(precision, "time", clock)
    assert precision.choose_reduced(forward(clock, seconds, turned)) is chosen


@pytest.mark.parametrize(
    ("content", "has"),
    [
        ("processor\t: 0\nflags\t\t: fpu sse avx512_bf16 amx\n", True),
        ("Features\t: fp asimd bf16\n", True),
        ("flags\t\t: fpu sse avx2\n", False),
        ("", False),
    ],
)
def test_the_processor_is_asked(tmp_path: Path, content: str, has: bool) -> None:
    """The flags that Linux shows decide; an unreadable file means no."""
    (tmp_path / "cpuinfo").write_text(content)
    assert precision.processor_has_bfloat16(tmp_path / "cpuinfo") is has
    assert precision.processor_has_bfloat16(tmp_path / "missing") is False
