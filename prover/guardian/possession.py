"""The proof of possession of P, made by t guardians while nobody holds p.

Komlo and Goldberg, "FROST: Flexible Round-Optimized Schnorr Threshold Signatures" (2020), figure 3.

| symbol   | is                                                                       |
| -------- | ------------------------------------------------------------------------ |
| D_i, E_i | d_i·B and e_i·B: nonces of guardian i, published before anything is answered |
| ρ_i      | binding factor: a hash of i, P and all pairs (D_j, E_j)                   |
| T        | Σ D_i + ρ_i·E_i, the commitment of the Span proof                         |
| c        | its challenge: over context, B, P and T                                   |
| z_i      | d_i + ρ_i·e_i + λ_i·p_i·c; right where z_i·B = D_i + ρ_i·E_i + λ_i·c·Y_i      |
| s        | Σ z_i, so that s·B = T + c·P: an ordinary proof of Span({B}; P)            |

A guardian that answered sums of nonces which an attacker could choose after it has seen them, in
many sessions at once, could be made to answer for something else (Drijvers and others, 2019). The
binding factors stop that: with them T is fixed by the whole list of pairs. Besides, a pair of
nonces answers once, and what is proven is never the caller's to choose.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.encoding import Count, Model, PointHex, Scalar
from ledger.parameters import EscrowKey
from prover.blank import BLANK_SPAN
from prover.guardian.errors import PartialRejected, TooFewGuardians
from prover.guardian.polynomial import place_of, weights
from prover.guardian.shares import KeyShare, SharedKey
from zk.babyjubjub import Point, add_all, combine
from zk.errors import Conflict
from zk.field import SUBGROUP_ORDER
from zk.randomness import Randomness, system_randomness
from zk.sigma import SpanProof
from zk.transcript import Transcript


class NoncePair(Model):
    """D_i and E_i, for everybody."""

    guardian: Count
    hiding: PointHex
    binding: PointHex


class Response(Model):
    """z_i."""

    guardian: Count
    response: Scalar


class Nonces:
    """d_i and e_i: drawn for one answer and gone after it; two answers would give p_i away."""

    def __init__(self, guardian: int, randomness: Randomness = system_randomness) -> None:
        d, e = (1 + randomness(SUBGROUP_ORDER - 1) for _ in range(2))
        self._secret: tuple[int, int] | None = (d, e)
        self.public = NoncePair(guardian=guardian, hiding=Point.BASE8 * d, binding=Point.BASE8 * e)

    def take(self) -> tuple[int, int]:
        """Once."""
        if self._secret is None:
            raise Conflict("nonces", expected="ones that were never used", actual="used ones")
        secret, self._secret = self._secret, None
        return secret

    def __repr__(self) -> str:
        return f"Nonces({self.public.guardian}, <redacted>)"


def respond(share: KeyShare, nonces: Nonces, pairs: Sequence[NoncePair]) -> Response:
    """Guardian i's part, for this list of pairs and for nothing else."""
    if nonces.public not in pairs or nonces.public.guardian != share.guardian:
        raise Conflict("pairs of nonces", expected="our own among them", actual="another list")
    rho, c, _, lambdas = _round(share.shared, pairs)
    d, e = nonces.take()
    i = share.guardian
    z = (d + rho[i] * e + lambdas[i] * share.secret % SUBGROUP_ORDER * c) % SUBGROUP_ORDER
    return Response(guardian=i, response=z)


def join(shared: SharedKey, pairs: Sequence[NoncePair], responses: Sequence[Response]) -> EscrowKey:
    """The key with its proof; a response that is wrong is `PartialRejected`, by its guardian."""
    rho, c, T, lambdas = _round(shared, pairs)
    if sorted(one.guardian for one in responses) != sorted(rho):
        raise Conflict(
            "responses",
            expected=f"one of each of {sorted(rho)}",
            actual=sorted(one.guardian for one in responses),
        )
    by_guardian = {pair.guardian: pair for pair in pairs}
    for one in responses:
        i, pair = one.guardian, by_guardian[one.guardian]
        expected = pair.hiding + combine(
            (pair.binding, shared.share_of(i)), (rho[i], lambdas[i] * c % SUBGROUP_ORDER)
        )
        actual = Point.BASE8 * one.response
        if actual != expected:
            raise PartialRejected(i, expected=expected, actual=actual)
    s = sum(one.response for one in responses) % SUBGROUP_ORDER
    return EscrowKey(point=shared.key, possession=SpanProof(T, (s,)).encode())


def _round(
    shared: SharedKey, pairs: Sequence[NoncePair]
) -> tuple[dict[int, int], int, Point, dict[int, int]]:
    """ρ, c, T and λ."""
    ordered = sorted(pairs, key=lambda pair: pair.guardian)
    guardians = [pair.guardian for pair in ordered]
    for guardian in guardians:
        shared.share_of(guardian)
    if len(set(guardians)) != len(guardians):
        raise Conflict("pairs of nonces", expected="one of each guardian", actual=guardians)
    if len(guardians) < shared.threshold:
        raise TooFewGuardians(shared.threshold, len(guardians), {})
    for pair in ordered:
        if pair.hiding.is_identity or pair.binding.is_identity:
            raise PartialRejected(pair.guardian, expected="nonces", actual="the identity")
    rho = {i: _binding_factor(shared, ordered, i) for i in guardians}
    parts = [pair.hiding + pair.binding * rho[pair.guardian] for pair in ordered]
    T = add_all(parts)
    lambdas = dict(zip(guardians, weights([place_of(i) for i in guardians]), strict=True))
    return rho, _challenge(shared, T), T, lambdas


def _binding_factor(shared: SharedKey, pairs: Sequence[NoncePair], guardian: int) -> int:
    transcript = Transcript("possession of a shared key")
    transcript.absorb("guardian", guardian.to_bytes(8, "big")).absorb_points("key", shared.key)
    transcript.absorb("ceremony", shared.ceremony)
    for pair in pairs:
        transcript.absorb("of", pair.guardian.to_bytes(8, "big"))
        transcript.absorb_points("nonces", pair.hiding, pair.binding)
    return transcript.challenge("rho", SUBGROUP_ORDER)


def _challenge(shared: SharedKey, T: Point) -> int:
    """That of the very statement which the ledger will check."""
    wanted = EscrowKey(point=shared.key, possession=BLANK_SPAN).spanned()
    return wanted.span._challenge(T, wanted.context)
