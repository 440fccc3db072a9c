"""Every command and every code block of the documentation does what it says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from circuits.catalogue import named_circuit
from tests.command import run_tacit, write_example_files
from tests.conftest import ROOT
from zk.circuit import compile_circuit

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "native/README.md"])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    language: str
    text: str


def blocks() -> Iterator[Block]:
    for page in PAGES:
        for language, text in FENCE.findall(page.read_text()):
            yield Block(page, language, text)


def name_of(block: Block) -> str:
    first = block.text.strip().splitlines()[0]
    return f"{block.page.name}: {first[:40]}"


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the pages' examples speak of."""
    folder = tmp_path_factory.mktemp("docs")
    write_example_files(folder)
    return folder


def test_every_block_is_of_a_kind_that_is_run() -> None:
    """A block is a console session, Python, or plain output; nothing escapes by its label."""
    assert {block.language for block in blocks()} <= {"console", "python", "text"}


@pytest.mark.parametrize("block", [b for b in blocks() if b.language == "python"], ids=name_of)
def test_python_blocks_run(block: Block, tmp_path: Path) -> None:
    """A Python block runs as it stands, in a process of its own."""
    script = tmp_path / "block.py"
    script.write_text(block.text)
    result = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "TACIT_CACHE": os.environ["TACIT_CACHE"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("block", [b for b in blocks() if b.language == "console"], ids=name_of)
def test_console_blocks_run(block: Block, key_folder: Path, tmp_path: Path) -> None:
    """Each command of a console block succeeds, in the folder that the page speaks of.

    A `make` command is asked what it would do: running the tests from a test would not end.
    """
    folder = Path(shutil.copytree(key_folder, tmp_path / "work"))
    for line in block.text.splitlines():
        assert line.startswith("$ "), f"{block.page.name}: {line}"
        program, *arguments = shlex.split(line[2:])
        if program == "make":
            result = subprocess.run(
                ["make", "-n", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
            )
        else:
            assert program == "tacit", f"{block.page.name} runs {program}"
            result = run_tacit(*arguments, cwd=folder)
        assert result.returncode == 0, f"{line}\n{result.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link and picture within the project is there."""
    for target in LINK.findall(page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_counts_what_the_circuits_have() -> None:
    """The sizes in the README are those of the circuits."""
    text = (ROOT / "README.md").read_text()
    for name in ("claim", "solvency", "fill"):
        r1cs = compile_circuit(named_circuit(name, "standard")).r1cs
        rows = len(r1cs.constraints)
        assert re.search(rf"\| {name}\b.*\| {rows:,} +\| {rows + r1cs.public + 1:,} +\|", text)
