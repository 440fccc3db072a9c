"""Markets that share all but one number, and a true proof under each of them.

The book is cash alone, so that what it proves is true in all of these markets, and nothing but the
market tells one of the statements from another: commitment, context and escrow are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Final, TypeVar

from circuits.catalogue import named_circuit
from circuits.claim import ClaimPrivate, claim_public
from circuits.escrow import encrypt
from circuits.margin import margin_private, margin_public
from circuits.proofs import StatementProver
from circuits.samples import sample_margin
from circuits.schedule import Schedule
from circuits.shape import SHAPES
from circuits.solvency import SolvencyPrivate, solvency_message, solvency_public
from ledger.evidence import ClaimedProof
from ledger.judge import Judge
from tests.circuits.proofs_for_tests import development_key
from tests.ledger.world import fastest
from zk.babyjubjub import Point
from zk.backends import Backend
from zk.circuit.signals import leaves, replace_leaves
from zk.pedersen import Opening
from zk.randomness import insecure_seeded_randomness

#: The statements that have a market.
WITH_MARKET: Final = ("claim", "margin", "solvency")
TINY: Final = SHAPES["tiny"]
BOOK: Final = Opening((1_000_000, 0, 0, 0), 12_345)
CONTEXT: Final = 9
SECRET: Final = 77

Tree = TypeVar("Tree")


def one_more(tree: Tree, place: int) -> Tree:
    """The same numbers, but for one of them, which is one more."""
    seen = iter(range(len(list(leaves(tree)))))
    return replace_leaves(tree, lambda leaf: leaf + (next(seen) == place))


def fields_of(schedule: Schedule[Any]) -> list[int]:
    """Where each field of a schedule begins among its numbers."""
    places, place = [], 0
    for name in Schedule.__slots__:
        places.append(place)
        place += len(list(leaves(getattr(schedule, name))))
    return places


@cache
def proven(statement: str) -> tuple[ClaimedProof, ...]:
    """A true proof in a market, then one in each of its neighbours."""
    backend, circuit = fastest(), named_circuit(statement, "tiny")
    prover: StatementProver[Any, Any] = StatementProver(
        circuit, backend.prover(development_key(backend, statement)), backend
    )
    randomness = insecure_seeded_randomness(f"neighbours of {statement}".encode())
    return tuple(
        ClaimedProof(
            statement, statement, public, prover.prove(public, private, randomness).encode()
        )
        for public, private in _statements(statement)
    )


def few(statement: str) -> tuple[ClaimedProof, ...]:
    """The market, and one neighbour for each of its parts: M and b, or the fields of a schedule."""
    made = proven(statement)
    places = [0, TINY.scenarios] if statement == "claim" else fields_of(_schedule())
    return made if statement == "solvency" else (made[0], *(made[place + 1] for place in places))


def judge_on(backend: Backend) -> Judge:
    """Of these proofs, on any backend."""
    keys = {name: development_key(fastest(), name).verifying_key for name in WITH_MARKET}
    return Judge(keys, backend)


def with_proof_of(claimed: ClaimedProof, other: ClaimedProof) -> ClaimedProof:
    """What one says, with what proves the other."""
    return replace(claimed, proof=other.proof)


def _statements(statement: str) -> Iterator[tuple[Any, Any]]:
    if statement == "claim":
        rows = (tuple(10**9 + row for row in range(TINY.scenarios)), _matrix())
        for constants, matrix in (rows, *(one_more(rows, n) for n in range(_count(rows)))):
            public = claim_public(TINY, BOOK.commit(), matrix, constants, CONTEXT)
            yield public, ClaimPrivate(BOOK.values, BOOK.blinding)
        return
    base = _schedule()
    places = range(_count(base)) if statement == "margin" else fields_of(base)
    for schedule in (base, *(one_more(base, place) for place in places)):
        private = margin_private(TINY, schedule, BOOK)
        if statement == "margin":
            yield margin_public(TINY, BOOK.commit(), schedule, CONTEXT), private
        else:
            message = solvency_message(TINY, BOOK.values, 0, BOOK.blinding)
            escrow = encrypt(Point.BASE8 * 5, SECRET, CONTEXT, message)
            yield (
                solvency_public(TINY, BOOK.commit(), schedule, CONTEXT, escrow),
                SolvencyPrivate(private, SECRET),
            )


def _schedule() -> Schedule[int]:
    """Any, with room for one more of everything."""
    public, _ = sample_margin(TINY, insecure_seeded_randomness(b"neighbours"))
    return replace(public.schedule, floor=1_000, credit=10**9)


def _matrix() -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(100 * row + column for column in range(TINY.components))
        for row in range(TINY.scenarios)
    )


def _count(tree: object) -> int:
    return len(list(leaves(tree)))
