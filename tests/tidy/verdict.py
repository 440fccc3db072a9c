"""All checks on a project, less what is allowed; an allowance that nothing needs is a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from tests.tidy.dead import dead_code, dead_files, dead_modules
from tests.tidy.form import docstrings, lengths, names
from tests.tidy.project import Finding, Project

CHECKS: Final = (dead_code, dead_modules, dead_files, names, docstrings, lengths)
#: What may stay, by the path and the beginning of what is found; and why.
ALLOWED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tacit/nouns.py: nobody uses resolve_command": "the library of the command line calls it",
        "tests/ledger/storage/test_store.py: nobody uses teardown": "hypothesis calls it",
        "tests/verifier/page/parser.py: nobody uses handle_": "Python's parser of HTML calls them",
        "tests/verifier/page/reports.py: valid": "one report, written out",
        "tests/zk/test_native_refusals.py: too long": "one list of what both backends refuse",
    }
)


def untidy(project: Project, allowed: Mapping[str, str] = ALLOWED) -> Iterator[Finding]:
    """Everything that is not in order."""
    needed: set[str] = set()
    for check in CHECKS:
        for found in check(project):
            reasons = {key for key in allowed if f"{found.path}: {found.what}".startswith(key)}
            needed |= reasons
            if not reasons:
                yield found
    for key in allowed.keys() - needed:
        yield Finding("tests/tidy/verdict.py", 1, f"nothing needs the allowance for {key}")
