"""What a proving key that others made must show before anybody proves or verifies with it.

A key is made of secrets that nobody may know, so that it cannot be computed again; but its parts
must fit the circuit and each other. Sums of many points are compared under random weights of 128
bits: however many points are off, that goes unseen with a probability of about 2⁻¹²⁸.

| check         | holds where                                                               |
| ------------- | ------------------------------------------------------------------------- |
| circuit       | wires, public inputs, domain and every entry of A and B are the circuit's |
| ends          | γ = 1, as ceremonies leave it; β and δ are one number each in both groups |
| columns       | a point of A or B is at infinity just where its column is empty;          |
|               | [B]₁ is [B]₂                                                              |
| mixture       | where C's column is empty, IC and the C query are β·A + α·B, over γ or δ  |
| hash chain of | there is one at least; their hashes are a chain; the last δ is the key's: |
| contributions | not that each was made of the one before                                  |
| powers        | the given bases are those of one τ, of α and of β; every point is what    |
|               | the circuit makes of them                                                 |

That γ ≠ ±δ, β ≠ ±γ, ±δ and δ ≠ ±1 is checked when a key is decoded, and that every point is on its
curve and in its subgroup. `powers`, after the others, shows that the points belong to the circuit,
all of them: then every witness has its proof, whatever the makers knew, and proofs tell nothing of
it. Without it H, and IC and C where C's column is not empty, are vouched for by one proof that
verifies, and by snarkjs. No check here shows that δ has an honest contributor's secret in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from zk.backends import Backend
from zk.bn254 import G1Point, G2Point, GroupPoint, pairing_product_is_one
from zk.errors import Conflict, UnsafeKey
from zk.field import SCALAR_MODULUS
from zk.formats.contributions import Contributions, decode_contributions
from zk.formats.ptau import PowersOfTau
from zk.groth16 import Domain, ProvingKey
from zk.groth16.qap import Matrix, domain_of, matrices
from zk.r1cs import R1CS
from zk.randomness import Randomness, system_randomness

_WEIGHT_BOUND: Final = 1 << 128
_G1, _G2 = G1Point.GENERATOR, G2Point.GENERATOR


@dataclass(frozen=True, slots=True)
class KeyChecks:
    """A key, the circuit that it should be for, and the backend that sums its points."""

    key: ProvingKey
    r1cs: R1CS
    backend: Backend
    randomness: Randomness = system_randomness
    contributions: Contributions = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "contributions", decode_contributions(self.key.ceremony))

    def check_circuit(self) -> None:
        """Sizes first, so that everything after may rely on them; then A and B, row by row."""
        key, r1cs = self.key, self.r1cs
        sizes = {
            "wires": (r1cs.wires, key.wires),
            "public inputs": (r1cs.public, key.public),
            "rows of the domain": (domain_of(r1cs).size, key.domain.size),
        }
        for name, (expected, actual) in sizes.items():
            if expected != actual:
                raise Conflict(f"key of the circuit: {name}", expected=expected, actual=actual)
        a, b, _ = matrices(r1cs)
        for name, ours, theirs in (("A", a, key.a), ("B", b, key.b)):
            row = _first_difference(ours, theirs)
            if row is not None:
                raise UnsafeKey(
                    f"matrix {name} of the key",
                    expected="the entries of the circuit",
                    actual=f"others in row {row}",
                )

    def check_ends(self) -> None:
        """One number each behind [β]₁ and [β]₂, [δ]₁ and [δ]₂; 1 behind [γ]₂."""
        key, vk = self.key, self.key.verifying_key
        if vk.gamma_2 != _G2:
            raise UnsafeKey("γ of the key", expected="1, as a ceremony leaves it", actual="another")
        for name, one, two in (("β", key.beta_1, vk.beta_2), ("δ", key.delta_1, vk.delta_2)):
            _require([(one, _G2), (-_G1, two)], f"{name} of the key", "one number in both groups")

    def check_columns(self) -> None:
        """No point at infinity but for a wire that a matrix leaves out; [B]₁ and [B]₂ agree."""
        key = self.key
        used_a, used_b = _used(key.a, key.wires), _used(key.b, key.wires)
        queries: tuple[tuple[str, list[bool], Sequence[GroupPoint]], ...] = (
            ("A", used_a, key.a_query),
            ("B1", used_b, key.b1_query),
            ("B2", used_b, key.b2_query),
        )
        for name, used, query in queries:
            for wire, (is_used, point) in enumerate(zip(used, query, strict=True)):
                if is_used == point.is_infinity:
                    raise UnsafeKey(
                        f"query {name} of the key, wire {wire}",
                        expected="a point" if is_used else "infinity, for an empty column",
                        actual="infinity" if is_used else "a point",
                    )
        weights = self._weights(key.wires)
        sum_1 = self.backend.combine_g1(key.b1_query, weights)
        sum_2 = self.backend.combine_g2(key.b2_query, weights)
        _require([(sum_1, _G2), (-_G1, sum_2)], "query B of the key", "the same in both groups")

    def check_mixture(self) -> None:
        """e(Σ IC, γ)·e(Σ C, δ) = e(Σ A, β)·e(α, Σ B) over the wires whose column of C is empty."""
        key, vk, public = self.key, self.key.verifying_key, self.key.public + 1
        used = _used(matrices(self.r1cs)[2], key.wires)
        weights = [
            0 if is_used else weight
            for is_used, weight in zip(used, self._weights(key.wires), strict=True)
        ]
        combine = self.backend.combine_g1
        pairs = [
            (combine(vk.ic, weights[:public]), vk.gamma_2),
            (combine(key.c_query, weights[public:]), vk.delta_2),
            (-combine(key.a_query, weights), vk.beta_2),
            (-vk.alpha_1, self.backend.combine_g2(key.b2_query, weights)),
        ]
        _require(pairs, "queries IC and C of the key", "β·A + α·B where C is empty")

    def check_contributions(self) -> None:
        """Somebody contributed, and the chain of hashes ends at the key's δ."""
        self.contributions.check(self.key.delta_1)

    def check_powers(self, powers: PowersOfTau) -> None:
        """The key before any contribution follows from circuit and powers; then only δ differs."""
        self._check_bases(powers)
        key, vk, public = self.key, self.key.verifying_key, self.key.public + 1
        ends = (vk.alpha_1, key.beta_1, vk.beta_2)
        if ends != (powers.alpha_1, powers.beta_1, powers.beta_2):
            raise UnsafeKey("α and β of the key", expected="those of the powers", actual="others")
        weights = self._weights(key.wires)
        a, b, c = matrices(self.r1cs)
        rows = tuple(_weighted_rows(matrix, weights, powers.domain.size) for matrix in (a, b))
        sum_1, sum_2 = self.backend.combine_g1, self.backend.combine_g2
        same: tuple[tuple[str, GroupPoint, GroupPoint], ...] = (
            ("A", sum_1(key.a_query, weights), sum_1(powers.tau_1, rows[0])),
            ("B1", sum_1(key.b1_query, weights), sum_1(powers.tau_1, rows[1])),
            ("B2", sum_2(key.b2_query, weights), sum_2(powers.tau_2, rows[1])),
            (
                "IC",
                sum_1(vk.ic, weights[:public]),
                self._mixed(powers, (a, b, c), [*weights[:public], *[0] * len(key.c_query)]),
            ),
        )
        for name, ours, theirs in same:
            if ours != theirs:
                raise _not_of_the_powers(name)
        private = self._mixed(powers, (a, b, c), [*[0] * public, *weights[public:]])
        odd = self._weights(powers.domain.size)
        for name, ours_1, theirs_1 in (
            ("C", sum_1(key.c_query, weights[public:]), private),
            ("H", sum_1(key.h_query, odd), sum_1(powers.odd_1, odd)),
        ):
            if not pairing_product_is_one([(ours_1, vk.delta_2), (-theirs_1, _G2)]):
                raise _not_of_the_powers(name)

    def _check_bases(self, powers: PowersOfTau) -> None:
        """The Lagrange bases that keys are made of are those of the powers, and these of one τ."""
        sum_1, straight, domain = self.backend.combine_g1, powers.powers_1, powers.domain
        if straight[0] != _G1:
            raise UnsafeKey("powers of tau", expected="1 before τ", actual="another point")
        weights = self._weights(len(straight) - 1)
        later, earlier = sum_1(straight[1:], weights), sum_1(straight[:-1], weights)
        _require([(later, _G2), (-earlier, powers.power_2)], "powers of tau", "those of one τ")
        weights = self._weights(domain.size)
        sum_l = sum_1(powers.tau_1, weights)
        sum_l_2 = self.backend.combine_g2(powers.tau_2, weights)
        if sum_l != sum_1(straight[: domain.size], domain.interpolate(weights)):
            raise UnsafeKey("Lagrange basis of τ", expected="that of its powers", actual="another")
        sum_alpha, sum_beta = sum_1(powers.alpha_tau_1, weights), sum_1(powers.beta_tau_1, weights)
        for name, in_1, pair in (
            ("τ", sum_l, (-_G1, sum_l_2)),
            ("α·τ", sum_alpha, (-powers.alpha_1, sum_l_2)),
            ("β·τ", sum_beta, (-sum_l, powers.beta_2)),
        ):
            _require([(in_1, _G2), pair], f"Lagrange basis of {name}", "the same one throughout")
        self._check_doubled_basis(powers)

    def _check_doubled_basis(self, powers: PowersOfTau) -> None:
        """H is of these powers; the last one is in the basis or is not: no prover asks for it.

        It multiplies what a polynomial has of degree 2n − 1, and A·B − C has none of that.
        """
        odd = self._weights(powers.domain.size)
        doubled = Domain(powers.domain.log_size + 1)
        *most, last = doubled.interpolate([weight for one in odd for weight in (0, one)])
        sum_1, straight = self.backend.combine_g1, powers.powers_1
        rest = sum_1(powers.odd_1, odd) + -sum_1(straight, most)
        if not rest.is_infinity:
            top = [(rest, _G2), (-(straight[-1] * last), powers.power_2)]
            _require(top, "Lagrange basis of H", "that of the powers of τ")

    def _mixed(
        self, powers: PowersOfTau, abc: tuple[Matrix, Matrix, Matrix], weights: Sequence[int]
    ) -> G1Point:
        """Σ weight·(β·A + α·B + C)(τ), from the Lagrange bases."""
        a, b, c = (_weighted_rows(matrix, weights, powers.domain.size) for matrix in abc)
        bases = (*powers.beta_tau_1, *powers.alpha_tau_1, *powers.tau_1)
        return self.backend.combine_g1(bases, [*a, *b, *c])

    def _weights(self, count: int) -> list[int]:
        return [1 + self.randomness(_WEIGHT_BOUND - 1) for _ in range(count)]


#: In the order in which they are made; each may rely on those before it.
CHECKS: Final[Mapping[str, Callable[[KeyChecks], None]]] = MappingProxyType(
    {
        "circuit": KeyChecks.check_circuit,
        "ends": KeyChecks.check_ends,
        "columns": KeyChecks.check_columns,
        "mixture": KeyChecks.check_mixture,
        "hash chain of contributions": KeyChecks.check_contributions,
    }
)


def _first_difference(ours: Matrix, theirs: Matrix) -> int | None:
    """A file ends with the last row that has an entry."""
    for row in range(max(len(ours), len(theirs))):
        if (ours[row] if row < len(ours) else ()) != (theirs[row] if row < len(theirs) else ()):
            return row
    return None


def _used(matrix: Matrix, wires: int) -> list[bool]:
    used = [False] * wires
    for row in matrix:
        for wire, _ in row:
            used[wire] = True
    return used


def _weighted_rows(matrix: Matrix, weights: Sequence[int], size: int) -> list[int]:
    """Σ weight·column, row by row."""
    rows = [sum(value * weights[wire] for wire, value in row) % SCALAR_MODULUS for row in matrix]
    return rows + [0] * (size - len(rows))


def _require(pairs: Sequence[tuple[G1Point, G2Point]], subject: str, expected: str) -> None:
    if not pairing_product_is_one(pairs):
        raise UnsafeKey(subject, expected=expected, actual="something else")


def _not_of_the_powers(name: str) -> UnsafeKey:
    return UnsafeKey(
        f"query {name} of the key",
        expected="what circuit and powers of tau give",
        actual="something else",
    )
