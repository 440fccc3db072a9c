"""Settlements to measure: a ledger with orders and parties, and what will be submitted to it.

Everything that is secret work (keys, proofs, escrows) is done here, before anything is timed. Each
account trades once, so that every settlement holds whichever came before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.ledger import Ledger
from ledger.market.presets import preset
from ledger.transitions import Settle, Transition
from ledger.transitions.settlement import Leg
from prover.author import Author, Written
from prover.clearing import (
    Fill,
    Filler,
    firm_terms,
    portfolio,
    settled,
    settlement_terms,
    signed_terms,
)
from prover.development import development_genesis
from prover.keys import KeyFiles, cache_folder
from prover.offices import InsecureOffices
from prover.proving import StatementProvers
from zk.backends import Backend
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening
from zk.randomness import insecure_seeded_randomness
from zk.signatures import SigningKey

_CASH: Final = 1_000_000_000
_LOTS: Final = 10


@dataclass(slots=True)
class Desk:
    """A ledger in a file, with everybody who trades on it."""

    ledger: Ledger
    provers: StatementProvers
    offices: InsecureOffices
    time: int

    @classmethod
    def founded(cls, path: Path, shape: str, backend: Backend) -> Desk:
        """A development ledger with one market."""
        market, offices = preset(shape), InsecureOffices.of(0)
        randomness = insecure_seeded_randomness(b"bench")
        files = KeyFiles(cache_folder(), backend)
        provers = files.insecure_development(market.shape, randomness)
        genesis = development_genesis(market, offices, provers.statement_keys(), "bench")
        ledger = Ledger.found(path, genesis, backend)
        desk = cls(ledger, provers, offices, market.time)
        update = offices.update_market(ledger.state, [market.observation] * 2, market.time)
        ledger.submit(update.encode(), desk.time)
        return desk

    def signed(self, legs: int) -> bytes:
        """A settlement between new parties who all sign."""
        parties = [self._party() for _ in range(legs)]
        deltas = self._deltas(legs)
        terms = settlement_terms(
            self.ledger.state,
            [
                signed_terms(self.ledger.state, party.account, delta.commit().point)
                for party, delta in zip(parties, deltas, strict=True)
            ],
        )
        made = [
            party.signed_leg(self.ledger.state, terms, delta).transition
            for party, delta in zip(parties, deltas, strict=True)
        ]
        return self._settlement(terms, made, deltas, None).encode()

    def firm(self, legs: int) -> bytes:
        """A settlement of new orders, each filled by half."""
        matcher = SigningKey.draw(self.provers.randomness)
        fills = [self._fill(order, matcher) for order in self._deltas(legs, 2)]
        state = self.ledger.state
        terms = settlement_terms(state, [firm_terms(fill) for fill in fills], matcher.public)
        filler = Filler(bytes(32), self.provers)
        made = [filler.leg(state, terms, fill) for fill in fills]
        deltas = [fill.opening for fill in fills]
        return self._settlement(terms, made, deltas, matcher).encode()

    def _fill(self, order: Opening, matcher: SigningKey) -> Fill:
        party = self._party()
        self._submit(party, party.place_order(self.ledger.state, order, matcher.public))
        placed = self.ledger.state.account(party.account).order
        assert placed is not None  # just accepted
        half = Opening(
            tuple(value // 2 for value in order.values), self.provers.randomness(SUBGROUP_ORDER)
        )
        return Fill(party.account, placed.id, order, half, 1, 2)

    def _settlement(
        self,
        terms: Settle,
        legs: Sequence[Leg],
        deltas: Sequence[Opening],
        matcher: SigningKey | None,
    ) -> Settle:
        excess = sum(delta.blinding for delta in deltas) % SUBGROUP_ORDER
        state, randomness = self.ledger.state, self.provers.randomness
        return settled(state, terms, legs, excess, matcher, randomness)

    def _deltas(self, legs: int, factor: int = 1) -> list[Opening]:
        """Half of the legs buy what the others sell."""
        price, lots = 6_000 * _LOTS * factor, _LOTS * factor
        component = self.ledger.state.shape.assets
        buy: Mapping[int, int] = {0: -price, component: lots}
        sell: Mapping[int, int] = {0: price, component: -lots}
        return [
            portfolio(
                self.ledger.state,
                sell if leg % 2 else buy,
                self.provers.randomness(SUBGROUP_ORDER),
            )
            for leg in range(legs)
        ]

    def _party(self) -> Author:
        """An owner with cash."""
        draw = self.provers.randomness
        party = Author(
            SigningKey.draw(draw), draw(1 << 256).to_bytes(32, "big"), self.provers, draw
        )
        number = self.ledger.state.pool.accounts
        self._submit(party, party.open_account(self.ledger.state))
        party.account = number
        state = self.ledger.state
        self._submit(party, party.deposit(state, 0, _CASH, self.offices.custodian))
        return party

    def _submit(self, party: Author, written: Written[Transition]) -> None:
        self.ledger.submit(written.transition, self.time)
        party.opening = written.opening
