"""Imports go one way: zk ← circuits ← verifier ← ledger ← verifier/auditing, prover ← the command.

`verifier` checks proofs, below `ledger`; `verifier/auditing` replays ledgers, above it. So nothing
below imports the audit, except inside a function that somebody who wants an audit calls.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: For each package, what it may import besides itself and what others publish.
ALLOWED = {
    "zk": set[str](),
    "circuits": {"zk"},
    "verifier": {"zk", "circuits"},
    "verifier.auditing": {"zk", "circuits", "verifier", "ledger"},
    "ledger": {"zk", "circuits", "verifier"},
    "prover": {"zk", "circuits", "verifier", "ledger"},
    "benchmarks": {"zk", "circuits", "verifier", "ledger", "prover"},
}


#: A layer of its own inside the folder of another, and who may import it when they are imported.
AUDIT = "verifier.auditing"
MAY_IMPORT_AUDIT = {AUDIT, "prover", "benchmarks"}


def imports_of(source: str) -> Iterator[str]:
    """The top-level packages that a module imports."""
    for name in modules_imported(ast.walk(ast.parse(source))):
        yield name.split(".")[0]


def modules_imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The modules that these statements import; of `from a import b`, a.b, which may be one."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The statements that run when a module is imported: none in a function, none for types."""
    for child in ast.iter_child_nodes(node):
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        is_for_types = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if not is_function and not is_for_types:
            yield child
            yield from run_at_import(child)


def upward_imports(package: str, source: str) -> set[str]:
    """Our own packages that `package` has no business to know."""
    ours = {*ALLOWED, "examples", "tacit", "tests"} - {AUDIT}
    return set(imports_of(source)) & ours - ALLOWED[package] - {package}


def imports_the_audit(source: str) -> bool:
    """Whether importing this module imports the audit, and with it the ledger."""
    names = modules_imported(run_at_import(ast.parse(source)))
    return any(f"{name}.".startswith(f"{AUDIT}.") for name in names)


def package_of(path: Path) -> str:
    """The layer that a module belongs to."""
    folders = path.relative_to(ROOT).parts
    return AUDIT if ".".join(folders[:2]) == AUDIT else folders[0]


def modules() -> list[tuple[str, Path]]:
    folders = [p for p in ALLOWED if p != AUDIT]
    paths = [path for p in folders for path in sorted((ROOT / p).rglob("*.py"))]
    return [(package_of(path), path) for path in paths if ".venv" not in path.parts]


@pytest.mark.parametrize(
    ("package", "path"),
    modules(),
    ids=lambda x: str(x.relative_to(ROOT)) if isinstance(x, Path) else x,
)
def test_no_module_imports_upwards(package: str, path: Path) -> None:
    """No module imports a layer above its own, nor a sibling that it may not know."""
    assert not upward_imports(package, path.read_text())
    if package not in MAY_IMPORT_AUDIT:
        assert not imports_the_audit(path.read_text())


def test_an_upward_import_is_seen() -> None:
    """The check itself: every form of import of a higher layer is found."""
    assert upward_imports("zk", "import circuits.claim") == {"circuits"}
    assert upward_imports("circuits", "from ledger import state") == {"ledger"}
    assert upward_imports("verifier", "def f():\n    from prover import wallet") == {"prover"}
    assert upward_imports("prover", "import benchmarks.proving.measure") == {"benchmarks"}
    assert not upward_imports("ledger", "from zk import pedersen")
    assert upward_imports(AUDIT, "from prover import wallet") == {"prover"}
    assert not upward_imports(AUDIT, "from ledger import state")


def test_an_import_of_the_audit_is_seen_where_it_runs() -> None:
    """A module below the ledger may import the audit in a function or for types, nowhere else."""
    assert imports_the_audit("from verifier.auditing.report import AuditReport")
    assert imports_the_audit("from verifier import auditing")
    assert imports_the_audit("class A:\n    import verifier.auditing")
    assert imports_the_audit("try:\n    from verifier import auditing\nfinally:\n    pass")
    assert not imports_the_audit("def f():\n    from verifier import auditing")
    assert not imports_the_audit("if TYPE_CHECKING:\n    from verifier import auditing")
    assert not imports_the_audit("from verifier.evidence import Signed")
    assert package_of(ROOT / "verifier" / "auditing" / "report.py") == AUDIT
    assert package_of(ROOT / "verifier" / "checker.py") == "verifier"


def test_importing_the_verifier_imports_no_ledger() -> None:
    """What the rule is for: a program that checks one proof loads nothing of a ledger."""
    script = "import sys, verifier.command, verifier.audit_command; print('ledger' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"


def test_the_rules_import_no_floats() -> None:
    """Nothing that decides about a transition loads a pricer, a solver or an array library."""
    script = (
        "import sys, ledger.execution, ledger.genesis; "
        "floats = {'QuantLib', 'numpy', 'scipy'} | {'ledger.market.' + name for name in "
        "('pricing', 'risk', 'residuals')}; print(sorted(floats & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
