"""The page of all commands is what the commands say, and their examples can be typed."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.reference import Documented, commands, reference

COMMANDS = [each for each in commands() if not hasattr(each.command, "commands")]


def test_the_page_is_what_the_commands_say() -> None:
    """`python -m tests.reference docs/reference.md` would change nothing."""
    assert (ROOT / "docs" / "reference.md").read_text() == reference()


def test_every_command_has_its_place() -> None:
    """The walk finds commands at every depth, and names each once."""
    names = [each.name for each in commands()]
    assert len(set(names)) == len(names)
    assert {"tacit audit", "tacit bench ledger", "tacit wallet trade offer"} <= set(names)


@pytest.mark.parametrize("documented", COMMANDS, ids=lambda each: each.name)
def test_examples_can_be_typed(documented: Documented) -> None:
    """Every command has an example, and its own parser takes it; nothing runs."""
    assert documented.example is not None
    words = shlex.split(documented.example)
    assert tuple(words[: len(documented.words)]) == documented.words
    command: Any = documented.command
    command.make_context(documented.name, words[len(documented.words) :])


@pytest.mark.parametrize("documented", COMMANDS, ids=lambda each: each.name)
def test_everything_is_explained(documented: Documented) -> None:
    """No command and no option is without a word."""
    assert documented.explanation.endswith(".")
    for parameter in documented.parameters:
        assert parameter.help, parameter.name
