"""Checks proofs and believes nothing.

Proof checking is below `ledger`; an audit replays a ledger through its own rules, so it is a layer
above. `audit` is therefore imported where it is called: whoever imports `verifier` to check a proof
knows no ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from zk.backends import Backend, select

if TYPE_CHECKING:
    from verifier.auditing import AuditReport, ExpectedHead, SignedVerdict

__all__ = ["audit"]


def audit(
    path: Path | str,
    *,
    backend: Backend | None = None,
    start: SignedVerdict | None = None,
    auditor: bytes | None = None,
    jobs: int = 1,
    cross_check: int = 0,
    seed: int = 0,
    expected_head: ExpectedHead | None = None,
    pins: Mapping[str, str] | None = None,
    patience: int | None = None,
    now: int | None = None,
) -> AuditReport:
    """The report on the ledger in that file; raises `ZkError` where there is none to read.

    `start` is an earlier verdict, signed by `auditor`, to continue from; `cross_check` is how many
    proofs the other backend verifies again (`auditing.ALL` for each), drawn from `seed`; `pins` are
    digests of keys by statement; `patience` is how many seconds an account may be overdue; `now` is
    the time by a clock of one's own, to compare the clocks of a ledger with that is in use.
    """
    from verifier import auditing

    if start is not None:
        start.check(auditor or b"")
    options = auditing.Options(
        backend=backend or select(),
        start=start,
        jobs=jobs,
        cross_check=cross_check,
        seed=seed,
        expected_head=expected_head,
        pins=pins,
        patience=patience,
        now=now,
    )
    return auditing.audit_file(Path(path), options)
