"""The check of dead code, dead files, names and length: it sees what is planted, and no more."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.tidy.project import Project
from tests.tidy.verdict import untidy

FIXTURES = "import pytest\n\n\n@pytest.fixture\ndef ledger(): ...\n"
#: A small project in which everything is in order.
ORDERLY = {
    "README.md": (
        "[A page](docs/page.md), `zk.started`.\n\n```python\nfrom zk.used import shown\n```\n"
    ),
    "docs/page.md": "![A picture](images/seen.svg)\n",
    "docs/images/seen.svg": "<svg/>",
    "zk/__init__.py": "from zk.used import Base\n",
    "zk/__main__.py": "from zk.used import LIMIT, Base, registered\nBase().ask(LIMIT)\n",
    "zk/started.py": '"""Started by its name."""\n',
    "zk/used.py": (
        "import app\n\nLIMIT = 3\n\n\nclass Base:\n    def __init__(self): ...\n"
        "    def ask(self, x): return x\n\n\ndef shown(): ...\n\n\n"
        "@app.command()\ndef registered(): ...\n"
    ),
    "tests/conftest.py": FIXTURES,
    "tests/test_it.py": "def test_it_is_told_apart(ledger): ...\n",
    "tests/data.json": "{}",
    "tests/reader.py": 'PATH = "data.json"\n',
    "tests/test_reader.py": "from tests.reader import PATH\n\n\ndef test_it(): open(PATH)\n",
}
#: What is added or replaced, and what has to be said of it.
PLANTED = {
    "a function": ("zk/more.py", "def lost(): lost()\n", "nobody uses lost"),
    "a class": ("zk/more.py", "class Lost:\n    '''Lost.'''\n", "nobody uses Lost"),
    "a method": ("zk/more.py", "class Base:\n    def lost(self): ...\n", "nobody uses lost"),
    "a constant": ("zk/more.py", "LOST: int = 3\n", "nobody uses LOST"),
    "a name in prose": ("zk/more.py", "'''A lost word.'''\ndef lost(): ...\n", "nobody uses lost"),
    "a name handed on": ("zk/__init__.py", "from zk.used import Base, lost\n", None),
    "a fixture": (
        "tests/conftest.py",
        f"{FIXTURES}\n\n@pytest.fixture\ndef lost(): ...\n",
        "nobody uses lost",
    ),
    "a helper of tests": ("tests/test_it.py", "def lost(ledger): ...\n", "nobody uses lost"),
    "a module": ("zk/lost.py", "", "nobody imports this module"),
    "a page": ("docs/lost.md", "# Lost\n", "no page links to it"),
    "a picture": ("docs/images/lost.svg", "<svg/>", "no page links to it"),
    "a file": ("tests/lost.json", "{}", "nothing mentions it"),
    "a participle": ("zk/clearing.py", "", "a module's name is a noun"),
    "charm": ("zk/more.py", "def sit_down(): ...\nsit_down()\n", "sit_down: say what it is"),
    "charm alone": ("zk/more.py", "class Wish: ...\nWish()\n", "Wish: say what it is"),
    "likewise": ("zk/more.py", "'''Two, likewise.'''\n", "this docstring leans on another"),
    "the same": ("zk/more.py", "'''The same, signed.'''\n", "this docstring leans on another"),
    "a long function": (
        "zk/more.py",
        "def f():\n" + "    pass\n" * 61 + "f()\n",
        "f: 61 lines, more than 60",
    ),
    "a long module": ("zk/more.py", "pass\n" * 401, "too long: 401 lines, more than 400"),
}


def project_in(folder: Path, files: dict[str, str]) -> Project:
    """A repository with those files; another than the root's is planted beside its import."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return Project.of_git(folder)


def test_an_orderly_project_has_no_finding(tmp_path: Path) -> None:
    """Registered, shown on a page, asked for by a test, named by its module: all of that is use."""
    assert not list(untidy(project_in(tmp_path, ORDERLY), {}))


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_found(tmp_path: Path, kind: str) -> None:
    """Each kind of disorder is named once, with the file that it is in."""
    path, text, said = PLANTED[kind]
    files = ORDERLY | {path: text}
    if path == "zk/more.py":
        files["zk/__main__.py"] += "import zk.more\n"
    found = [(each.path, each.what) for each in untidy(project_in(tmp_path, files), {})]
    wanted = [] if said is None else [(path, said)]
    if path == "zk/clearing.py":
        wanted.append((path, "nobody imports this module"))
    assert sorted(found) == sorted(wanted)


def test_what_is_allowed_is_not_said_and_what_nothing_needs_is(tmp_path: Path) -> None:
    """An allowance goes when its reason has gone."""
    project = project_in(tmp_path, ORDERLY | {"docs/lost.md": "# Lost\n"})
    assert not list(untidy(project, {"docs/lost.md: no page": "a draft"}))
    (found, needless) = untidy(project, {"zk/used.py: too long": "it was"})
    assert found.path == "docs/lost.md"
    assert "nothing needs the allowance for zk/used.py: too long" in needless.what
