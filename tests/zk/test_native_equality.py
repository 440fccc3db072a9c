"""The native backend against the reference: the same bytes for the same randomness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from random import Random

import pytest

from tests.zk.curves_for_tests import torsion_points
from tests.zk.keys_for_tests import ratio_key, ratio_statement
from tests.zk.systems_for_tests import (
    RandomSystem,
    chain,
    random_circuit,
    random_program,
    random_system,
)
from zk.babyjubjub import Point
from zk.backends import Backend, Choice, select
from zk.bn254 import G1Point, G2Point
from zk.circuit.program import Combination, Instruction, Operation, WitnessProgram
from zk.errors import Malformed, ProofRejected, Unsatisfied
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER, encode
from zk.formats.zkey import encode_zkey
from zk.groth16 import Proof, ProvingKey
from zk.groth16.batch import Statement

try:
    from zk import _native
except ImportError:
    pytest.skip("the native backend is not installed", allow_module_level=True)

R, L = SCALAR_MODULUS, SUBGROUP_ORDER

SYSTEMS, PROGRAMS, CIRCUITS = 200, 300, 120
#: Each part of the systems is a test of its own, so that none takes long.
PARTS = range(8)
#: For the window tables: nothing beyond the bases, a few points, all that there can be.
BUDGETS = (0, 3 << 10, 1 << 26)


def systems(part: int) -> Iterator[RandomSystem]:
    yield from (random_system(seed) for seed in range(part, SYSTEMS, len(PARTS)))


@cache
def true_statement(seed: int, public: int) -> tuple[ProvingKey, Statement]:
    """A key and a proven statement with so many public inputs."""
    native = select(Choice.NATIVE)
    system = next(
        system
        for system in map(random_system, range(seed, 10_000))
        if system.satisfied and system.r1cs.public == public
    )
    key = native.insecure_dev_setup(system.r1cs, system.trapdoor)
    proof = native.prover(key).prove(system.witness, system.blinding)
    return key, (tuple(system.witness[1 : public + 1]), proof)


@pytest.mark.parametrize("part", PARTS)
def test_the_same_proof_of_random_systems(reference: Backend, native: Backend, part: int) -> None:
    """Whatever the system, the witness and the blinding: the same 256 bytes, false or true."""
    for system in systems(part):
        key = native.insecure_dev_setup(system.r1cs, system.trapdoor)
        expected = reference.prover(key).unchecked_prove(system.witness, system.blinding)
        actual = native.prover(key).unchecked_prove(system.witness, system.blinding)
        assert actual.encode() == expected.encode(), system
        assert_every_table_gives(expected, key, system)


def test_the_same_key_of_random_systems(reference: Backend, native: Backend) -> None:
    """The same trapdoor gives the same `.zkey`, byte for byte, and both load it."""
    small = [s for s in map(random_system, range(120)) if len(s.r1cs.constraints) <= 9][:12]
    for system in small:
        expected = encode_zkey(reference.insecure_dev_setup(system.r1cs, system.trapdoor))
        actual = encode_zkey(native.insecure_dev_setup(system.r1cs, system.trapdoor))
        assert actual == expected, system
        loaded = [backend.load_prover(actual).verifying_key for backend in (reference, native)]
        assert loaded[0] == loaded[1]
        assert loaded[0].insecure
        assert loaded[1].insecure


def test_the_same_verdict_on_witnesses(reference: Backend, native: Backend) -> None:
    """`prove` hands out a proof of a true witness, and refuses a false one, on both."""
    verdicts = []
    for seed in range(6):
        system = random_system(seed)
        key = native.insecure_dev_setup(system.r1cs, system.trapdoor)
        pair = [
            prove_or_reject(backend, key, system.witness, system) for backend in (reference, native)
        ]
        assert pair[0] == pair[1]
        verdicts.append(pair[0] is None)
    assert {True, False} <= set(verdicts)


@pytest.mark.parametrize("count", [1000, 2500])
def test_every_table_gives_one_proof_of_a_larger_system(native: Backend, count: int) -> None:
    """With wider windows and more buckets than small systems have, every table agrees."""
    system = chain(count)
    key = native.insecure_dev_setup(system.r1cs, system.trapdoor)
    proof = native.prover(key).prove(system.witness, system.blinding)
    assert_every_table_gives(proof, key, system)


def test_a_larger_system_of_bits_and_edges(reference: Backend, native: Backend) -> None:
    """A few hundred wires of few values: long lists of equal and of opposite points."""
    system = chain(250)
    key = native.insecure_dev_setup(system.r1cs, system.trapdoor)
    for values in ((0,), (1,), (R - 1,), (0, 1), (1, R - 1), (2, R - 2, R // 2)):
        witness = [1, *(values[i % len(values)] for i in range(system.r1cs.wires - 1))]
        expected = reference.prover(key).unchecked_prove(witness, system.blinding)
        assert native.prover(key).unchecked_prove(witness, system.blinding) == expected


def test_the_same_registers_of_random_programs(reference: Backend, native: Backend) -> None:
    """Products, quotients, zero denominators and bits of every width, register by register."""
    for seed in range(PROGRAMS):
        program, inputs = random_program(seed)
        expected = reference.run(program, inputs)
        assert list(native.run(program, inputs)) == list(expected), seed


@pytest.mark.parametrize("value", [0, 1, R - 1, (1 << 253) - 1, 1 << 253, R // 2])
def test_the_same_bits_of_every_width(reference: Backend, native: Backend, value: int) -> None:
    """Widths 1 to 255, the last of them wider than any element."""
    for width in range(1, 256):
        step = Instruction(Operation.BITS, 2, width, (Combination((1,), (1,)),))
        program = WitnessProgram(1, 2 + width, (step,), (0,))
        assert list(native.run(program, [value])) == list(reference.run(program, [value]))


def test_the_same_inverses_of_edge_values(native: Backend) -> None:
    """1/x for what a division algorithm stumbles over: powers of two, their sums and inverses."""
    rng = Random("inverses")
    powers = [1 << i for i in range(254)]
    small = range(1, 300)
    values = [0, *small, *(pow(x, -1, R) for x in small), *(R // x for x in small)]
    values += [power + step for power in powers for step in (-1, 0, 1)]
    values += [p + q for p in powers[::9] for q in powers[::7]]
    values += [rng.randrange(R) for _ in range(3000)]
    values = [sign * value % R for value in values for sign in (1, -1)]
    one = Combination((0,), (1,))
    steps = tuple(
        Instruction(Operation.QUOTIENT, 1 + len(values) + i, 1, (one, Combination((1 + i,), (1,))))
        for i in range(len(values))
    )
    program = WitnessProgram(len(values), 1 + 2 * len(values), steps, ())
    inverses = list(native.run(program, values))[1 + len(values) :]
    for value, inverse in zip(values, inverses, strict=True):
        assert inverse * value % R == (1 if value else 0), value
        assert inverse or not value


def test_a_program_of_constant_bits(reference: Backend, native: Backend) -> None:
    """Bits of nothing are the shortest instructions there are.

    A regression: the decoder took a program of many of them for one that is cut short.
    """
    nothing = (Combination((), ()),)
    steps = tuple(Instruction(Operation.BITS, 1 + i, 1, nothing) for i in range(50))
    program = WitnessProgram(0, 51, steps, ())
    assert list(native.run(program, [])) == reference.run(program, []) == [1] + [0] * 50


def test_the_same_refusal_of_random_circuits(reference: Backend, native: Backend) -> None:
    """`solve` gives the same witness, or names the same scope with the same two sides."""
    scopes = set()
    for seed in range(CIRCUITS):
        compiled, public, private = random_circuit(seed)
        outcomes: list[list[object]] = []
        for backend in (reference, native):
            try:
                outcomes.append([*backend.solve(compiled, public, private)])
            except Unsatisfied as refusal:
                outcomes.append([refusal.scope, refusal.expected, refusal.actual])
                scopes.add(refusal.scope)
        assert outcomes[0] == outcomes[1], seed
    assert len(scopes) > 5


def test_the_same_sums_on_baby_jubjub(reference: Backend, native: Backend) -> None:
    """`combine` agrees on random and on edge scalars, with the identity among the points."""
    rng = Random("baby jubjub")
    edges = (0, 1, 2, L - 1, L, L + 1, -1, -L, L // 2, L // 2 + 1, 1 << 251, 1 << 300, -(1 << 300))
    points = [Point.IDENTITY, Point.BASE8, -Point.BASE8, Point.BASE8 * rng.randrange(L)]
    for point in points:
        for scalar in edges:
            expected = reference.combine([point], [scalar])
            assert native.combine([point], [scalar]) == expected, (point, scalar)
    for count in (0, 1, 2, 3, 8, 20):
        some = [rng.choice(points) for _ in range(count)]
        scalars = [rng.choice((*edges, rng.randrange(L))) for _ in range(count)]
        assert native.combine(some, scalars) == reference.combine(some, scalars)
        assert native.add_all(some) == reference.add_all(some)


def test_the_same_sums_outside_the_subgroup(reference: Backend, native: Backend) -> None:
    """The law is complete on the whole curve: points of order 2, 4 and 8 are no exception.

    A `Point` is in the subgroup, so that no sum should see these; if one does, both agree.
    """
    torsion = [Point.unchecked(x, y) for x, y in torsion_points()]
    mixed = [*torsion, *(point + Point.BASE8 for point in torsion)]
    for p in mixed:
        for k in (1, 2, 4, 7, 8, L - 1, -3):
            assert native.combine([p], [k]) == reference.combine([p], [k])
        for q in mixed:
            assert native.add_all([p, q]) == reference.add_all([p, q])


def test_the_same_sums_in_both_groups(reference: Backend, native: Backend) -> None:
    """`combine_g1` and `combine_g2` agree on random and edge scalars, infinity among the points."""
    rng = Random("both groups")
    edges = (0, 1, 2, R - 1, R, R + 1, -1, R // 2, 1 << 253, 1 << 300)
    points_1 = [G1Point.INFINITY, *(G1Point.GENERATOR * rng.randrange(R) for _ in range(4))]
    points_2 = [G2Point.INFINITY, *(G2Point.GENERATOR * rng.randrange(R) for _ in range(4))]
    for count in (0, 1, 2, 9, 40):
        scalars = [rng.choice((*edges, rng.randrange(R))) for _ in range(count)]
        some_1 = [rng.choice(points_1) for _ in range(count)]
        some_2 = [rng.choice(points_2) for _ in range(count)]
        assert native.combine_g1(some_1, scalars) == reference.combine_g1(some_1, scalars)
        assert native.combine_g2(some_2, scalars) == reference.combine_g2(some_2, scalars)


def test_combine_refuses_lists_of_different_lengths(reference: Backend, native: Backend) -> None:
    """A scalar too many or too few is malformed on both."""
    for scalars in ([], [1], [1, 2, 3]):
        for backend in (reference, native):
            with pytest.raises(Malformed, match="combination"):
                backend.combine([Point.BASE8, Point.BASE8], scalars)
            with pytest.raises(Malformed, match="combination"):
                backend.combine_g1([G1Point.GENERATOR] * 2, scalars)
            with pytest.raises(Malformed, match="combination"):
                backend.combine_g2([G2Point.GENERATOR] * 2, scalars)


@pytest.mark.parametrize("public", [0, 1, 3])
def test_the_same_verdict_on_proofs(reference: Backend, native: Backend, public: int) -> None:
    """True proofs, moved inputs, moved, negated, swapped and infinite points, on both."""
    key, (inputs, proof) = true_statement(0, public)
    vk, (a, b, c) = key.verifying_key, (proof.a, proof.b, proof.c)
    one, two = G1Point.GENERATOR, G2Point.GENERATOR
    none_1, none_2 = G1Point.INFINITY, G2Point.INFINITY
    rerandomised = Proof(a * 3, b * pow(3, -1, R), c)
    true = [proof, rerandomised, Proof(-a, -b, c)]
    false = [
        Proof(-a, b, c),
        Proof(a, -b, c),
        Proof(a, b, -c),
        Proof(a + one, b, c),
        Proof(a, b + two, c),
        Proof(c, b, a),
        Proof(none_1, none_2, none_1),
        Proof(none_1, b, c),
        Proof(a, none_2, c),
        Proof(a, b, none_1),
    ]
    for backend in (reference, native):
        verifier = backend.verifier(vk)
        for claimed in true:
            verifier.verify(inputs, claimed)
        for claimed in false[:: 1 if public == 1 else 4]:
            with pytest.raises(ProofRejected):
                verifier.verify(inputs, claimed)
        for i in range(public):
            moved = (*inputs[:i], (inputs[i] + 1) % R, *inputs[i + 1 :])
            with pytest.raises(ProofRejected):
                verifier.verify(moved, proof)


@pytest.mark.parametrize(("public", "count"), [(0, 1), (0, 3), (1, 1), (1, 17)])
def test_the_same_verdict_on_batches(
    reference: Backend, native: Backend, public: int, count: int
) -> None:
    """Batches of 1 and of more than the native backend takes at once, true and false."""
    key, (inputs, proof) = true_statement(0, public)
    false = (inputs, Proof(proof.a, proof.b, -proof.c))
    batch = [(inputs, proof)] * count
    for backend in (reference, native):
        verifier = backend.verifier(key.verifying_key)
        verifier.verify_batch(batch)
        with pytest.raises(ProofRejected, match=f"batch of {count} proofs"):
            verifier.verify_batch([*batch[:-1], false])


def test_a_false_proof_is_found_anywhere_in_a_batch(native: Backend) -> None:
    """No position of a batch of forty is overlooked where the work is shared out."""
    public, proof = ratio_statement()
    verifier = native.verifier(ratio_key().verifying_key)
    false = (public, Proof(proof.a + G1Point.GENERATOR, proof.b, proof.c))
    batch = [(public, proof)] * 40
    verifier.verify_batch(batch)
    for position in range(40):
        with pytest.raises(ProofRejected):
            verifier.verify_batch([*batch[:position], false, *batch[position + 1 :]])


def assert_every_table_gives(proof: Proof, key: ProvingKey, system: RandomSystem) -> None:
    """The proof of the crate itself, for each budget and each kernel of this processor."""
    witness = b"".join(map(encode, system.witness))
    r, s = encode(system.blinding.r), encode(system.blinding.s)
    zkey = encode_zkey(key)
    for budget in BUDGETS:
        for kernel in ("", "portable"):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("TACIT_KERNEL", kernel)
                proving_key = _native.ProvingKey(zkey, budget)
            assert proving_key.prove(witness, r, s) == proof.encode(), (budget, kernel, system)


def test_the_portable_kernel_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests above rely on: a variable of the environment names the kernel."""
    monkeypatch.setenv("TACIT_KERNEL", "portable")
    assert _native.kernel_name() == "portable"


def prove_or_reject(
    backend: Backend, key: ProvingKey, witness: Sequence[int], system: RandomSystem
) -> Proof | None:
    """The proof, or None where the backend finds that it would be false."""
    try:
        return backend.prover(key).prove(witness, system.blinding)
    except ProofRejected:
        return None
