"""Powers of tau and ceremony keys whose secrets the tests know.

The files have the form that snarkjs gives them, so that it works on them too: what is saved is the
minutes that it takes to prepare powers of tau. No transcript of these would pass snarkjs's own
verification: here the contributors' points in G2 are any points.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

from zk.backends import Backend, select
from zk.bn254 import G1Point, G2Point
from zk.field import BASE_MODULUS, SCALAR_MODULUS, inverse
from zk.fixed_base import generator_multiples
from zk.formats.container import build_container, prime, u32
from zk.formats.contributions import Contribution
from zk.formats.points import encode_point, encode_points
from zk.groth16 import Domain, ProvingKey, Trapdoor
from zk.groth16.domain import powers
from zk.groth16.qap import domain_of
from zk.r1cs import R1CS

_P: Final = SCALAR_MODULUS


@dataclass(frozen=True)
class Secrets:
    """What nobody may know after a real phase one."""

    tau: int = 3_141_592_653_589_793
    alpha: int = 2_718_281_828_459_045
    beta: int = 1_414_213_562_373_095


def encode_powers(log_size: int, secrets: Secrets, backend: Backend | None = None) -> bytes:
    """A `.ptau` for domains of up to 2^log_size rows, prepared for phase two.

    As snarkjs writes it, the largest basis lacks the last power, which phase one does not give.
    """
    size = 1 << log_size
    straight = powers(secrets.tau, 2 * size - 1)
    bases = [Domain(level).lagrange_at(secrets.tau) for level in range(log_size + 2)]
    prepared = list(chain.from_iterable(bases[:-1]))
    in_1 = {
        2: straight,
        4: _times(secrets.alpha, straight[:size]),
        5: _times(secrets.beta, straight[:size]),
        12: [*prepared, *_without_last_power(bases[-1], secrets.tau)],
        14: _times(secrets.alpha, prepared),
        15: _times(secrets.beta, prepared),
    }
    in_2 = {3: straight[:size], 6: [secrets.beta], 13: prepared}
    made_1, made_2 = _multiples(list(chain(*in_1.values())), list(chain(*in_2.values())), backend)
    sections = {1: prime(BASE_MODULUS) + u32(log_size) + u32(log_size), 7: u32(0)}
    sections |= _sections(in_1, made_1) | _sections(in_2, made_2)
    return build_container(b"ptau", 1, sorted(sections.items()))


def ceremony_key(
    r1cs: R1CS, secrets: Secrets, shares: Sequence[int], backend: Backend | None = None
) -> ProvingKey:
    """The key that these powers and contributors with these secrets give."""
    delta = 1
    for share in shares:
        delta = delta * share % _P
    trapdoor = Trapdoor(secrets.alpha, secrets.beta, 1, delta, secrets.tau)
    key = (backend or select()).insecure_dev_setup(r1cs, trapdoor)
    return replace(
        key,
        verifying_key=replace(key.verifying_key, insecure=False),
        ceremony=encode_ceremony(bytes(64), contributions(bytes(64), shares)),
    )


def contributions(circuit_hash: bytes, shares: Sequence[int]) -> list[Contribution]:
    """A chain in which every contributor multiplied δ by a share; the last one is a beacon."""
    absorbed, delta, made = hashlib.blake2b(circuit_hash), 1, list[Contribution]()
    for number, share in enumerate(shares, 1):
        delta = delta * share % _P
        s = G1Point.GENERATOR * (number + 1)
        sx = s * share
        transcript = absorbed.copy()
        transcript.update(s.encode() + sx.encode())
        one = Contribution(
            delta_1=G1Point.GENERATOR * delta,
            s=s,
            sx=sx,
            spx=G2Point.GENERATOR * (number + 1),
            transcript=transcript.digest(),
            name=f"contributor {number}",
            beacon=None,
        )
        absorbed.update(one.encoded())
        made.append(one)
    return made


def encode_ceremony(circuit_hash: bytes, made: Sequence[Contribution]) -> bytes:
    """Section 10, as snarkjs writes it."""
    return circuit_hash + u32(len(made)) + b"".join(map(encode_contribution, made))


def encode_contribution(one: Contribution) -> bytes:
    """One entry of it."""
    points = b"".join(encode_point(point) for point in (one.delta_1, one.s, one.sx, one.spx))
    parameters = b""
    if one.name:
        name = one.name.encode()
        parameters += bytes([1, len(name)]) + name
    if one.beacon is not None:
        value = bytes.fromhex(one.beacon.value)
        parameters += bytes([2, one.beacon.iterations_log, 3, len(value)]) + value
    kind = u32(0 if one.beacon is None else 1)
    return points + one.transcript + kind + u32(len(parameters)) + parameters


def write_powers(path: Path, r1cs: R1CS, secrets: Secrets, backend: Backend | None = None) -> Path:
    """Powers for a circuit and for one of twice its size."""
    path.write_bytes(encode_powers(domain_of(r1cs).log_size + 1, secrets, backend))
    return path


def _sections(
    scalars: dict[int, list[int]], made: Sequence[G1Point] | Sequence[G2Point]
) -> dict[int, bytes]:
    sections, start = dict[int, bytes](), 0
    for number, some in scalars.items():
        sections[number] = encode_points(made[start : start + len(some)])
        start += len(some)
    return sections


def _without_last_power(basis: list[int], tau: int) -> list[int]:
    size = len(basis)
    last = pow(tau, size - 1, _P) * inverse(size, _P)
    roots = powers(Domain(size.bit_length() - 1).root, size)
    return [(value - root * last) % _P for value, root in zip(basis, roots, strict=True)]


def _times(factor: int, values: Sequence[int]) -> list[int]:
    return [factor * value % _P for value in values]


def _multiples(
    scalars_1: list[int], scalars_2: list[int], backend: Backend | None
) -> tuple[Sequence[G1Point], Sequence[G2Point]]:
    if backend is not None and backend.name == "native":
        from zk.backends.native import _generator_multiples

        return _generator_multiples(scalars_1, scalars_2, lambda *_: None)
    return generator_multiples(scalars_1, scalars_2)
