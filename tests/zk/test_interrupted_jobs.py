"""How work in several processes ends when somebody interrupts it, or one of them is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from zk.errors import Conflict
from zk.parallel import run_jobs

SCRIPT = """
import signal, sys, time
from pathlib import Path
from zk.parallel import run_jobs

signal.signal(signal.SIGINT, signal.default_int_handler)  # which whoever runs tests may ignore

def job(number):
    Path(f"began-{number}").touch()
    time.sleep(60)

try:
    run_jobs([(job, (n,)) for n in range(3)], workers=2, stage="work")
except KeyboardInterrupt:
    print("interrupted", file=sys.stderr)
"""


@pytest.mark.parametrize("whom", ["everybody", "only the one who waits"])
def test_an_interrupt_ends_all_of_it_in_one_line(tmp_path: Path, whom: str) -> None:
    """Ctrl-C reaches every process of a terminal, `kill` only one: no worker says a word."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    patience = time.monotonic() + 60
    while len(list(tmp_path.glob("began-*"))) < 2 and time.monotonic() < patience:
        time.sleep(0.05)
    if whom == "everybody":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=50)
    assert errors == "interrupted\n"
    assert len(list(tmp_path.glob("began-*"))) == 2


def test_a_worker_that_is_killed_is_a_refusal() -> None:
    """One line, as for everything else; not the executor's own error."""
    with pytest.raises(Conflict, match="one that was killed"):
        run_jobs([(_end, ()), (_end, ())], workers=2, stage="work")


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
