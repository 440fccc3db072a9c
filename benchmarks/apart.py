"""Work in a process of its own, whose memory, threads and first time are that work's alone."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from benchmarks.errors import MeasurementFailed

Result = TypeVar("Result")


def apart(work: Callable[..., Result], *arguments: object) -> Result:
    """The work in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(work, *arguments).result()
        except BrokenProcessPool:
            raise MeasurementFailed(
                "measurement",
                expected="a process that ends by itself",
                actual="one that was killed",
            ) from None
