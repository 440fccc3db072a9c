"""Hostile steps that begin with somebody's honest transition: it is bent, and must be refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ledger.errors import (
    LimitExceeded,
    MalformedTransition,
    NotAdmitted,
    OutOfOrder,
    TransitionRejected,
    Unauthorised,
)
from ledger.transitions import (
    Reveal,
    Settle,
    SignedLeg,
    TakeOver,
    Transition,
    Withdraw,
    decode_transition,
)
from ledger.transitions.default import current_offer
from prover.blank import BLANK_SPAN
from tests.ledger.simulation import administration, default, owners, trades
from tests.ledger.simulation.hostile import hostile, resigned
from tests.ledger.simulation.simulator import Action, Attempt, Refusal, Simulation
from zk.errors import ProofRejected, Rejected, SignatureRejected, ZkError
from zk.generators import reserve_generator, value_generator

Bent = tuple[Transition | bytes, tuple[type[ZkError], ...]]
Bending = Callable[[Simulation, Any], Bent | None]

#: How many honest steps are looked at before another step is taken instead.
PATIENCE = 6

HONEST: tuple[Action, ...] = (
    owners.deposit,
    owners.withdraw,
    owners.refresh,
    owners.heartbeat,
    owners.prove_flat,
    owners.publish_claim,
    owners.redeem,
    trades.place_order,
    trades.trade,
    trades.clear,
    default.take_over,
    default.reveal,
)


def tamper(sim: Simulation) -> Attempt | None:
    """One honest step that would be accepted, bent in one way that applies to it."""
    names = OF_SALES if sim.model.frozen and sim.chance(0.4) else list(BENDINGS)
    name = sim.rng.choice(names)
    bend, victims = BENDINGS[name]
    for _ in range(PATIENCE):
        honest = sim.rng.choice(victims)(sim)
        if honest is None or honest.refusals:
            continue
        transition = honest.write()
        assert isinstance(transition, Transition)
        bent = bend(sim, transition)
        if bent is not None:
            tampered, kinds = bent
            return hostile(tampered, Refusal(name, kinds), f"on {honest.name} {honest.note}")
    return None


def _flipped(sim: Simulation, data: bytes) -> bytes:
    place = sim.rng.randrange(8 * len(data))
    flipped = bytearray(data)
    flipped[place // 8] ^= 1 << place % 8
    return bytes(flipped)


def _bit(sim: Simulation, transition: Any) -> Bent | None:
    return _flipped(sim, transition.encode()), (ZkError,)


def _spelling(sim: Simulation, transition: Any) -> Bent | None:
    return transition.encode() + b" ", (MalformedTransition,)


def _part(sim: Simulation, transition: Any, field: str) -> Any:
    """The transition, or its first leg, if it has such bytes."""
    part = transition.legs[0] if isinstance(transition, Settle) else transition
    return part if isinstance(getattr(part, field, None), bytes) else None


def _with_part(transition: Any, **changes: object) -> Transition:
    bent: Transition
    if isinstance(transition, Settle):
        first = transition.legs[0].model_copy(update=changes)
        bent = transition.model_copy(update={"legs": (first, *transition.legs[1:])})
    else:
        bent = transition.model_copy(update=changes)
    return bent


def _proof(sim: Simulation, transition: Any) -> Bent | None:
    part = _part(sim, transition, "proof")
    if part is None:
        return None
    return _with_part(transition, proof=_flipped(sim, part.proof)), (ProofRejected,)


def _signature(sim: Simulation, transition: Any) -> Bent | None:
    part = _part(sim, transition, "signature")
    if part is None:
        return None
    bent = _with_part(transition, signature=_flipped(sim, part.signature))
    return bent, (SignatureRejected,)


def _foreign_signature(sim: Simulation, transition: Any) -> Bent | None:
    part = _part(sim, transition, "signature")
    if part is None or len(sim.authors) < 2:
        return None
    other = sim.authors[(part.account + 1) % len(sim.authors)].signer
    bent = _with_part(transition, signature=other.sign(transition.binding(sim.ledger.id)))
    return bent, (SignatureRejected,)


def _nonce(sim: Simulation, transition: Any) -> Bent | None:
    if not hasattr(transition, "nonce"):
        return None
    nonce = max(0, transition.nonce + sim.rng.choice((-1, 1)))
    if nonce == transition.nonce:
        return None
    return resigned(sim, transition.model_copy(update={"nonce": nonce})), (OutOfOrder,)


def _epoch(sim: Simulation, transition: Any) -> Bent | None:
    if not hasattr(transition, "epoch") or transition.kind in ("prove-margin", "settle"):
        return None
    epoch = transition.epoch + sim.rng.choice((-1, 1))
    return resigned(sim, transition.model_copy(update={"epoch": epoch})), (OutOfOrder,)


def _delta(sim: Simulation, transition: Any) -> Bent | None:
    """One cent more, or one that is reserved, out of nothing."""
    part = transition.legs[0] if isinstance(transition, Settle) else transition
    if not hasattr(part, "delta"):
        return None
    more = sim.rng.choice((value_generator(0), reserve_generator()))
    bent = _with_part(transition, delta=part.delta + more)
    if not isinstance(transition, Settle):
        bent = resigned(sim, bent)
    return bent, (ProofRejected, SignatureRejected)


def _escrow(sim: Simulation, transition: Any) -> Bent | None:
    """An escrow that opens to something else."""
    part = transition.legs[0] if isinstance(transition, Settle) else transition
    escrow = getattr(part, "escrow", None)
    if escrow is None:
        return None
    words = (escrow.words[0] ^ 1, *escrow.words[1:])
    bent = _with_part(transition, escrow=escrow.model_copy(update={"words": words}))
    return bent, (ProofRejected,)


def _borrowed(sim: Simulation, transition: Any) -> Bent | None:
    """A proof that was accepted before, for another transition of that kind."""
    if _part(sim, transition, "proof") is None:
        return None
    head = sim.ledger.head.number
    for number in range(head, max(head - 60, 0), -1):
        data = sim.ledger.entry(number).transition
        if data.startswith(f'{{"kind":"{transition.kind}"'.encode()):
            old = _part(sim, decode_transition(data, sim.setting.decoding), "proof")
            return _with_part(transition, proof=old.proof), (ProofRejected,)
    return None


def _amount(sim: Simulation, transition: Any) -> Bent | None:
    """More than what was proven."""
    if not isinstance(transition, Withdraw):
        return None
    more = transition.model_copy(update={"amount": transition.amount + 1})
    return resigned(sim, more), (ProofRejected, LimitExceeded)


def _price(sim: Simulation, transition: Any) -> Bent | None:
    """A portfolio for a cent less than it costs."""
    if not isinstance(transition, TakeOver):
        return None
    less = current_offer(sim.view(), transition.target, transition.part).price - 1
    return resigned(sim, transition.model_copy(update={"price": less})), (TransitionRejected,)


def _more(sim: Simulation, transition: Any) -> Bent | None:
    """One sixty-fourth more than is paid for."""
    if not isinstance(transition, TakeOver) or transition.part == 64:
        return None
    more = transition.model_copy(update={"part": transition.part + 1})
    return resigned(sim, more), (TransitionRejected, ProofRejected)


def _target(sim: Simulation, transition: Any) -> Bent | None:
    """Of the fund, or of an account that is not on sale."""
    if not isinstance(transition, TakeOver):
        return None
    others = [i for i, v in enumerate(sim.model.vaults) if v.sale is None]
    target = sim.rng.choice([i for i in others if i != transition.account] or [None])
    if sim.model.fund_sale is None and sim.chance(0.5):
        target = None
    if target is None and sim.model.fund_sale is not None:
        return None
    bent = transition.model_copy(update={"target": target})
    return resigned(sim, bent), (NotAdmitted,)


def _flat(sim: Simulation, transition: Any) -> Bent | None:
    """Flat without saying so, or saying so without a proof; with positions, the same."""
    part = transition.legs[0] if isinstance(transition, Settle) else transition
    floor = sim.model.terms_at(sim.now).floor
    if not hasattr(part, "flat") or transition.kind == "prove-flat" or not floor:
        return None
    untraded = sim.vault(part.account).untraded and transition.kind not in ("redeem", "settle")
    if untraded or not isinstance(part.flat, bytes | None) or not hasattr(part, "proof"):
        return None
    flat = BLANK_SPAN if part.flat is None else sim.rng.choice((None, _flipped(sim, part.flat)))
    return _with_part(transition, flat=flat), (ProofRejected,)


def _opening(sim: Simulation, transition: Any) -> Bent | None:
    """Guardians who agree on a lie."""
    if not isinstance(transition, Reveal):
        return None
    values = (transition.values[0] + 1, *transition.values[1:])
    lie = transition.model_copy(update={"values": values})
    endorsements = sim.offices.guardians.endorse(lie.binding(sim.ledger.id))
    return lie.model_copy(update={"endorsements": endorsements}), (Rejected,)


def _few(sim: Simulation, transition: Any) -> Bent | None:
    if not hasattr(transition, "endorsements"):
        return None
    few = transition.model_copy(update={"endorsements": transition.endorsements[:-1]})
    return few, (Unauthorised,)


def _leg_twice(sim: Simulation, transition: Any) -> Bent | None:
    if not isinstance(transition, Settle):
        return None
    legs = (*transition.legs, transition.legs[0])
    return transition.model_copy(update={"legs": legs}), (MalformedTransition,)


def _leg_order(sim: Simulation, transition: Any) -> Bent | None:
    """Buyers first would be a leak."""
    if not isinstance(transition, Settle):
        return None
    legs = tuple(reversed(transition.legs))
    return transition.model_copy(update={"legs": legs}), (MalformedTransition,)


def _leg_gone(sim: Simulation, transition: Any) -> Bent | None:
    """One side of a trade without the other."""
    if not isinstance(transition, Settle) or not isinstance(transition.legs[0], SignedLeg):
        return None
    gone = transition.model_copy(update={"legs": transition.legs[:1]})
    return gone, (MalformedTransition, SignatureRejected)


SETTLING: tuple[Action, ...] = (trades.trade, trades.clear)
OPENING: tuple[Action, ...] = (default.reveal,)
MOVING: tuple[Action, ...] = (owners.refresh, owners.redeem, *SETTLING)

FLOORED: tuple[Action, ...] = (owners.withdraw, owners.heartbeat, *MOVING, trades.place_order)

#: What can be bent, and the honest steps in which there is something to bend.
BENDINGS: Mapping[str, tuple[Bending, tuple[Action, ...]]] = {
    "a flipped bit": (_bit, HONEST),
    "another spelling": (_spelling, HONEST),
    "a flipped bit in a proof": (_proof, HONEST),
    "a flipped bit in a signature": (_signature, HONEST),
    "a foreign signature": (_foreign_signature, HONEST),
    "a wrong nonce": (_nonce, HONEST),
    "a wrong epoch": (_epoch, HONEST),
    "a delta with a cent more": (_delta, MOVING),
    "another escrow": (_escrow, HONEST),
    "a borrowed proof": (_borrowed, HONEST),
    "an amount beyond its proof": (_amount, (owners.withdraw,)),
    "a price below the price": (_price, (default.take_over,)),
    "a part beyond its price": (_more, (default.take_over,)),
    "a sale of somebody else": (_target, (default.take_over,)),
    "a floor evaded": (_flat, FLOORED),
    "a revealed lie": (_opening, OPENING),
    "a missing endorsement": (_few, (*OPENING, administration.publish)),
    "a leg twice": (_leg_twice, SETTLING),
    "a leg gone": (_leg_gone, SETTLING),
    "legs in another order": (_leg_order, SETTLING),
}
#: There is not always something on sale.
OF_SALES: Sequence[str] = (
    "a price below the price",
    "a part beyond its price",
    "a sale of somebody else",
)
