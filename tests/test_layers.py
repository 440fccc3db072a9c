"""Imports go down: a package may import those below it, and no function dodges that."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: From the bottom to the top.
LAYERS = (
    "zk",
    "circuits",
    "ledger",
    "verifier",
    "prover",
    "development",
    "benchmarks",
    "tacit",
)
#: What an installation may lack, or what only few need and takes long to load: imported where it is
#: used. None of it is a layer of ours but the native backend, whose absence has to be survived.
MAY_BE_ABSENT = {"QuantLib", "matplotlib", "scipy", "zk._native", "zk.backends.native"}
#: Whole folders that talk to people; nobody else does.
CONSOLES = {"typer": {"tacit"}, "rich": {"tacit"}}


def packages_of(source: str) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    return {name.split(".")[0] for name in modules_imported(ast.walk(ast.parse(source)))}


def modules_imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The modules that these statements import; of `from a import b`, a.b, which may be one."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_in_functions(source: str) -> set[str]:
    """What is imported when a function runs, or for types alone, and may not be absent."""
    hidden: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        is_for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if is_function or is_for_types:
            hidden.update(modules_imported(ast.walk(node)))
    absent = tuple(f"{name}." for name in MAY_BE_ABSENT)
    return {name for name in hidden if not f"{name}.".startswith(absent)}


def upward_imports(package: str, source: str) -> set[str]:
    """Our own packages that `package` has no business to know."""
    below = set(LAYERS[: LAYERS.index(package) + 1])
    return packages_of(source) & {*LAYERS, "examples", "tests"} - below


def modules() -> list[Path]:
    paths = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]
    return [path for path in paths if not {".venv", "peers"} & set(path.parts)]


@pytest.mark.parametrize("layer", LAYERS)
def test_no_module_imports_upwards(layer: str) -> None:
    """No module imports a layer above its own."""
    for path in modules():
        if path.relative_to(ROOT).parts[0] == layer:
            assert not upward_imports(layer, path.read_text()), path


def test_no_import_hides_in_a_function() -> None:
    """What a module needs stands at its top, unless it may be absent."""
    for path in modules():
        assert not imported_in_functions(path.read_text()), path


def test_a_ledger_is_reached_through_its_port() -> None:
    """Where a file is opened, founded or measured the concrete ledger is known: nowhere else."""
    opens = {"tacit/access.py", "development/files.py"}
    knows = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if any(name.startswith("ledger.ledger.") for name in named_in(path))
    }
    assert {name for name in knows if not name.startswith(("ledger/", "benchmarks/"))} == opens


def named_in(path: Path) -> set[str]:
    """The modules that a file imports, as names that end with a dot."""
    tree = ast.parse(path.read_text())
    return {f"{name}." for name in modules_imported(ast.walk(tree))}


@pytest.mark.parametrize("console", CONSOLES)
def test_only_the_command_talks_to_people(console: str) -> None:
    """Libraries of terminals are imported by the command alone."""
    for path in modules():
        if path.relative_to(ROOT).parts[0] not in CONSOLES[console]:
            assert console not in packages_of(path.read_text()), path


def test_what_is_forbidden_is_seen() -> None:
    """The checks themselves: every form of import is found."""
    assert upward_imports("zk", "import circuits.claim") == {"circuits"}
    assert upward_imports("circuits", "from ledger import state") == {"ledger"}
    assert upward_imports("ledger", "def f():\n    from verifier import audit") == {"verifier"}
    assert upward_imports("prover", "import benchmarks.proofs.measure") == {"benchmarks"}
    assert upward_imports("verifier", "from tests import command") == {"tests"}
    assert not upward_imports("ledger", "from zk import pedersen")
    assert imported_in_functions("def f():\n    import json") == {"json"}
    assert imported_in_functions("class A:\n    def f(self):\n        from zk import field")
    assert imported_in_functions("if TYPE_CHECKING:\n    import ledger.state")
    assert not imported_in_functions("def f():\n    from scipy.optimize import linprog")
    assert not imported_in_functions("try:\n    import json\nfinally:\n    pass")


def test_the_rules_import_no_floats() -> None:
    """Nothing that decides about a transition loads a pricer, a solver or an array library."""
    script = (
        "import sys, ledger.execution, ledger.genesis; "
        "floats = {'QuantLib', 'numpy', 'scipy'} | {'ledger.market.' + name for name in "
        "('black', 'risk', 'residuals', 'adversary')}; print(sorted(floats & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
