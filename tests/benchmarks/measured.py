"""One part of a benchmark in a process of its own, so that its memory is its own."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

SAMPLE_SECONDS = 0.05


def in_child(module: str, *arguments: str) -> dict[str, float]:
    """Run ``python -m module arguments`` and return the figures it printed with ``hand_over``.

    Adds the peak memory of the process together with its children (file parsers), sampled. What
    ``getrusage`` says of children is of no use: it counts their parent's memory at the fork.
    """
    command = [sys.executable, "-m", module, *arguments]
    peak = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(resident_megabytes, _tree(process.pid))))
            time.sleep(SAMPLE_SECONDS)
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    figures: dict[str, float] = json.loads(output.splitlines()[-1])
    return {**figures, "peak MB with children": peak}


def hand_over(figures: Mapping[str, float]) -> None:
    """Print figures and this process's peak memory for the process that started it."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**figures, "peak MB": peak}))


def resident_megabytes(pid: int | str = "self") -> float:
    """Return how much memory a process has in RAM now (Linux); 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    sizes = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(sizes[0]) / 1024 if sizes else 0.0


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in found:
            yield from _tree(int(child))
