"""Work in a process of its own, whose memory, threads and first time are that work's alone."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from traceback import format_exc
from types import FrameType
from typing import TypeVar, cast

from benchmarks.cores import stay_on_cores
from benchmarks.errors import MeasurementFailed

Result = TypeVar("Result")


def in_subprocess(work: Callable[..., Result], *arguments: object) -> Result:
    """The work in a fresh process, which ends with the wait for it, however that ends."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sending, work, arguments))
    process.start()
    sending.close()
    try:
        returned, answer = receiving.recv()
    except EOFError:
        raise MeasurementFailed(
            "measurement", expected="a process that ends by itself", actual="one that was killed"
        ) from None
    except BaseException:
        process.terminate()
        raise
    finally:
        receiving.close()
        process.join()
    if not returned:
        raise answer
    return cast("Result", answer)


def on_cores(cores: int, work: Callable[..., Result], *arguments: object) -> Result:
    """What the work comes to in a process of its own that is given so many cores."""
    result: Result = in_subprocess(_on, cores, work, *arguments)
    return result


def _on(cores: int, work: Callable[..., Result], *arguments: object) -> Result:
    stay_on_cores(cores)
    return work(*arguments)


def _answer(
    sending: Connection, work: Callable[..., object], arguments: tuple[object, ...]
) -> None:
    # An interrupt is for the process that waits. It ends this one, whose folders and whose own
    # processes then go the way they go when anything else fails.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    try:
        answer = (True, work(*arguments))
    except Exception as error:
        error.add_note(format_exc())
        answer = (False, error)
    sending.send(answer)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(1)
