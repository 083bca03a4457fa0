"""Whether to embed in bfloat16, decided by a trial on the texts at hand.

With all-MiniLM-L6-v2 on a processor with AVX512-BF16 (2 cores, 256 texts of 149 tokens on average)
bfloat16 autocast embedded 129 texts a second where float32 did 54; the cosine between the two
vectors of a text was at least 0.99996, and the ten nearest neighbours were the same for each of
32 texts. So vectors of both kinds may lie in one library, and a fingerprint does not tell them
apart.
"""

import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ingest.types import Vectors

CANDIDATE_BATCH = 32  # texts; with fewer the trial would cost more than it saves
ROUNDS = 2
MAX_TRIALS = 3  # a busy machine may hide the gain from the first
WORTH = 1.15  # times as fast at least
SAME = 0.999  # cosine at least
_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}


def choose_reduced(forward: Callable[[bool], Vectors]) -> bool:
    """Return whether bfloat16 is clearly faster here and gives the same vectors.

    ``forward`` embeds some texts into unit vectors, in bfloat16 when its argument is true. The two
    are timed in turns, and the best time of each counts, so that other work on the machine weighs
    on both alike.
    """
    if not processor_has_bfloat16():
        return False
    exact, reduced = forward(False), forward(True)
    if not float(np.min(np.sum(exact * reduced, axis=1))) >= SAME:
        return False
    pairs = [(_seconds(forward, False), _seconds(forward, True)) for _ in range(ROUNDS)]
    return min(slow for slow, _ in pairs) > WORTH * min(fast for _, fast in pairs)


def processor_has_bfloat16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Return whether the processor says that it multiplies bfloat16 itself (known on Linux)."""
    if not sys.platform.startswith("linux") or platform.machine() not in ("x86_64", "aarch64"):
        return False
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.lower().startswith(("flags", "features"))), "")
    return not _FLAGS.isdisjoint(flags.split())


def _seconds(forward: Callable[[bool], Vectors], reduced: bool) -> float:
    start = time.perf_counter()
    forward(reduced)
    return time.perf_counter() - start
