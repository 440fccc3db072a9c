"""Batches of proofs in processes of their own, one core each.

They are started anew instead of forked: a fork would copy a pool of threads whose threads are not
there. What travels is public: statements, public inputs, proofs.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager

from ledger.evidence import ClaimedProof
from ledger.judge import Judge, Verdicts
from verifier.batches import Submit
from zk.backends import Choice, select
from zk.groth16 import VerifyingKey

_THREADS = "RAYON_NUM_THREADS"
#: Set once in each worker, when it starts.
_judge: list[Judge] = []


@contextmanager
def workers(jobs: int, keys: Mapping[str, VerifyingKey], backend: str) -> Iterator[Submit]:
    """So many processes that judge batches."""
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"  # what a child inherits: one core for each
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_start, initargs=(dict(keys), backend)
    )

    def submit(batch: list[ClaimedProof]) -> Future[Verdicts]:
        return pool.submit(_run, batch)

    try:
        # They are started together, so that all are about to be ready when the first one is.
        wait([pool.submit(_ready) for _ in range(jobs)])
        yield submit
    finally:
        pool.shutdown(cancel_futures=True)
        if before is None:
            del os.environ[_THREADS]
        else:
            os.environ[_THREADS] = before


def _start(keys: Mapping[str, VerifyingKey], backend: str) -> None:
    _judge[:] = [Judge(keys, select(Choice(backend)))]


def _ready() -> None:
    """Answers once there is a judge."""


def _run(batch: list[ClaimedProof]) -> Verdicts:
    return _judge[0].judge(batch)
