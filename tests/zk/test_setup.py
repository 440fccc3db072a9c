"""What a setup emits, element by element."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

import galois
import pytest

from tests.zk.circuits_for_tests import UNUSED_INPUT, CubeRoot, Ratio
from zk.backends import Backend
from zk.bn254 import G1Point, G2Point, pairing_product_is_one
from zk.circuit import compile_circuit
from zk.errors import Malformed, UnsafeKey
from zk.field import SCALAR_MODULUS, inverse
from zk.formats.container import parse_container
from zk.formats.zkey import encode_zkey
from zk.groth16 import ProvingKey, Trapdoor, VerifyingKey, insecure_dev_setup
from zk.groth16.domain import root_of_unity
from zk.groth16.keys import INSECURE_MARK
from zk.groth16.qap import matrices
from zk.r1cs import R1CS
from zk.randomness import insecure_seeded_randomness

R = SCALAR_MODULUS
GF = galois.GF(R, primitive_element=5, verify=False)
TRAPDOOR = Trapdoor.draw(insecure_seeded_randomness(b"setup"))

G1, G2 = G1Point.GENERATOR, G2Point.GENERATOR


def ratio_r1cs() -> R1CS:
    """Five wires, two of them public, two constraints and three public rows: n = 8."""
    return compile_circuit(Ratio()).r1cs


@cache
def reference_key() -> ProvingKey:
    return insecure_dev_setup(ratio_r1cs(), TRAPDOOR)


def at_tau(values: dict[int, int], size: int) -> int:
    """The polynomial with these values on the domain, at τ, by galois."""
    points = GF([pow(root_of_unity(size.bit_length() - 1), i, R) for i in range(size)])
    dense = GF([values.get(i, 0) for i in range(size)])
    return int(galois.lagrange_poly(points, dense)(GF(TRAPDOOR.tau)))


def columns_at_tau(which: int) -> list[int]:
    """uᵢ(τ), vᵢ(τ) or wᵢ(τ) of each wire, by galois."""
    matrix = matrices(ratio_r1cs())[which]
    return [
        at_tau({i: dict(row).get(wire, 0) for i, row in enumerate(matrix)}, 8) for wire in range(5)
    ]


def test_both_backends_make_the_same_key(backend: Backend) -> None:
    """The same trapdoor gives the same `.zkey`, byte for byte, on every backend."""
    assert encode_zkey(backend.insecure_dev_setup(ratio_r1cs(), TRAPDOOR)) == encode_zkey(
        reference_key()
    )


def test_extra_setup_elements_there_are_none() -> None:
    """Threat: extra setup elements (Zcash BCTV14). The exact list of what a setup emits.

    Elements that the proof system does not call for are how counterfeit proofs were made:
    each query has the size of the paper's, and no field and no section is left over.
    """
    key = reference_key()
    assert [f.name for f in fields(VerifyingKey)] == [
        *("alpha_1", "beta_2", "gamma_2", "delta_2", "ic"),
        "insecure",
    ]
    assert [f.name for f in fields(ProvingKey)] == [
        *("verifying_key", "beta_1", "delta_1", "domain", "a", "b"),
        *("a_query", "b1_query", "b2_query", "c_query", "h_query", "ceremony"),
    ]
    wires, public, domain = 5, 2, 8
    assert len(key.verifying_key.ic) == public + 1
    assert len(key.a_query) == len(key.b1_query) == len(key.b2_query) == wires
    assert len(key.c_query) == wires - public - 1
    assert len(key.h_query) == key.domain.size == domain
    assert key.verifying_key.insecure
    assert key.ceremony == INSECURE_MARK + bytes.fromhex(compile_circuit(Ratio()).digest) + bytes(4)


def test_the_sections_of_a_zkey() -> None:
    """The file has sections 1 to 10 and each has exactly the bytes of its elements."""
    wires, public, domain, field_header = 5, 2, 8, 4 + 32
    entries = sum(len(row) for matrix in matrices(ratio_r1cs())[:2] for row in matrix)
    sections = parse_container(encode_zkey(reference_key()), b"zkey", versions=(1,))
    assert {number: body.remaining for number, body in sections.items()} == {
        1: 4,
        2: 2 * field_header + 3 * 4 + 3 * 64 + 3 * 128,
        3: (public + 1) * 64,
        4: 4 + entries * (3 * 4 + 32),
        5: wires * 64,
        6: wires * 64,
        7: wires * 128,
        8: (wires - public - 1) * 64,
        9: domain * 64,
        10: 64 + 4,
    }


def test_the_ends_of_a_known_trapdoor() -> None:
    """α, β, γ and δ are where the paper has them, and γ is in G2 alone."""
    key, vk = reference_key(), reference_key().verifying_key
    assert vk.alpha_1 == G1 * TRAPDOOR.alpha
    assert (key.beta_1, vk.beta_2) == (G1 * TRAPDOOR.beta, G2 * TRAPDOOR.beta)
    assert vk.gamma_2 == G2 * TRAPDOOR.gamma
    assert (key.delta_1, vk.delta_2) == (G1 * TRAPDOOR.delta, G2 * TRAPDOOR.delta)


def test_the_queries_of_a_known_trapdoor() -> None:
    """Each element of A, B1, B2, IC and C is the paper's, from columns that galois evaluated."""
    key, t = reference_key(), TRAPDOOR
    u, v, w = (columns_at_tau(which) for which in range(3))
    assert key.a_query == tuple(G1 * x for x in u)
    assert key.b1_query == tuple(G1 * x for x in v)
    assert key.b2_query == tuple(G2 * x for x in v)
    mixed = [t.beta * ui + t.alpha * vi + wi for ui, vi, wi in zip(u, v, w, strict=True)]
    assert key.verifying_key.ic == tuple(G1 * (x * inverse(t.gamma, R)) for x in mixed[:3])
    assert key.c_query == tuple(G1 * (x * inverse(t.delta, R)) for x in mixed[3:])


def test_the_h_query_of_a_known_trapdoor() -> None:
    """H is L_{2i+1}(τ)/δ over the domain of twice the size, as snarkjs keeps it."""
    scalars = [at_tau({2 * i + 1: 1}, 16) * inverse(TRAPDOOR.delta, R) for i in range(8)]
    assert reference_key().h_query == tuple(G1 * k for k in scalars)


def test_what_anyone_can_check_of_a_key() -> None:
    """β, δ and B are the same in both groups, by pairings that need no trapdoor.

    The B queries are weighed with coefficients that grow, so that one product covers all.
    """
    key, vk = reference_key(), reference_key().verifying_key
    weights = [pow(1_000_003, i) for i in range(key.wires)]
    b1, b2 = G1Point.INFINITY, G2Point.INFINITY
    for k, p, q in zip(weights, key.b1_query, key.b2_query, strict=True):
        b1, b2 = b1 + p * k, b2 + q * k
    for left, right in ((key.beta_1, vk.beta_2), (key.delta_1, vk.delta_2), (b1, b2)):
        assert pairing_product_is_one([(left, G2), (-G1, right)])
    assert not pairing_product_is_one([(key.beta_1, G2), (-G1, vk.delta_2)])


def test_an_unused_public_input_has_its_point() -> None:
    """Threat: unused public input (Filecoin). Its IC point is there, non-zero, and distinct.

    The public rows see to it: without them the column of a wire that no constraint mentions
    is zero, and the input could be anything.
    """
    key = insecure_dev_setup(UNUSED_INPUT, TRAPDOOR)
    ic = key.verifying_key.ic
    assert len(ic) == 4
    assert not any(point.is_infinity for point in ic)
    assert len({point.x for point in ic}) == 4
    assert not any(2 in dict(row) for c in UNUSED_INPUT.constraints for row in (c.a, c.b, c.c))


def test_the_setup_asserts_its_public_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat: a setup without the public rows refuses to emit a key, whoever removed them."""

    def without_rows(r1cs: R1CS) -> Any:
        a, b, c = matrices(r1cs)
        count = len(r1cs.constraints)
        return a[:count], b[:count], c[:count]

    monkeypatch.setattr("zk.groth16.setup.matrices", without_rows)
    with pytest.raises(UnsafeKey):
        insecure_dev_setup(ratio_r1cs(), TRAPDOOR)


@pytest.mark.parametrize(
    "changes",
    [
        {"alpha": 0},
        {"beta": 0},
        {"gamma": 0},
        {"delta": 0},
        {"gamma": TRAPDOOR.delta},
        {"gamma": R - TRAPDOOR.delta},
        {"delta": 1},
        {"delta": R - 1},
        {"tau": 1},
        {"tau": root_of_unity(2)},
        {"tau": root_of_unity(3)},
    ],
    ids=lambda changes: ", ".join(changes),
)
def test_a_degenerate_trapdoor_gives_no_key(backend: Backend, changes: dict[str, int]) -> None:
    """Threat: γ = δ, no second phase. A zero, γ = ±δ, δ = ±1, τ on either domain: refused."""
    r1cs = compile_circuit(CubeRoot()).r1cs
    with pytest.raises((UnsafeKey, Malformed)):
        backend.insecure_dev_setup(r1cs, replace(TRAPDOOR, **changes))


def test_a_drawn_trapdoor_has_no_zero() -> None:
    """Whatever the source of randomness gives, no part of a trapdoor is zero or r."""
    assert Trapdoor.draw(lambda _: 0) == Trapdoor(1, 1, 1, 1, 1)
    assert Trapdoor.draw(lambda bound: bound - 1) == Trapdoor(*[R - 1] * 5)


def test_a_trapdoor_does_not_print_itself() -> None:
    """Secrets print redacted."""
    assert str(TRAPDOOR.tau) not in repr(TRAPDOOR)
    assert repr(TRAPDOOR) == f"{TRAPDOOR}" == "Trapdoor(<redacted>)"
