"""The adversary's tools: forged proofs, changed terms signed anew, shifted points; and the verdict.

`refused` is how every attack of this package ends: with an error of exactly that class and
subject, and a ledger on which nothing has changed, neither on the log nor in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pytest

from ledger.market.data import SCALE, Observation, RiskTable, Rows
from ledger.oracle import risk_table
from ledger.records import Account
from ledger.state import State
from ledger.transitions import Settle, SignedLeg, Transition
from prover.author import Author
from prover.settlement import settlement_terms, signed_terms
from prover.unprovable import NoProof
from tests.ledger.world import World
from tests.zk.curves_for_tests import edwards_add, pack, torsion_points
from zk.babyjubjub import Point
from zk.errors import Unsatisfied, ZkError
from zk.field import SUBGROUP_ORDER
from zk.generators import blinding_generator
from zk.pedersen import Opening
from zk.sigma import Span

T = TypeVar("T", bound=Transition)

#: Neither the proof of anything nor three points.
NO_PROOF = bytes(range(256))
#: On a `tiny` ledger: the perpetual, and the call, whose value no arithmetic of the ledger knows.
PERP, CALL = 2, 3


@dataclass(frozen=True)
class Forger:
    """Asked for a proof, it hands out bytes, whether the statement is true or false."""

    forgery: bytes = NO_PROOF

    def prove(self, statement: str, public: Any, private: Any) -> bytes:  # noqa: ARG002
        return self.forgery


def forging(author: Author) -> Author:
    """The same owner, without scruples about what is true."""
    return replace(author, proving=Forger())


@contextmanager
def refused(world: World, error: type[ZkError], subject: str) -> Iterator[None]:
    """The block raises exactly `error` about `subject`, and the ledger is what it was."""
    before = _everything(world)
    with pytest.raises(error) as caught:
        yield
    classes = {Unsatisfied, NoProof} if error is Unsatisfied else {error}
    assert type(caught.value) in classes
    assert re.fullmatch(subject, caught.value.subject), caught.value.subject
    assert "\n" not in str(caught.value)
    assert _everything(world) == before


def resigned(world: World, author: Author, draft: T, **terms: object) -> T:
    """Other terms, and the owner's signature under them."""
    changed = draft.model_copy(update=terms)
    signature = author.signer.sign(changed.binding(world.ledger.id))
    return changed.model_copy(update={"signature": signature})


def pure_balance(world: World, binding: bytes, blinding: int) -> bytes:
    """A true proof that blinding·H is pure blinding."""
    span = Span((blinding_generator(),), blinding_generator() * blinding)
    return span.prove((blinding % SUBGROUP_ORDER,), binding, world.randomness).encode()


def unbalanced(world: World, deltas: Sequence[tuple[Author, Opening]]) -> Settle:
    """Legs that do not sum to blinding, under a balance that speaks of the blinding alone."""
    parts = [signed_terms(world.state, a.account, d.commit().point) for a, d in deltas]
    terms = settlement_terms(world.state, parts)
    legs = [a.signed_leg(world.state, terms, d).transition for a, d in deltas]
    blinding = sum(d.blinding for _, d in deltas)
    balance = pure_balance(world, terms.binding(world.ledger.id), blinding)
    return terms.model_copy(update={"legs": tuple(legs), "balance": balance})


def with_leg(settlement: Settle, place: int, **changes: object) -> Settle:
    """One leg's evidence replaced."""
    legs = list(settlement.legs)
    legs[place] = legs[place].model_copy(update=changes)
    return settlement.model_copy(update={"legs": tuple(legs)})


def signed(settlement: Settle, place: int) -> SignedLeg:
    """A leg that is known to be a signed one."""
    leg = settlement.legs[place]
    assert isinstance(leg, SignedLeg)
    return leg


def shifted(point: Point, order: int) -> str:
    """The encoding of the point plus one of the eight torsion points."""
    return pack(edwards_add((point.x, point.y), torsion_points()[order])).hex()


def rows_of(row: Sequence[int], scenarios: int = 4, constant: int = 0) -> Rows:
    """The same row in every scenario."""
    return Rows(matrix=(tuple(row),) * scenarios, constants=(constant,) * scenarios)


def marked(world: World) -> Rows:
    """What anybody in the black may claim: worth no less than nothing at the mark."""
    return rows_of(world.state.current_market.table.mark, world.shape.scenarios)


def at_present(world: World) -> State:
    """The state as the next transition will find it: its clock stands at the world's."""
    state = world.state.draft(world.ledger.head.number + 1)
    state.advance(world.now)
    return state


def is_overdue(world: World, author: Author) -> bool:
    """Whether the guardians may open the account now."""
    state = at_present(world)
    return state.is_overdue(state.account(author.account))


def overdue(world: World) -> None:
    """Whoever has not proven since is overdue: the grace of the epoch that followed is over."""
    standing = world.state.pool.epoch
    while not world.state.is_over(standing):
        world.next_epoch()


def at_expiry(world: World) -> None:
    """The call of a `tiny` ledger is about to expire, and a market is as old as it has to be."""
    expiry = world.market.listing.instruments[CALL - world.shape.assets].expires
    assert expiry is not None
    world.now = expiry - world.state.parameters.min_interval
    world.publish()
    world.now = expiry


def worth(
    world: World,
    call: int,
    *,
    move: int = 0,
    charge: int | None = None,
    seen: Observation | None = None,
) -> RiskTable:
    """What oracles may sign: a call is worth so many cents, and moves by as much in every row.

    The perpetual is what it is. Each side of the call is charged so many cents, or the least.
    """
    table = risk_table(world.state, seen or world.market.observation, world.now)
    least = -(-world.market.observation.spots[0] * 1_000 * 25 // 10_000) * 2
    charged = (table.long_charges[0], least if charge is None else charge * SCALE)
    rows = tuple((perp, move * SCALE, coin) for perp, _, coin in table.moves[0])
    return table.model_copy(
        update={
            "mark": (*table.mark[:CALL], call * SCALE),
            "moves": (rows,),
            "long_charges": charged,
            "short_charges": charged,
        }
    )


def account_of(world: World, author: Author) -> Account:
    """What the ledger has on record of it."""
    return world.state.account(author.account)


def followed(world: World, author: Author) -> Opening:
    """The author's opening; where it is public the author reads it on the ledger."""
    public = account_of(world, author).opening
    if public is not None:
        author.opening = public.opening
    return author.known


def assert_conserved(world: World, expiry: Opening | None = None) -> None:
    """Accounts, queue, fund and expiry hold what was deposited, no contract, and nothing else.

    What the ledger says of savers is what they have.
    """
    nothing = Opening((0,) * world.shape.components, 0)
    expiry = expiry or nothing
    pool, assets = world.state.pool, world.shape.assets
    untraded = [0] * assets
    for author in world.authors:
        account, known = account_of(world, author), followed(world, author)
        assert account.commitment == known.commit().point
        if account.holdings is not None:
            assert account.holdings == known.values[:assets]
            untraded = [a + b for a, b in zip(untraded, account.holdings, strict=True)]
    assert pool.untraded == tuple(untraded)
    assert pool.expiry == expiry.commit().point
    queue = Opening((*pool.queued, *(0,) * world.shape.instruments), 0)
    everything = (expiry, queue, pool.fund.opening, *(each.known for each in world.authors))
    held = sum(everything, nothing)
    assert held.values == (*pool.totals, *(0,) * world.shape.instruments)
    assert min(pool.totals) >= 0


def _everything(world: World) -> object:
    """Head and state, as they are stored and as they are remembered."""
    state = world.state
    accounts = [state.account(i) for i in range(state.pool.accounts)]
    return world.ledger.head, state.pool, state.parameters, accounts
