"""Arguments for the functions that make public parts, all in order, for a test to spoil one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from circuits.claim import claim_public
from circuits.escrow import EscrowPublic, encrypt, pack, word_count
from circuits.fill import fill_public, traded_widths
from circuits.margin import escrowed_widths, margin_public
from circuits.public import points_of
from circuits.schedule import Schedule
from circuits.shape import SHAPES
from circuits.solvency import solvency_public
from tests.circuits.statements import SCHEDULE
from zk.babyjubjub import Point
from zk.backends import Choice, select
from zk.pedersen import Commitment, Opening

TINY: Final = SHAPES["tiny"]


@dataclass(frozen=True)
class Everything:
    """The arguments of all four functions, each of them in order."""

    commitment: Commitment
    other: Commitment
    matrix: Any
    constants: Any
    schedule: Schedule[Any]
    context: Any
    escrow: EscrowPublic[Any]
    traded_escrow: EscrowPublic[Any]
    notice: Any


def honest() -> Everything:
    """What nobody has a reason to refuse."""
    key, widths, traded = Point.BASE8 * 5, escrowed_widths(TINY), traded_widths(TINY)
    opening = Opening((1, 2, 3, 4), 7)
    return Everything(
        commitment=opening.commit(),
        other=(-opening).commit(),
        matrix=[[0] * TINY.components for _ in range(TINY.scenarios)],
        constants=[0] * TINY.scenarios,
        schedule=SCHEDULE,
        context=9,
        escrow=encrypt(key, 11, 9, pack((1, 2, 3, 4, 0), 7, widths)),
        traded_escrow=encrypt(key, 12, 9, pack((1, 3, 4), 7, traded)),
        notice=(0,) * word_count(traded),
    )


def claim(e: Everything) -> object:
    """`claim_public` of its share."""
    return looked_at(claim_public(TINY, e.commitment, e.matrix, e.constants, e.context))


def margin(e: Everything) -> object:
    """`margin_public` of its share."""
    return looked_at(margin_public(TINY, e.commitment, e.schedule, e.context))


def solvency(e: Everything) -> object:
    """`solvency_public` of its share."""
    return looked_at(solvency_public(TINY, e.commitment, e.schedule, e.context, e.escrow))


def fill(e: Everything) -> object:
    """`fill_public` of its share."""
    return looked_at(fill_public(TINY, e.commitment, e.other, e.traded_escrow, e.notice, e.context))


def looked_at(public: Any) -> object:
    """What every verifier does with a public part before it looks at a proof."""
    select(Choice.PY_ECC).check_points(points_of(public))
    return public


Check = Callable[[Everything], object]
WITH_SCHEDULE: Final = pytest.mark.parametrize("check", [margin, solvency])
WITH_ESCROW: Final = pytest.mark.parametrize("check", [solvency, fill])
ALL: Final = pytest.mark.parametrize("check", [claim, margin, solvency, fill])
