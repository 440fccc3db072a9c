"""What nobody uses: definitions, modules, pages, pictures, files."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.tidy.project import Finding, Module, Project, names_in

LINK: Final = re.compile(r"\]\(([^)#\s]+)")
#: Decorators that leave a function to be called by its name; any other registers it somewhere.
PLAIN: Final = {
    "abstractmethod",
    "cache",
    "cached_property",
    "classmethod",
    "contextmanager",
    "dataclass",
    "fixture",
    "lru_cache",
    "property",
    "staticmethod",
    "total_ordering",
    "runtime_checkable",
}
#: Modules that are run by their path or by a tool.
STARTED: Final = re.compile(r"(^|/)(__main__|__init__|conftest|test_\w+)\.py$|^examples/|/peers/")
#: Files that tools look for.
EXPECTED: Final = {"go.mod", "go.sum", "lib.rs", "main.rs", "py.typed", "rustfmt.toml"}
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def dead_code(project: Project) -> Iterator[Finding]:
    """Functions, classes, methods and constants that nothing names but what they are made of."""
    for module in project.modules:
        for node, name in definitions(module):
            uses = project.parameters[name] if is_fixture(node) else 0
            uses += project.named[name] - names_in(ast.walk(node))[name]
            if uses <= 0 and not is_started(module, node, name):
                yield Finding(module.path, node.lineno, f"nobody uses {name}")


def dead_modules(project: Project) -> Iterator[Finding]:
    """Modules that nobody imports and nothing starts."""
    imported = {name for module in project.modules for name in imports(module)}
    spoken = "\n".join(text for path, text in project.texts.items())
    for module in project.modules:
        if STARTED.search(module.path) or module.name in imported:
            continue
        if not re.search(rf"{re.escape(module.name)}\b(?!\.\w)", spoken):
            yield Finding(module.path, 1, "nobody imports this module")


def dead_files(project: Project) -> Iterator[Finding]:
    """Pages that no page links to, pictures that none shows, files that nothing mentions."""
    linked = set(_links(project))
    folders = {posixpath.dirname(path) for path in project.files}
    spoken = "\n".join(text for path, text in project.texts.items())
    for path in project.files:
        name, is_page = posixpath.basename(path), path.endswith((".md", ".svg"))
        if not _has_to_be_mentioned(path):
            continue
        if is_page and path.startswith("docs/"):
            inside = {folder for folder in folders if path.startswith(f"{folder}/")} & linked
            if path not in linked and not inside:
                yield Finding(path, 1, "no page links to it")
        elif name not in spoken and f"mod {Path(path).stem};" not in spoken:
            yield Finding(path, 1, "nothing mentions it")


def definitions(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """What stands at the top of a module, and the methods of its classes."""
    for node in module.tree.body:
        if isinstance(node, Definition):
            yield node, node.name
        yield from ((node, name) for name in _assigned(node))
        if isinstance(node, ast.ClassDef):
            yield from ((one, one.name) for one in node.body if isinstance(one, _FUNCTION))


def imports(module: Module) -> Iterator[str]:
    """Every module that this one imports; of `from a import b`, a and a.b, which may be one."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_fixture(node: ast.stmt) -> bool:
    """A function that tests ask for by the name of a parameter."""
    return "fixture" in _decorators(node)


def is_started(module: Module, node: ast.stmt, name: str) -> bool:
    """What is called by somebody else's rules: Python's, pytest's, or those of a decorator."""
    if name.startswith("__") and name.endswith("__"):
        return True
    if module.is_test and name.lower().startswith(("test", "pytest_")):
        return True
    return any(each not in PLAIN for each in _decorators(node)) or "autouse" in ast.unparse(node)


def _has_to_be_mentioned(path: str) -> bool:
    """All but what a tool or a person looks for by its name or its kind."""
    name = posixpath.basename(path)
    is_expected = "/" not in path or name.startswith(".") or name in EXPECTED
    return not is_expected and Path(path).suffix not in {".py", ".go"}


def _assigned(node: ast.stmt) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def _decorators(node: ast.stmt) -> Iterator[str]:
    """The last word of each: `fixture` of `@pytest.fixture(scope="module")`."""
    for each in getattr(node, "decorator_list", ()):
        function = each.func if isinstance(each, ast.Call) else each
        yield function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def _links(project: Project) -> Iterator[str]:
    """What the pages link to: paths from the root, folders without their slash."""
    for path, text in project.texts.items():
        if path.endswith(".md"):
            for target in LINK.findall(text):
                joined = posixpath.join(posixpath.dirname(path), target)
                yield posixpath.normpath(joined)
