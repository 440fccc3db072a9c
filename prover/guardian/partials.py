"""Decrypting together: each guardian multiplies E by its share and proves it; t of them give S.

| symbol | is                                                                          |
| ------ | --------------------------------------------------------------------------- |
| E, S   | the escrow's ephemeral point, and S = p·E, which opens it                     |
| Y_i    | p_i·B, guardian i's public share                                             |
| S_i    | p_i·E, with a proof that log_E S_i = log_B Y_i (Chaum and Pedersen)           |
| λ_i    | S = Σ λ_i·S_i over any t guardians (Desmedt and Frankel, 1989)                 |

Every proof is bound to the ledger, the account, the entry and leg, and to the ceremony that the
share is from: so a partial cannot be moved to another escrow, nor to the shares of another refresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from pydantic import Field

from ledger.encoding import Count, Digest, HexBytes, Model, PointHex
from ledger.escrows import Found
from prover.guardian.errors import PartialRejected, TooFewGuardians
from prover.guardian.polynomial import place_of, weights
from prover.guardian.shares import KeyShare, SharedKey
from zk.babyjubjub import Point, combine
from zk.errors import Conflict, Malformed, ProofRejected
from zk.randomness import Randomness, system_randomness
from zk.sigma import Equality, EqualityProof

_CONTEXT: Final = b"tacit/v1/guardian/partial/"


class Partial(Model):
    """S_i for one escrow, with its proof."""

    guardian: Count
    entry: Count
    leg: Count
    ceremony: Digest
    point: PointHex
    proof: Annotated[HexBytes, Field(min_length=96, max_length=96)]


def unchecked_partial(
    share: KeyShare, ledger: bytes, found: Found, randomness: Randomness = system_randomness
) -> Partial:
    """S_i for whatever escrow is handed over; only `Guardian` asks first whether it may."""
    equality = _equality(share.shared, share.guardian, found, found.ephemeral * share.secret)
    proof = equality.prove(share.secret, _context(ledger, found, share.shared), randomness)
    return Partial(
        guardian=share.guardian,
        entry=found.sealed.entry,
        leg=found.sealed.leg,
        ceremony=share.shared.ceremony,
        point=equality.targets[1],
        proof=proof.encode(),
    )


def check_partial(shared: SharedKey, ledger: bytes, found: Found, partial: Partial) -> None:
    """Raises `PartialRejected`, which names the guardian, unless this is its S_i of that escrow."""
    if found.sealed.key != shared.key:
        raise Conflict("escrow", expected=f"one under {shared.key}", actual=found.sealed.key)
    expected = (found.sealed.entry, found.sealed.leg, shared.ceremony.hex())
    actual = (partial.entry, partial.leg, partial.ceremony.hex())
    if actual != expected:
        raise PartialRejected(partial.guardian, expected=expected, actual=actual)
    try:
        equality = _equality(shared, partial.guardian, found, partial.point)
        equality.verify(EqualityProof.decode(partial.proof), _context(ledger, found, shared))
    except (Malformed, ProofRejected) as error:
        raise PartialRejected(
            partial.guardian, expected="a proof that it used its share", actual=str(error)
        ) from None


def combine_partials(
    shared: SharedKey, ledger: bytes, found: Found, partials: Iterable[Partial]
) -> Point:
    """S, from t partials or more; every one of them is checked."""
    given = {}
    for partial in partials:
        check_partial(shared, ledger, found, partial)
        given[partial.guardian] = partial.point
    if len(given) < shared.threshold:
        raise TooFewGuardians(shared.threshold, len(given), {})
    chosen = sorted(given)[: shared.threshold]
    return unchecked_combination(chosen, [given[i] for i in chosen])


def unchecked_combination(guardians: Sequence[int], points: Sequence[Point]) -> Point:
    """Σ λ_i·S_i, of whatever points these are."""
    return combine(points, weights([place_of(i) for i in guardians]))


def _equality(shared: SharedKey, guardian: int, found: Found, point: Point) -> Equality:
    return Equality((Point.BASE8, found.ephemeral), (shared.share_of(guardian), point))


def _context(ledger: bytes, found: Found, shared: SharedKey) -> bytes:
    numbers = (found.account, found.sealed.entry, found.sealed.leg)
    ceremony: bytes = shared.ceremony
    return _CONTEXT + ledger + ceremony + b"".join(n.to_bytes(8, "big") for n in numbers)
