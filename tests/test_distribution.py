"""What is handed to others: licences, versions, and a wheel that runs where it is taken."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LISTS: dict[str, list[str]] = {
    "dependencies": PROJECT["project"]["dependencies"],
    **PROJECT["project"]["optional-dependencies"],
}
#: Peers that are measured as their own users run them, on the machine that measures.
BUILT_FOR_HERE = "benchmarks/peers/"


def named(requirements: list[str]) -> list[Requirement]:
    """All but Tacit itself, of which an extra may name another."""
    return [one for one in map(Requirement, requirements) if one.name != "tacit"]


def pins() -> dict[str, Version]:
    """The versions of constraints.txt, by canonical name."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    matches = [re.fullmatch(r"([\w.-]+)==(\S+)", line) for line in lines if line[:1] != "#"]
    assert all(matches)
    return {canonicalize_name(one[1]): Version(one[2]) for one in matches if one}


def brought_by(requirements: list[Requirement]) -> set[str]:
    """The names that these bring here, themselves included."""
    waiting, seen = list(requirements), set[str]()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in seen:
            continue
        seen.add(name)
        for line in distribution(wanted.name).requires or ():
            below = Requirement(line)
            if below.marker is None or any(
                below.marker.evaluate({"extra": extra}) for extra in wanted.extras or {""}
            ):
                waiting.append(below)
    return seen


@pytest.mark.parametrize("where", LISTS)
def test_ranges_begin_at_what_is_tested_and_end_before_the_next_major(where: str) -> None:
    """The pinned version is in the range, at its lower end; no version is demanded exactly."""
    for wanted in named(LISTS[where]):
        bounds = {one.operator: Version(one.version) for one in wanted.specifier}
        assert set(bounds) == {">=", "<"}, wanted
        assert bounds[">="] == pins()[canonicalize_name(wanted.name)], wanted
        assert bounds["<"] == Version(str(bounds[">="].major + 1)), wanted


def test_the_pins_are_everything_that_is_brought_and_nothing_else() -> None:
    """constraints.txt names what the ranges bring, however indirectly."""
    wanted = [one for requirements in LISTS.values() for one in named(requirements)]
    assert set(pins()) == brought_by(wanted)


def test_what_is_tested_is_what_is_pinned() -> None:
    """This very environment has the pinned versions."""
    assert pins() == {name: Version(distribution(name).version) for name in pins()}


def test_package_and_crate_are_under_the_same_licences() -> None:
    """MIT or Apache 2.0, and both texts are part of a distribution."""
    crate = tomllib.loads((ROOT / "native/Cargo.toml").read_text())["package"]
    assert crate["license"] == PROJECT["project"]["license"] == "MIT OR Apache-2.0"
    for name, words in (("LICENSE-MIT", "MIT License"), ("LICENSE-APACHE", "Version 2.0")):
        assert name in PROJECT["project"]["license-files"]
        assert words in (ROOT / name).read_text()


def test_the_crate_is_built_from_the_versions_of_its_lock_file() -> None:
    """The lock file is part of the repository, and an installation asks for it."""
    (module,) = PROJECT["tool"]["setuptools-rust"]["ext-modules"]
    assert module["args"] == ["--locked"]
    assert not _git("check-ignore", "native/Cargo.lock")
    lock = tomllib.loads((ROOT / "native/Cargo.lock").read_text())
    (ours,) = (one for one in lock["package"] if one["name"] == "tacit-native")
    wanted = tomllib.loads((ROOT / "native/Cargo.toml").read_text())["dependencies"]
    assert sorted(ours["dependencies"]) == sorted(wanted)


def test_nothing_is_built_for_the_builders_processor() -> None:
    """No build asks for more than the architecture's oldest; `cargo test` sees what it came to."""
    asked = _git("grep", "-lE", "target-cp[u]", "--", ".").splitlines()
    assert [path for path in asked if not path.startswith((BUILT_FOR_HERE, "docs/"))] == []


@pytest.mark.parametrize(("target", "is_for_development"), [("demo", False), ("test", True)])
def test_a_demo_installs_what_a_demo_needs(
    tmp_path: Path, target: str, is_for_development: bool
) -> None:
    """Tools of development are installed for who develops; and a demo says what it waits for."""
    command = ["make", "-n", f"VENV={tmp_path / 'none'}", "INSTALL=install", target]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "install -e ." in done.stdout
    assert ("[dev]" in done.stdout) == is_for_development
    assert "1 of 2" in done.stdout


def _git(*arguments: str) -> str:
    """What git prints of this repository; skips, visibly, where there is none."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git repository")
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode <= 1, done.stderr
    return done.stdout
