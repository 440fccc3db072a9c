"""`.ptau`, version 1: powers of τ after phase one, prepared for phase two (snarkjs).

| section | holds                                                                       |
| ------- | --------------------------------------------------------------------------- |
| 1       | q, the power p, the power of the ceremony                                    |
| 2, 3    | [τⁱ]₁, [τⁱ]₂                                                                 |
| 4, 5, 6 | [α·τⁱ]₁, [β·τⁱ]₁, [β]₂                                                       |
| 7       | the contributions to phase one                                              |
| 12, 13  | [L(τ)]₁, [L(τ)]₂ for the Lagrange bases of domains of 1, 2, 4, … rows        |
| 14, 15  | [α·L(τ)]₁, [β·L(τ)]₁ for the bases of these domains                         |

Section 12 has one domain more than the others, of 2^(p+1) rows. Section 2 has one power less than
that; the last basis is made with 0 in its place, unless the file was cut out of a larger one. Files
of big ceremonies fill a disk: this one is mapped, and only what is asked for is read (one that is
cut short meanwhile ends the process). Whether phase one itself was honest is in section 7, which is
for snarkjs to verify.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from zk.bn254 import G1Point, G2Point
from zk.errors import Conflict, MalformedFile
from zk.field import BASE_MODULUS
from zk.formats.container import Reader, parse_container, section
from zk.formats.files import check_file
from zk.formats.points import read_g1, read_g2, read_points
from zk.groth16.domain import Domain
from zk.subgroup import check_subgroup

_KIND: Final = b"ptau"
#: 2²⁸ is the largest that there is: 288 GB.
_MAX_BYTES: Final = 1 << 39


@dataclass(frozen=True, slots=True)
class PowersOfTau:
    """What phase two builds a key of one domain from: its Lagrange basis at τ, four times.

    Decoded, each point for itself; `zk.key_checks` shows that they belong together.
    """

    domain: Domain
    alpha_1: G1Point
    beta_1: G1Point
    beta_2: G2Point
    tau_1: tuple[G1Point, ...]
    tau_2: tuple[G2Point, ...]
    alpha_tau_1: tuple[G1Point, ...]
    beta_tau_1: tuple[G1Point, ...]
    #: The odd half of the basis of the domain of twice the size.
    odd_1: tuple[G1Point, ...]
    #: 1, τ, τ², … up to the last but one that a basis of twice the size is made of; [τ]₂.
    powers_1: tuple[G1Point, ...]
    power_2: G2Point

    @classmethod
    def read(cls, path: Path, domain: Domain) -> Self:
        """The parts of a file that a key of that domain is made of."""
        check_file(path, _MAX_BYTES)
        try:
            with path.open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "none"
            raise MalformedFile(str(path), expected="a .ptau file", actual=reason) from None
        sections = parse_container(data, _KIND, versions=(1,))
        _check_power(section(sections, 1, "ptau"), domain)
        level = (domain.size - 1, domain.size)
        doubled = (2 * domain.size - 1, 2 * domain.size)
        beta_2 = _slice_2(section(sections, 6, "ptau"), 0, 1)[0]
        power_2 = _slice_2(section(sections, 3, "ptau"), 1, 1)[0]
        tau_2 = _slice_2(_prepared(sections, 13), *level)
        check_subgroup([beta_2, power_2, *tau_2])
        return cls(
            domain=domain,
            alpha_1=_slice_1(section(sections, 4, "ptau"), 0, 1)[0],
            beta_1=_slice_1(section(sections, 5, "ptau"), 0, 1)[0],
            beta_2=beta_2,
            tau_1=_slice_1(_prepared(sections, 12), *level),
            tau_2=tau_2,
            alpha_tau_1=_slice_1(_prepared(sections, 14), *level),
            beta_tau_1=_slice_1(_prepared(sections, 15), *level),
            odd_1=_slice_1(_prepared(sections, 12), *doubled)[1::2],
            powers_1=_slice_1(section(sections, 2, "ptau"), 0, 2 * domain.size - 1),
            power_2=power_2,
        )


def _check_power(header: Reader, domain: Domain) -> None:
    header.prime(BASE_MODULUS)
    power, _ = header.u32(), header.u32()
    header.finish()
    if power < domain.log_size:
        raise Conflict(
            "powers of tau",
            expected=f"2^{domain.log_size} or more, as the circuit needs",
            actual=f"2^{power}",
        )


def _prepared(sections: dict[int, Reader], number: int) -> Reader:
    if number not in sections:
        raise MalformedFile(
            ".ptau file", expected="one that was prepared for phase two", actual="one that was not"
        )
    return sections[number]


def _slice_1(body: Reader, start: int, count: int) -> tuple[G1Point, ...]:
    return read_points(_part(body, start, count, G1Point.BYTES), count, read_g1, G1Point.BYTES)


def _slice_2(body: Reader, start: int, count: int) -> tuple[G2Point, ...]:
    return read_points(_part(body, start, count, G2Point.BYTES), count, read_g2, G2Point.BYTES)


def _part(body: Reader, start: int, count: int, size: int) -> Reader:
    if (start + count) * size > len(body.data):
        raise MalformedFile(
            body.subject,
            expected=f"{start + count} points",
            actual=f"{len(body.data)} bytes",
        )
    return Reader(body.data[start * size : (start + count) * size], body.subject)
