from __future__ import annotations

from typing import Final

import pytest

from ledger.errors import MalformedTransition
from prover.author import Author
from tests.ledger.adversary.attacks import at_expiry, refused, resigned, shifted
from tests.ledger.world import World, peopled, stand_in_world
from zk.babyjubjub import Point
from zk.errors import MalformedPoint
from zk.field import SCALAR_MODULUS

#: The identity has order 1 and changes nothing; the other seven must be refused.
SMALL: Final = range(1, 8)


@pytest.fixture(scope="module")
def world() -> World:
    world = peopled(stand_in_world())
    at_expiry(world)
    world.submit(world.offices.expire(world.state, 1, 0))
    return world


def _points(world: World) -> dict[str, tuple[bytes, Point]]:
    """Each point that a submitter can send: where it stands, in what, and which it is."""
    first, second = world.authors
    state = world.state
    stranger = Author(world.matcher, bytes(32), world.proving, world.randomness)
    opened = stranger.open_account(state).transition
    refresh = first.refresh(state).transition
    order = first.place_order(state, world.delta({0: -1, 2: 1}), world.matcher.public).transition
    redeem = first.redeem(state, 1, 1).transition
    delta = world.delta({0: 1})
    settle, _ = world.settlement([(first, delta), (second, -delta)])
    data = settle.encode()
    return {
        "open-account.commitment": (opened.encode(), opened.commitment),
        "refresh.delta": (refresh.encode(), refresh.delta),
        "refresh.escrow.ephemeral": (refresh.encode(), refresh.escrow.ephemeral),
        "place-order.order": (order.encode(), order.order),
        "place-order.escrow.ephemeral": (order.encode(), order.escrow.ephemeral),
        "redeem.delta": (redeem.encode(), redeem.delta),
        "settle.legs.0.signed.delta": (data, settle.legs[0].delta),
        "settle.legs.1.signed.delta": (data, settle.legs[1].delta),
        "settle.legs.0.signed.escrow.ephemeral": (data, settle.legs[0].escrow.ephemeral),
        "settle.legs.1.signed.escrow.ephemeral": (data, settle.legs[1].escrow.ephemeral),
    }


@pytest.mark.parametrize("order", SMALL)
def test_a_point_shifted_by_torsion_is_malformed_wherever_it_stands(
    world: World, order: int
) -> None:
    """C + T looks like C to every multiple of eight; the decoder sees the difference."""
    for place, (data, point) in _points(world).items():
        bent = data.replace(point.encode().hex().encode(), shifted(point, order).encode())
        assert bent != data
        with refused(world, MalformedTransition, place):
            world.ledger.submit(bent, world.now)


def test_torsion_in_both_legs_that_cancels_is_malformed(world: World) -> None:
    """T and −T leave the balance of a settlement as it was: each leg is looked at for itself."""
    first, second = world.authors
    delta = world.delta({0: 1})
    settle, _ = world.settlement([(first, delta), (second, -delta)])
    data = settle.encode()
    for leg, order in zip(settle.legs, (3, 5), strict=True):
        data = data.replace(leg.delta.encode().hex().encode(), shifted(leg.delta, order).encode())
    with refused(world, MalformedTransition, r"settle\.legs\.0\.signed\.delta"):
        world.ledger.submit(data, world.now)


@pytest.mark.parametrize(
    "encoding",
    [
        (1 | 1 << 255).to_bytes(32, "little"),  # the identity, with a sign that x = 0 cannot have
        (SCALAR_MODULUS + 1).to_bytes(32, "little"),  # y + r
        SCALAR_MODULUS.to_bytes(32, "little"),
        bytes([255] * 32),
        (2).to_bytes(32, "little"),
        bytes(31),
        bytes(33),
        b"",
    ],
)
def test_an_encoding_that_is_no_point_is_malformed(world: World, encoding: bytes) -> None:
    """Aliases, points off the curve, other lengths."""
    for place, (data, point) in _points(world).items():
        bent = data.replace(point.encode().hex().encode(), encoding.hex().encode())
        with refused(world, MalformedTransition, place):
            world.ledger.submit(bent, world.now)


def test_an_ephemeral_that_hides_nothing_is_refused(world: World) -> None:
    """With E = 0 everybody knows S = 0: the escrow would be readable by all."""
    author = world.authors[0]
    draft = author.refresh(world.state).transition
    escrow = draft.escrow.model_copy(update={"ephemeral": Point.IDENTITY})
    with refused(world, MalformedPoint, "escrow key"):
        world.submit(resigned(world, author, draft, escrow=escrow))
