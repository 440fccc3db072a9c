"""The files of a project, read once: their Python, their words, and what each names."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

#: A block of Python on a page: a tested use.
BLOCK: Final = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WORD: Final = re.compile(r"[A-Za-z_]\w*")
#: A name or a path of names in a string is looked up by somebody; other strings are prose.
PATH: Final = re.compile(r"[\w.]+")
#: Text that is read for the names in it. Everything else is data.
TEXT: Final = {
    ".css",
    ".js",
    ".md",
    ".mjs",
    ".py",
    ".pyi",
    ".rs",
    ".sh",
    ".toml",
    ".txt",
    ".yml",
    "",
}
#: Files of others or of results, which name nothing of ours.
DATA: Final = ("benchmarks/results/", "tests/vectors/", "LICENSE", "constraints.txt")


@dataclass(frozen=True)
class Finding:
    """One thing that is not in order."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Module:
    """One file of Python."""

    path: str
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        """As it is imported; a package by its folder."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @property
    def is_test(self) -> bool:
        return self.path.startswith("tests/")

    @cached_property
    def named(self) -> Counter[str]:
        """What it names; what a package hands on, nobody has named yet."""
        nodes = ast.walk(self.tree)
        if self.stem == "__init__":
            nodes = (node for node in nodes if not _hands_on(node))
        return names_in(nodes)


@dataclass(frozen=True)
class Project:
    """A folder, and those of its files that are kept."""

    root: Path
    files: tuple[str, ...]

    @classmethod
    def of_git(cls, root: Path) -> Project:
        """All files that git keeps, or would keep if it were told of them."""
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        return cls(root, tuple(sorted(path for path in listed if (root / path).is_file())))

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        paths = (path for path in self.files if path.endswith(".py"))
        return tuple(
            Module(path, ast.parse(self.text(path)), self.text(path).count("\n")) for path in paths
        )

    @cached_property
    def texts(self) -> dict[str, str]:
        """Every text that may mention something, by its path."""
        return {
            path: self.text(path)
            for path in self.files
            if Path(path).suffix in TEXT and not path.startswith(DATA)
        }

    @cached_property
    def named(self) -> Counter[str]:
        """What all Python names, pages included, and every word of the crate and the settings."""
        total: Counter[str] = Counter()
        for module in self.modules:
            total += module.named
        for path, text in self.texts.items():
            if path.endswith((".rs", ".toml")):
                total.update(WORD.findall(text))
            elif path.endswith(".md"):
                for block in BLOCK.findall(text):
                    total += names_in(ast.walk(ast.parse(block)))
        return total

    @cached_property
    def parameters(self) -> Counter[str]:
        """The names of all parameters: how a test asks for a fixture."""
        nodes = (node for module in self.modules for node in ast.walk(module.tree))
        return Counter(node.arg for node in nodes if isinstance(node, ast.arg))

    def text(self, path: str) -> str:
        return (self.root / path).read_text()


def names_in(nodes: Iterator[ast.AST]) -> Counter[str]:
    """Every name that is used, imported, looked up or written as a string of its own."""
    found: Counter[str] = Counter()
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            found[node.id] += 1
        elif isinstance(node, ast.Attribute):
            found[node.attr] += 1
        elif isinstance(node, ast.alias):
            found.update(node.name.split("."))
        elif isinstance(node, ast.keyword) and node.arg:
            found[node.arg] += 1
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_code = PATH.fullmatch(node.value) or "import " in node.value
            found.update(WORD.findall(node.value) if is_code else ())
    return found


def _hands_on(node: ast.AST) -> bool:
    """An import of a package's own folder, or the list of what it offers."""
    return isinstance(node, ast.alias | ast.Constant)
