"""Imports go one way: zk ← circuits ← verifier ← ledger ← prover ← the command."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: For each package, what it may import besides itself and what others publish.
ALLOWED = {
    "zk": set[str](),
    "circuits": {"zk"},
    "verifier": {"zk", "circuits"},
    "ledger": {"zk", "circuits", "verifier"},
    "prover": {"zk", "circuits", "verifier", "ledger"},
    "benchmarks": {"zk", "circuits", "verifier", "ledger", "prover"},
}


def imports_of(source: str) -> Iterator[str]:
    """The top-level packages that a module imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def upward_imports(package: str, source: str) -> set[str]:
    """Our own packages that `package` has no business to know."""
    ours = {*ALLOWED, "examples", "tacit", "tests"}
    return set(imports_of(source)) & ours - ALLOWED[package] - {package}


def modules() -> list[tuple[str, Path]]:
    return [(p, path) for p in ALLOWED for path in sorted((ROOT / p).rglob("*.py"))]


@pytest.mark.parametrize(
    ("package", "path"),
    modules(),
    ids=lambda x: str(x.relative_to(ROOT)) if isinstance(x, Path) else x,
)
def test_no_module_imports_upwards(package: str, path: Path) -> None:
    """No module imports a layer above its own, nor a sibling that it may not know."""
    assert not upward_imports(package, path.read_text())


def test_an_upward_import_is_seen() -> None:
    """The check itself: every form of import of a higher layer is found."""
    assert upward_imports("zk", "import circuits.claim") == {"circuits"}
    assert upward_imports("circuits", "from ledger import state") == {"ledger"}
    assert upward_imports("verifier", "def f():\n    from prover import wallet") == {"prover"}
    assert upward_imports("prover", "import benchmarks.measure") == {"benchmarks"}
    assert not upward_imports("ledger", "from zk import pedersen")
