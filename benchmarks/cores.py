"""How much of the machine a process may use; asked for before its first thread is started."""

from __future__ import annotations

import os


def stay_on_cores(count: int) -> None:
    """So many cores, and as many threads of the crate and worker processes of the reference.

    The crate asks when its threads are first needed, the reference whenever it forks.
    """
    os.environ["RAYON_NUM_THREADS"] = str(count)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])
