"""Every command and every code block of the documentation does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from circuits.catalogue import STATEMENTS, named_circuit
from tests.command import warm_command
from tests.conftest import ROOT
from zk.circuit import compile_circuit

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "native/README.md"])
#: tests/interop/test_ceremony.py walks this page, with snarkjs and with shorter powers of tau.
WALKED_ELSEWHERE = {ROOT / "docs/ceremony.md"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
#: A Python block that begins with the path of a file is kept there, for the blocks that follow.
NAMED = re.compile(r"# ([\w/]+\.py)\n")
#: Longer than anything takes on the reference.
PATIENCE = 900


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, and the output that the page shows right below it."""

    page: Path
    language: str
    text: str
    shown: str | None = None

    @property
    def commands(self) -> list[str]:
        """What is typed; a backslash at the end of a line continues it."""
        lines = self.text.replace("\\\n", "").splitlines()
        for line in lines:
            assert line.startswith("$ "), f"{self.page.name}: {line}"
        return [line.removeprefix("$ ") for line in lines]


@dataclass
class Session:
    """A folder in which a page's blocks run one after the other, and what they exported."""

    folder: Path
    tools: Path
    exported: dict[str, str] = field(default_factory=dict)

    def run(self, block: Block) -> None:
        """The block does what its page says."""
        if block.language == "python":
            self._python(block.text)
        elif block.language == "console":
            self._console(block)

    def _python(self, text: str) -> None:
        named = NAMED.match(text)
        script = self.folder / (named[1] if named else "block.py")
        script.parent.mkdir(exist_ok=True)
        script.write_text(text)
        # No PATH: what a block needs it imports.
        result = self._result([sys.executable, str(script)], PYTHONPATH=str(ROOT), PATH="")
        assert result.returncode == 0, result.stderr

    def _console(self, block: Block) -> None:
        *before, last = block.commands
        for command in before:
            assert_ran(command, self._type(command))
        result = self._type(last)
        if block.shown is not None and block.shown.startswith("error: "):
            assert result.returncode == 1, f"{last} was not refused"
            lines = result.stderr.splitlines(keepends=True)
            assert_shown(block.shown, "".join(x for x in lines if not x.startswith("backend:")))
            return
        assert_ran(last, result)
        if block.shown is not None:
            assert_shown(block.shown, result.stdout)

    def _type(self, command: str) -> subprocess.CompletedProcess[str]:
        """Types a command into a shell; a `make` is only asked what it would do.

        Running the tests from a test would not end.
        """
        program, _, rest = command.partition(" ")
        if program == "make":
            return self._result(["make", "-n", "-C", str(ROOT), *rest.split()])
        if program == "export":
            name, _, value = rest.partition("=")
            self.exported[name] = value
            return subprocess.CompletedProcess(command, 0, "", "")
        assert program in {"tacit", "python", "cp"}, f"a page runs {program}"
        return self._result(["sh", "-c", command])

    def _result(self, command: list[str], **extra: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.tools}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "COLUMNS": "80", "PATH": path, **self.exported, **extra},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


def assert_ran(command: str, result: subprocess.CompletedProcess[str]) -> None:
    assert result.returncode == 0, f"{command}\n{result.stderr}"


def assert_shown(shown: str, printed: str) -> None:
    """What a page shows is what was printed; `…` is anything, and alone any number of lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else f"{_with_gaps(line.rstrip())}\\n"
        for line in shown.strip("\n").splitlines()
    )
    trimmed = "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())
    assert re.fullmatch(pattern, trimmed), f"shown:\n{shown}\nprinted:\n{printed}"


def _with_gaps(line: str) -> str:
    """The pattern of a line; the spaces beside a gap, which pad a column, belong to it."""
    return ".*".join(map(re.escape, re.split(" *… *", line)))


def blocks(page: Path) -> Iterator[Block]:
    """A page's blocks in order; output that stands right below a command belongs to it."""
    text = page.read_text()
    fences = [*FENCE.finditer(text), None]
    for fence, following in pairwise(fences):
        assert fence is not None
        shown = None
        if fence[1] == "console" and following is not None and following[1] == "text":
            between = text[fence.end() : following.start()]
            shown = following[2] if not between.strip() else None
        yield Block(page, fence[1], fence[2], shown)


def run_blocks(page: Path) -> list[Block]:
    """What a reader of the page types and writes, in its order."""
    return [block for block in blocks(page) if block.language in {"console", "python"}]


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the search path: `tacit` and `python` are those that are tested."""
    folder = tmp_path_factory.mktemp("tools")
    asking = f"-S -E {ROOT / 'tests' / 'ask.py'} {warm_command().socket}"
    for name, script in (("tacit", asking), ("python", "")):
        tool = folder / name
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" {script} "$@"\n')
        tool.chmod(0o755)
    return folder


def test_every_block_is_of_a_kind_that_is_run() -> None:
    """A block is a console session, Python, or plain output; nothing escapes by its label."""
    kinds = {block.language for page in PAGES for block in blocks(page)}
    assert kinds <= {"console", "python", "text"}


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page not in WALKED_ELSEWHERE and run_blocks(page)],
    ids=name_of,
)
def test_pages_do_what_they_say(page: Path, tools: Path, tmp_path: Path) -> None:
    """Read from top to bottom in an empty folder, each command succeeds and prints what is shown.

    The reader has the installed command, and nothing else; each Python block runs.
    """
    folder = tmp_path / "empty"
    folder.mkdir()
    session = Session(folder, tools)
    for block in run_blocks(page):
        session.run(block)


def test_shown_output_is_compared() -> None:
    """The check itself: a gap stands for anything, and nothing else does."""
    printed = "account  7   \nroot     8f3a  .\n\nopen\n"
    gaps = "account  7\nroot     …        .\n\nopen\n"
    for shown in (gaps, "account  7\n…\n", "…\nopen\n", "…"):
        assert_shown(shown, printed)
    for shown in ("account  …\n", "account  8\n…\n", "…\nroot     …\n", "Account  7\n…\n"):
        with pytest.raises(AssertionError):
            assert_shown(shown, printed)


def test_shown_output_belongs_to_the_command_above_it(tmp_path: Path) -> None:
    """The check itself: text that stands elsewhere is nobody's output."""
    page = tmp_path / "page.md"
    console, text = "```console\n$ tacit --help\n```\n", "\n```text\nsome\n```\n"
    for contents, shown in (
        (console + text, "some\n"),
        (console + "\nWords.\n" + text, None),
        (console + "\n" + console, None),
    ):
        page.write_text(contents)
        assert next(blocks(page)).shown == shown


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link and picture within the project is there."""
    for target in LINK.findall(page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_table_ends_with_an_empty_line(page: Path) -> None:
    """Otherwise the paragraph below it is read as its last row."""
    for line, after in pairwise([*FENCE.sub("", page.read_text()).splitlines(), ""]):
        if line.startswith("|"):
            assert not after or after.startswith("|"), f"{page.name}: {after}"


def test_the_readme_counts_what_the_circuits_have() -> None:
    """The sizes in the README are those of the circuits."""
    text = (ROOT / "README.md").read_text()
    for name in STATEMENTS:
        r1cs = compile_circuit(named_circuit(name, "standard")).r1cs
        rows = len(r1cs.constraints)
        assert re.search(rf"\| {name}\b.*\| {rows:,} +\| {rows + r1cs.public + 1:,} +\|", text)
