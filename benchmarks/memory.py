"""The memory of the process that asks."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Final

_STATUS: Final = Path("/proc/self/status")


def peak_memory() -> int:
    """The most memory in bytes that this process has held so far."""
    if _STATUS.is_file():  # unlike getrusage, it forgets the process that started this one
        return int(_STATUS.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
