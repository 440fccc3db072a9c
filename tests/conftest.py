"""What all tests share: vectors from outside, the backends, what ran and what did not."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from zk.backends import Backend, Choice, available, select

ROOT = Path(__file__).resolve().parent.parent
VECTORS = ROOT / "tests" / "vectors"
#: Development keys that commands make while they are tested, once for all tests.
os.environ.setdefault("TACIT_CACHE", str(ROOT / ".pytest_cache" / "keys"))
NODE_MODULES = ROOT / "tests" / "interop" / "node_modules"


def load_vectors(name: str) -> Any:
    """A file of vectors that come from elsewhere."""
    return json.loads((VECTORS / name).read_text())


@pytest.fixture(scope="session", params=[choice for choice in Choice if choice is not Choice.AUTO])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each backend in turn; one that is not installed is skipped, visibly."""
    if request.param not in available():
        pytest.skip(f"backend {request.param} is not installed")
    return select(request.param)


@pytest.fixture(scope="session")
def reference() -> Backend:
    """The backend that the others are held against."""
    return select(Choice.PY_ECC)


@pytest.fixture(scope="session")
def native() -> Backend:
    """The native backend; skips, visibly, where it is not installed."""
    if Choice.NATIVE not in available():
        pytest.skip("the native backend is not installed")
    return select(Choice.NATIVE)


def has_peers() -> bool:
    """True where node and the tools of others are there."""
    return shutil.which("node") is not None and (NODE_MODULES / ".ready").is_file()


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder of snarkjs, circom2 and circomlibjs."""
    if not has_peers():
        pytest.skip("node or the peers of `make peers` are not installed")
    return NODE_MODULES


def pytest_report_header() -> list[str]:
    """The log says which backends and which outside tools ran."""
    peers = []
    for name in ("snarkjs", "circom2", "circomlibjs"):
        package = NODE_MODULES / name / "package.json"
        found = has_peers() and package.is_file()
        version = json.loads(package.read_text())["version"] if found else "absent, skipped"
        peers.append(f"{name} {version}")
    return [
        f"backends: {', '.join(available())}",
        f"outside tools: {', '.join(peers)}",
        f"browser: {shutil.which('chromium') or 'absent, skipped'}",
    ]
