"""The native backend: the crate in native/, behind the same interface and the same errors.

What costs little is decided by the same Python code as for the reference (lengths, canonical
numbers, unsafe keys); what costs much crosses the border once, as bytes. What a decoder of the
crate refuses is given to the reference, which says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import takewhile
from logging import getLogger
from pathlib import Path
from typing import ClassVar, Final, overload
from weakref import WeakKeyDictionary

from zk import _native
from zk.babyjubjub import Point
from zk.backends.interface import (
    AdditionCosts,
    Backend,
    Prover,
    Stage,
    Verifier,
    check_lengths,
)
from zk.bn254 import G1Point, G2Point, GroupPoint
from zk.circuit import CompiledCircuit, WitnessProgram
from zk.circuit.tape import encode_program, encode_tape
from zk.errors import Conflict, Malformed, Unsatisfied
from zk.field import ELEMENT_BYTES, SCALAR_MODULUS, SUBGROUP_ORDER, encode, is_canonical, signed
from zk.formats.files import check_file, named
from zk.formats.zkey import encode_zkey
from zk.groth16 import Blinding, Proof, ProvingKey, Trapdoor, VerifyingKey, insecure_dev_setup
from zk.groth16.batch import Statement, batch_coefficients
from zk.groth16.keys import is_insecure
from zk.progress import Progress, silent
from zk.r1cs import R1CS, check_elements

#: What the window tables of one key may take.
TABLE_BYTES: Final = 256 << 20

#: Where nobody has set up logging, its warnings are lines on standard error.
_log = getLogger(__name__)


class Elements(Sequence[int]):
    """Field elements as the backend holds them: one buffer, integers only where looked at."""

    __slots__ = ("buffer",)

    def __init__(self, buffer: bytes) -> None:
        self.buffer = buffer

    @classmethod
    def of(cls, values: Iterable[int]) -> Elements:
        """Canonical integers, laid end to end."""
        return cls(b"".join(encode(value) for value in values))

    def __len__(self) -> int:
        return len(self.buffer) // ELEMENT_BYTES

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        start = range(len(self))[index] * ELEMENT_BYTES
        return int.from_bytes(self.buffer[start : start + ELEMENT_BYTES], "little")


class NativeVerifier(Verifier):
    """A verifying key with its pairings prepared."""

    def __init__(self, key: VerifyingKey) -> None:
        self._key = key
        self._native = _native.VerifyingKey(_encoded(key.points()))

    def verify(self, public: tuple[int, ...], proof: Proof) -> None:
        self._key.check_public(public)
        self._native.verify(Elements.of(public).buffer, proof.encode())

    def verify_batch(self, statements: Sequence[Statement]) -> None:
        for public, _ in statements:
            self._key.check_public(public)
        if statements:
            rho = batch_coefficients(self._key, statements)
            publics = b"".join(Elements.of(public).buffer for public, _ in statements)
            proofs = b"".join(proof.encode() for _, proof in statements)
            self._native.verify_batch(publics, proofs, Elements.of(rho).buffer)


class NativeProver(Prover):
    """A proving key with its window tables."""

    def __init__(self, native: _native.ProvingKey) -> None:
        verifying_key = _verifying_key(native)
        super().__init__(verifying_key, NativeVerifier(verifying_key))
        self._native = native

    def unchecked_prove(
        self, witness: Sequence[int], blinding: Blinding, progress: Progress = silent
    ) -> Proof:
        buffer = self._buffer(witness)
        progress("prove", 0, 1)
        data = self._native.prove(buffer, encode(blinding.r), encode(blinding.s))
        progress("prove", 1, 1)
        return _proof(data)

    def profile(self, witness: Sequence[int]) -> list[Stage]:
        return [
            Stage(name, seconds, additions, group=2 if name == "sum B2" else 1)
            for name, seconds, additions in self._native.profile(self._buffer(witness))
        ]

    def _buffer(self, witness: Sequence[int]) -> bytes:
        wires = self._native.wires
        if len(witness) != wires:
            raise Conflict(
                "witness", expected=f"{wires} wires, as the key", actual=f"{len(witness)} wires"
            )
        if not isinstance(witness, Elements):
            check_elements(witness)
            witness = Elements.of(witness)
        elif witness[0] != 1:
            raise Malformed("witness", expected="wire 0 = 1", actual=witness[0])
        return witness.buffer


class NativeBackend(Backend):
    """Rust and arkworks."""

    name: ClassVar[str] = "native"

    def __init__(self) -> None:
        self._compiled: WeakKeyDictionary[CompiledCircuit, _native.Program] = WeakKeyDictionary()

    def insecure_dev_setup(
        self, r1cs: R1CS, trapdoor: Trapdoor, progress: Progress = silent
    ) -> ProvingKey:
        return insecure_dev_setup(r1cs, trapdoor, progress, _generator_multiples)

    def prover(self, key: ProvingKey) -> Prover:
        return self.load_prover(encode_zkey(key))

    def load_prover(self, zkey: bytes, progress: Progress = silent) -> Prover:
        progress("load key", 0, 1)
        native = _native.ProvingKey(zkey, TABLE_BYTES)
        progress("load key", 1, 1)
        return NativeProver(native)

    def open_prover(self, path: Path, progress: Progress = silent) -> Prover:
        """As the interface has it; window tables are kept beside the file and mapped.

        Tables that were damaged are made anew, and that is said, as it is where none can be kept.
        """
        check_file(path)
        progress("load key", 0, 1)
        with named(path):
            native = _native.ProvingKey.open(path, TABLE_BYTES)
        progress("load key", 1, 1)
        for notice in native.notices:
            _log.warning("%s", notice)
        return NativeProver(native)

    def verifier(self, key: VerifyingKey) -> Verifier:
        return NativeVerifier(key)

    def addition_costs(self) -> AdditionCosts:
        return AdditionCosts(*_native.seconds_per_addition())

    def run(self, program: WitnessProgram, inputs: Sequence[int]) -> Sequence[int]:
        program.check_inputs(inputs)
        native = _native.Program(encode_program(program))
        return Elements(native.run(Elements.of(inputs).buffer))

    def solve(self, compiled: CompiledCircuit, public: object, private: object) -> Sequence[int]:
        inputs = Elements.of(compiled.inputs(public, private))
        witness, violation = self._program(compiled).solve(inputs.buffer)
        if violation is not None:
            scope, rows = compiled.checks[violation]
            registers = self.run(compiled.program, compiled.inputs(public, private))
            a, b, c = (row.value(registers) for row in rows)
            raise Unsatisfied(scope, expected=f"{a}·{b}", actual=c)
        return Elements(witness)

    def combine_g1(self, points: Sequence[G1Point], scalars: Sequence[int]) -> G1Point:
        data = _native.combine_g1(_encoded(points), _reduced(scalars))
        return G1Point.unchecked(*_numbers(data, 0, 2))

    def combine_g2(self, points: Sequence[G2Point], scalars: Sequence[int]) -> G2Point:
        return _g2(_native.combine_g2(_encoded(points), _reduced(scalars)), 0)

    def combine(self, points: Sequence[Point], scalars: Sequence[int]) -> Point:
        check_lengths(points, scalars)
        numbers = [signed(scalar, SUBGROUP_ORDER) for scalar in scalars]
        turned = [p if k >= 0 else -p for p, k in zip(points, numbers, strict=True)]
        magnitudes = Elements.of(abs(k) for k in numbers)
        return _point(_native.combine(_coordinates(turned), magnitudes.buffer))

    def add_all(self, points: Sequence[Point]) -> Point:
        return _point(_native.add_all(_coordinates(points)))

    def decode_point(self, data: bytes) -> Point:
        with suppress(Malformed):
            return _point(_native.decode_point(data))
        return super().decode_point(data)

    def check_points(self, points: Sequence[Point]) -> None:
        numbers = list(takewhile(_is_number, (c for point in points for c in (point.x, point.y))))
        canonical = len(numbers) // 2
        outside = _native.first_outside(Elements.of(numbers[: 2 * canonical]).buffer)
        # From the first that is in doubt on, the reference decides: for honest points, of none.
        super().check_points(points[canonical if outside is None else outside :])

    def decode_proof(self, data: bytes) -> Proof:
        with suppress(Malformed):
            _native.check_proof(data)
            return _proof(data)
        return super().decode_proof(data)

    def _program(self, compiled: CompiledCircuit) -> _native.Program:
        program = self._compiled.get(compiled)
        if program is None:
            program = self._compiled[compiled] = _native.Program(encode_tape(compiled))
        return program


def _generator_multiples(
    scalars_1: Iterable[int], scalars_2: Iterable[int], progress: Progress, /
) -> tuple[list[G1Point], list[G2Point]]:
    progress("setup", 0, 2)
    data_1 = _native.multiples_g1(Elements.of(scalars_1).buffer)
    progress("setup", 1, 2)
    data_2 = _native.multiples_g2(Elements.of(scalars_2).buffer)
    progress("setup", 2, 2)
    points_1 = [G1Point.unchecked(*_numbers(data_1, i, 2)) for i in range(0, len(data_1), 64)]
    return points_1, [_g2(data_2, i) for i in range(0, len(data_2), 128)]


def _verifying_key(native: _native.ProvingKey) -> VerifyingKey:
    """The key's points were checked when it was loaded; whether they are safe is checked here."""
    data = native.verifying_key
    alpha_1, beta_2 = G1Point.unchecked(*_numbers(data, 0, 2)), _g2(data, 64)
    gamma_2, delta_2 = _g2(data, 192), _g2(data, 320)
    ic = tuple(G1Point.unchecked(*_numbers(data, i, 2)) for i in range(448, len(data), 64))
    insecure = is_insecure(native.ceremony)
    return VerifyingKey(alpha_1, beta_2, gamma_2, delta_2, ic, insecure=insecure)


def _proof(data: bytes) -> Proof:
    a, c = (G1Point.unchecked(*_numbers(data, start, 2)) for start in (0, 192))
    return Proof(a, _g2(data, 64), c)


def _g2(data: bytes, start: int) -> G2Point:
    x1, x0, y1, y0 = _numbers(data, start, 4)
    return G2Point.unchecked((x0, x1), (y0, y1))


def _numbers(data: bytes, start: int, count: int) -> list[int]:
    ends = range(start, start + 32 * count, 32)
    return [int.from_bytes(data[i : i + 32], "big") for i in ends]


def _coordinates(points: Sequence[Point]) -> bytes:
    return Elements.of(c for point in points for c in (point.x, point.y)).buffer


def _encoded(points: Iterable[GroupPoint]) -> bytes:
    return b"".join(point.encode() for point in points)


def _reduced(scalars: Iterable[int]) -> bytes:
    return Elements.of(scalar % SCALAR_MODULUS for scalar in scalars).buffer


def _is_number(coordinate: object) -> bool:
    return is_canonical(coordinate, SCALAR_MODULUS)


def _point(data: bytes) -> Point:
    x, y = Elements(data)
    return Point.unchecked(x, y)
