"""The words after `tacit`, what each is for, and where it is, to be loaded when it is typed.

What stands here of a word is what `tacit --help` shows; everything else is in its own module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

import typer
from typer.core import TyperCommand

from tacit.words import App, Group


@dataclass(frozen=True, slots=True)
class Noun:
    """One word: the first sentence of its help, and where its function or its `app` is."""

    about: str
    module: str
    attribute: str = "app"

    def load(self) -> Any:
        """Its command, or its group of commands."""
        found = getattr(import_module(self.module), self.attribute)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        alone = App()
        alone.command()(found)
        return typer.main.get_command(alone)


NOUNS: Final[Mapping[str, Noun]] = MappingProxyType(
    {
        "demo": Noun(
            "Watch desks trade, default and disclose, without anybody seeing what they hold.",
            "tacit.demo.command",
            "demo",
        ),
        "prove": Noun(
            "Prove with a key and a witness, from this or any other tool that writes iden3's "
            "files.",
            "tacit.prove",
            "prove",
        ),
        "verify": Noun(
            "Verify one proof; exit 0 where it holds, 1 where it does not, with the reason.",
            "tacit.verify",
            "verify",
        ),
        "audit": Noun(
            "Replay a ledger, check everything, and name the first entry that is not in order.",
            "tacit.audit",
            "audit",
        ),
        "bench": Noun(
            "Measure setup, witness, proof and verification, and compare with other provers.",
            "tacit.bench.command",
        ),
        "circuits": Noun("The statements: list them, count them, export them.", "tacit.circuits"),
        "keys": Noun(
            "Proving keys: make development ones, check and import those of a ceremony.",
            "tacit.keys",
        ),
        "ledger": Noun("A ledger: create it, look at it, prove what is in it.", "tacit.ledger"),
        "market": Noun("The market that a ledger margins against.", "tacit.market"),
        "matcher": Noun(
            "The dark pool: clear sealed orders and settle them.", "tacit.matcher.command"
        ),
        "wallet": Noun(
            "Your account: keys, openings, trades, and what they stand to lose.",
            "tacit.wallet.command",
        ),
    }
)


class Nouns(Group):
    """The group of all of them; to list them loads none."""

    def __init__(self, **settings: Any) -> None:
        unloaded = {name: TyperCommand(name, help=noun.about) for name, noun in NOUNS.items()}
        super().__init__(**settings | {"commands": unloaded})

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        noun = NOUNS.get(name or "")
        return name, command if noun is None else noun.load(), rest
