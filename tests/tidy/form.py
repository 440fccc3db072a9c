"""Names that say what a thing is, docstrings that stand alone, and what fits on a page or two."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.tidy.dead import definitions
from tests.tidy.project import Finding, Module, Project

MAX_FUNCTION: Final = 60
MAX_MODULE: Final = 400
#: Tests are lists, and longer.
MAX_TESTS: Final = 500
#: Words in -ing that name a thing.
NOUNS: Final = {"encoding", "listing", "opening", "setting", "wording"}
#: Prose may charm; a name is looked for. These are parts of names, and whole names.
CHARM: Final = {"apart", "deed", "deeds", "piece", "pieces", "sit", "tell", "trouble", "troubles"}
CHARMING: Final = {"House", "Wish"}
#: An editor shows a docstring alone, so it leans on no neighbour.
LEANING: Final = re.compile(r"\A\s*the same,|\blikewise\b", re.IGNORECASE)
PART: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def names(project: Project) -> Iterator[Finding]:
    """Modules that are named for a moment, and names that charm."""
    for module in project.modules:
        last = module.stem.split("_")[-1]
        if last.endswith("ing") and last not in NOUNS and not _is_sentence(module.stem):
            yield Finding(module.path, 1, "a module's name is a noun")
        named = [(1, module.stem), *((node.lineno, name) for node, name in definitions(module))]
        for line, name in named:
            charms = name in CHARMING or CHARM & {part.lower() for part in PART.findall(name)}
            if charms and not _is_sentence(name):
                yield Finding(module.path, line, f"{name}: say what it is")


def docstrings(project: Project) -> Iterator[Finding]:
    """Docstrings that are understood only beside another."""
    for module in project.modules:
        for node in _documented(module):
            text = ast.get_docstring(node) or ""
            if LEANING.search(text):
                line = getattr(node, "lineno", 1)
                yield Finding(module.path, line, "this docstring leans on another")


def lengths(project: Project) -> Iterator[Finding]:
    """Functions and modules that have become too long; a signature is no part of a function's."""
    for module in project.modules:
        most = MAX_TESTS if module.is_test else MAX_MODULE
        if module.lines > most:
            yield Finding(module.path, 1, f"too long: {module.lines} lines, more than {most}")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.body[0].lineno + 1
                if lines > MAX_FUNCTION:
                    what = f"{node.name}: {lines} lines, more than {MAX_FUNCTION}"
                    yield Finding(module.path, node.lineno, what)


def _is_sentence(name: str) -> bool:
    """Tests are named for what they state."""
    return name.startswith("test_")


def _documented(module: Module) -> Iterator[ast.Module | ast.ClassDef | ast.FunctionDef]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield node
