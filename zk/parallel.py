"""Independent jobs over all cores, for the pure-Python reference.

Python's threads share one interpreter lock, so the jobs run in forked processes. Where
forking is not to be had, or the work is too small to pay for it, they run one by one, with
the same results in the same order.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import pairwise
from typing import Any, Final, TypeVar

from zk.errors import Conflict
from zk.progress import Progress, silent

Result = TypeVar("Result")
Item = TypeVar("Item")

#: Group additions below which starting processes costs more than it saves.
WORTH_FORKING: Final = 20_000


def workers_for(additions: int) -> int:
    """How many processes that much work deserves."""
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    return cores() if can_fork and additions >= WORTH_FORKING else 1


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_jobs(
    jobs: Sequence[tuple[Callable[..., Result], tuple[Any, ...]]],
    *,
    workers: int,
    stage: str,
    progress: Progress = silent,
) -> list[Result]:
    """function(*arguments) for each job, in order."""
    results: list[Result] = []
    progress(stage, 0, len(jobs))
    for result in _results(jobs, workers):
        results.append(result)
        progress(stage, len(results), len(jobs))
    return results


def slices(items: Sequence[Item], parts: int) -> list[Sequence[Item]]:
    """The items in `parts` runs of nearly equal length."""
    bounds = [len(items) * i // parts for i in range(parts + 1)]
    return [items[start:end] for start, end in pairwise(bounds)]


def _results(
    jobs: Sequence[tuple[Callable[..., Result], tuple[Any, ...]]], workers: int
) -> Iterator[Result]:
    if workers == 1:
        for function, arguments in jobs:
            yield function(*arguments)
        return
    context, others = multiprocessing.get_context("fork"), set(multiprocessing.active_children())
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_quietly) as pool:
        futures = [pool.submit(function, *arguments) for function, arguments in jobs]
        try:
            for future in futures:
                yield future.result()
        except BrokenProcessPool:
            expected = "processes that end by themselves"
            raise Conflict("jobs", expected=expected, actual="one that was killed") from None
        except BaseException:  # nobody waits for what is left of the work
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _end_quietly() -> None:
    """An interrupt is for the process that waits, which says so; this one just ends."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
