"""An installation where there is no Rust: it succeeds, and everything runs on the reference."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.command import write_example_files
from tests.conftest import ROOT
from tests.test_layers import LAYERS

#: What an installation is made of; built files and caches are left behind.
SOURCES = ("pyproject.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "native")
IGNORED = shutil.ignore_patterns("*.so", "target", "node_modules", "__pycache__", ".venv")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with Tacit, installed with no program but Python within reach.

    What Tacit depends on is lent by the environment that runs the tests.
    """
    folder = tmp_path_factory.mktemp("installation")
    source, venv = folder / "source", folder / "venv"
    source.mkdir()
    for name in (*SOURCES, *LAYERS):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=IGNORED)
        else:
            shutil.copy(ROOT / name, source / name)
    run(sys.executable, "-m", "venv", "--without-pip", str(venv))
    pip = (sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"))
    run(*pip, "install", "--no-deps", "--disable-pip-version-check", str(source), venv=venv)
    packages = next((venv / "lib").glob("python*")) / "site-packages"
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv


def test_an_installation_without_rust_proves_and_verifies(
    installation: Path, tmp_path: Path
) -> None:
    """`tacit prove` and `tacit verify` work, say that they run on py_ecc, and what is faster."""
    write_example_files(tmp_path)
    tacit = str(installation / "bin" / "tacit")
    proving = (tacit, "prove", "circuit.zkey", "witness.wtns")
    verifying = (tacit, "verify", "verification_key.json", "proof.json", "public.json")
    for command in (proving, verifying):
        lines = run(*command, venv=installation, cwd=tmp_path).stderr.splitlines()
        assert lines[0].startswith("backend: py_ecc (slow")


def test_an_installation_without_rust_has_no_native_module(
    installation: Path, tmp_path: Path
) -> None:
    """The module is absent, not broken; a stub of its types is all that is there."""
    script = """
from importlib.util import find_spec
import zk
from zk.backends import available
assert find_spec("zk._native") is None
assert [str(choice) for choice in available()] == ["py_ecc"]
print(zk.__file__)
"""
    python = str(installation / "bin" / "python")
    shown = run(python, "-c", script, venv=installation, cwd=tmp_path)
    assert shown.stdout.startswith(str(installation))


def run(
    *command: str, venv: Path | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs it where `PATH` leads to the virtual environment and nowhere else."""
    hidden = ("CARGO", "RUST", "PYTHONPATH", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    environment["PATH"] = str(venv / "bin") if venv else ""
    result = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result
