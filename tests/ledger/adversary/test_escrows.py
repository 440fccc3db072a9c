from __future__ import annotations

from typing import Any, TypeVar

import pytest

from ledger.transitions import Transition
from prover.author import Author
from tests.ledger.adversary.attacks import pure_balance, refused, resigned, with_leg
from tests.ledger.world import World, peopled, real_world
from zk.babyjubjub import Point
from zk.errors import ProofRejected
from zk.field import SCALAR_MODULUS

T = TypeVar("T", bound=Transition)


@pytest.fixture
def world() -> World:
    return peopled(real_world())


def _reproven(transition: T, **evidence: Any) -> T:
    return transition.model_copy(update=evidence)


@pytest.mark.parametrize("swapped", [("proof",), ("escrow",), ("proof", "escrow")])
def test_evidence_is_not_swapped_between_legs(world: World, swapped: tuple[str, ...]) -> None:
    """A proof is of one leg; the batch fails, and the leg is named."""
    delta = world.delta({0: -60_000, 2: 10})
    settlement, _ = world.settlement([(world.authors[0], delta), (world.authors[1], -delta)])
    one, two = settlement.legs
    bent = with_leg(settlement, 0, **{name: getattr(two, name) for name in swapped})
    bent = with_leg(bent, 1, **{name: getattr(one, name) for name in swapped})
    with refused(world, ProofRejected, "solvency of account 0 after the settlement"):
        world.submit(bent)


def test_a_wrong_escrow_is_refused(world: World) -> None:
    """Every word, the ephemeral point, and the key: the guardians would read something else."""
    author = world.authors[0]
    draft = author.refresh(world.state).transition
    subject = "solvency of account 0 after the refresh"
    for place, word in enumerate(draft.escrow.words):
        words = list(draft.escrow.words)
        words[place] = (word + 1) % SCALAR_MODULUS
        escrow = draft.escrow.model_copy(update={"words": tuple(words)})
        with refused(world, ProofRejected, subject):
            world.submit(_reproven(draft, escrow=escrow))
    for point in (-draft.escrow.ephemeral, Point.BASE8):
        escrow = draft.escrow.model_copy(update={"ephemeral": point})
        with refused(world, ProofRejected, subject):
            world.submit(_reproven(draft, escrow=escrow))
    foreign = world.offices.with_escrow_secret(77).escrow_key()
    parameters = world.state.parameters.model_copy(update={"escrow": foreign})
    world.submit(world.offices.update_params(world.state, parameters, world.now + 86_400))
    world.now += 86_400
    world.publish()
    with refused(world, ProofRejected, subject):
        bent = draft.model_copy(update={"epoch": 2})
        world.submit(_balanced(world, author, bent, draft))


def test_a_wrong_notice_is_refused(world: World) -> None:
    """An owner who was asleep reads the notice, and nothing else tells of the fill."""
    buyer, seller = world.authors
    bid = world.order(buyer, {0: -60_000, 2: 10})
    ask = world.order(seller, {0: 60_000, 2: -10})
    fills = [world.fill(buyer, bid, 1, 1), world.fill(seller, ask, 1, 1)]
    settlement = world.firm_settlement(fills)
    subject = r"fill of order \d+ of account 0"
    notice: tuple[int, ...] = getattr(settlement.legs[0], "notice")  # noqa: B009
    for place, word in enumerate(notice):
        words = (*notice[:place], (word + 1) % SCALAR_MODULUS, *notice[place + 1 :])
        with refused(world, ProofRejected, subject):
            world.submit(with_leg(settlement, 0, notice=words))
    with refused(world, ProofRejected, subject):
        world.submit(with_leg(settlement, 0, escrow=settlement.legs[1].escrow))


def _balanced(world: World, author: Author, draft: Any, old: Any) -> Any:
    """A refresh whose terms changed: its possession and signature anew, its proof as it was."""
    opening = author.refresh(world.state).opening - author.known
    possession = pure_balance(world, draft.binding(world.ledger.id), opening.blinding)
    return resigned(world, author, draft, possession=possession, escrow=old.escrow)
