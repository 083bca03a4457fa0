"""Memory that C libraries free is kept for the next step instead of going back to the system.

Each forward pass of a network frees and asks again for the same large blocks. glibc hands blocks
above a threshold back to the kernel at once, and the page faults of getting them again cost up to
half of the time on virtual machines.
"""

import ctypes
import sys

_M_TRIM_THRESHOLD = -1
_M_TOP_PAD = -2
_M_MMAP_THRESHOLD = -3


def keep_freed_memory(top_pad: int = 64 << 20) -> bool:
    """Tell glibc to keep freed blocks (at most ``top_pad`` bytes beyond need at a time).

    Returns whether the allocator took the settings; on other C libraries nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    settings = ((_M_MMAP_THRESHOLD, 1 << 30), (_M_TRIM_THRESHOLD, 2**31 - 1), (_M_TOP_PAD, top_pad))
    return all(mallopt(name, value) == 1 for name, value in settings)
