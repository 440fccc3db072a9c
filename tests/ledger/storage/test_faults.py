"""Disks that fail or fill up at any write, and power that goes: old state or new, never between."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: `make soak` asks for many more.
LOSSES = int(os.environ.get("TACIT_POWER_LOSSES", "300"))
LOSSES_PER_RUN = 100


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that makes calls fail; skips, visibly, where it cannot be compiled."""
    compiler = shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("gcc on Linux is needed for simulated faults")
    library = tmp_path_factory.mktemp("faults") / "faults.so"
    source = Path(__file__).with_name("faults.c")
    flags = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([compiler, *flags, "-o", library, source, "-ldl"], check=True)
    return library


def run(shim: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LD_PRELOAD": str(shim), "FAULTS_FOLDER": str(folder)}
    command = [sys.executable, "-m", "tests.ledger.storage.faulty", *arguments, str(folder)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600
    )


@pytest.mark.parametrize("checkpoints", ["0", "1"], ids=["no checkpoint", "checkpoint"])
@pytest.mark.parametrize("lasting", ["once", "lasting"])
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_every_call_fails(
    shim: Path, tmp_path: Path, error: str, lasting: str, checkpoints: str
) -> None:
    """Each write, sync and truncation in turn: `Unavailable`, and a store that goes on after."""
    result = run(shim, tmp_path, "errors", error, lasting, checkpoints)
    assert not result.returncode, result.stderr
    appends, creations = (
        int(word) for word in result.stdout.replace(",", "").split() if word.isdigit()
    )
    assert appends > 10
    assert creations > 30


@pytest.mark.parametrize("seed", range(LOSSES // LOSSES_PER_RUN))
def test_power_is_lost(shim: Path, tmp_path: Path, seed: int) -> None:
    """Whatever part of the unsynced writes is lost or torn, no acknowledged entry is."""
    result = run(shim, tmp_path, "power", str(LOSSES_PER_RUN), str(seed), "FULL")
    assert not result.returncode, result.stderr
    assert int(result.stdout.split()[-1]) > LOSSES_PER_RUN // 4, "too few losses"


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_the_simulation_finds_what_is_not_synced(
    shim: Path, tmp_path: Path, synchronous: str
) -> None:
    """The simulation itself: under weaker settings entries are lost, and it says so."""
    result = run(shim, tmp_path, "power", "100", "0", synchronous)
    assert result.returncode
    assert "AssertionError: entry" in result.stderr or "DamagedLedger" in result.stderr
