"""One part of a benchmark in a process of its own, so that its memory is its own."""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping

Figures = Mapping[str, float]


def in_child(module: str, *arguments: str) -> dict[str, float]:
    """Run ``python -m module arguments`` and return the figures it printed with ``hand_over``."""
    command = [sys.executable, "-m", module, *arguments]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return figures


def hand_over(figures: Figures) -> None:
    """Print figures and this process's peak memory for the process that started it.

    The peak of the largest child (a file parser) is a figure of its own.
    """
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({**figures, "peak MB": own, "peak MB of a child": children}))
