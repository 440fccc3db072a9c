"""A key that others made: what is accepted, and which check finds which flaw."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from tests.zk.ceremonies_for_tests import (
    Secrets,
    ceremony_key,
    contributions,
    encode_ceremony,
    encode_powers,
    write_powers,
)
from tests.zk.circuits_for_tests import SumOfSquares
from tests.zk.keys_for_tests import ratio_key, unchecked_replace
from zk.backends import Backend, select
from zk.bn254 import G1Point, G2Point
from zk.circuit import compile_circuit
from zk.errors import Conflict, Malformed, MalformedFile, UnsafeKey, ZkError
from zk.field import SCALAR_MODULUS, inverse
from zk.formats.container import build_container, parse_container, u32
from zk.formats.ptau import PowersOfTau
from zk.groth16 import ProvingKey, VerifyingKey
from zk.groth16.qap import domain_of, matrices
from zk.key_checks import CHECKS, KeyChecks

R1CS = compile_circuit(SumOfSquares(3, 8)).r1cs
SECRETS, SHARES = Secrets(), (5, 7, 11)
G1, G2 = G1Point.GENERATOR, G2Point.GENERATOR
Change = Callable[[ProvingKey], ProvingKey]


@pytest.fixture(scope="module")
def honest() -> ProvingKey:
    """Three contributors' key for a small circuit."""
    return ceremony_key(R1CS, SECRETS, SHARES)


@pytest.fixture(scope="module")
def powers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("powers") / "powers.ptau"
    return write_powers(path, R1CS, SECRETS, select())


def run_all(key: ProvingKey, backend: Backend, powers: Path | None = None) -> None:
    checks = KeyChecks(key, R1CS, backend)
    for check in CHECKS.values():
        check(checks)
    if powers is not None:
        checks.check_powers(PowersOfTau.read(powers, domain_of(R1CS)))


def test_a_key_of_a_ceremony_is_accepted(
    backend: Backend, honest: ProvingKey, powers: Path
) -> None:
    """Every check holds on both backends, that of the powers among them."""
    run_all(honest, backend, powers)


def with_point(name: str, index: int, point: G1Point | G2Point) -> Change:
    """The key with another point in a query."""

    def change(key: ProvingKey) -> ProvingKey:
        query = list(getattr(key, name))
        query[index] = point
        return unchecked_replace(key, **{name: tuple(query)})

    return change


def with_end(**points: G1Point | G2Point) -> Change:
    return lambda key: replace(key, verifying_key=unchecked_replace(key.verifying_key, **points))


def scaled(name: str, factor: int) -> Change:
    return lambda key: unchecked_replace(
        key, **{name: tuple(p * factor for p in getattr(key, name))}
    )


def with_ic(index: int, point: G1Point) -> Change:
    def change(key: ProvingKey) -> ProvingKey:
        ic = list(key.verifying_key.ic)
        ic[index] = point
        return replace(key, verifying_key=replace(key.verifying_key, ic=tuple(ic)))

    return change


def with_entry(matrix: str) -> Change:
    """One coefficient of the first row raised by one."""

    def change(key: ProvingKey) -> ProvingKey:
        (wire, value), *rest = (rows := getattr(key, matrix))[0]
        row = ((wire, (value + 1) % SCALAR_MODULUS), *rest)
        return unchecked_replace(key, **{matrix: (row, *rows[1:])})

    return change


def unblinded(key: ProvingKey) -> ProvingKey:
    """Proofs under it verify, and their A is a function of the witness alone."""
    nothing = (G1Point.INFINITY,) * key.wires
    return unchecked_replace(
        key, beta_1=G1Point.INFINITY, delta_1=G1Point.INFINITY, b1_query=nothing
    )


def column(matrix: int, *, empty: bool) -> int:
    """A private wire whose column of A, B or C is empty, or is not."""
    used = {wire for row in matrices(R1CS)[matrix] for wire, _ in row}
    return next(w for w in range(R1CS.public + 1, R1CS.wires) if (w in used) is not empty)


PRIVATE = R1CS.public + 1
UNMIXED = column(2, empty=True) - PRIVATE
MIXED = column(2, empty=False) - PRIVATE

#: What is wrong, the check that finds it, and what it says.
FLAWS: dict[str, tuple[Change, str, str]] = {
    "an entry of A": (with_entry("a"), "circuit", "matrix A"),
    "an entry of B": (with_entry("b"), "circuit", "matrix B"),
    "γ other than 1": (with_end(gamma_2=G2 * 3), "ends", "γ"),
    "β of G1 alone": (lambda key: replace(key, beta_1=G1 * 9), "ends", "β"),
    "β of G2 alone": (with_end(beta_2=G2 * 9), "ends", "β"),
    "δ of G1 alone": (lambda key: replace(key, delta_1=G1 * 9), "ends", "δ"),
    "no δ in G1, nor β, nor B": (unblinded, "ends", "β"),
    "δ of G2 alone": (with_end(delta_2=G2 * 9), "ends", "δ"),
    "infinity for a wire of A": (
        with_point("a_query", column(0, empty=False), G1Point.INFINITY), "columns", "query A",
    ),
    "infinity for a wire of B1": (
        with_point("b1_query", column(1, empty=False), G1Point.INFINITY), "columns", "query B1",
    ),
    "infinity for a wire of B2": (
        with_point("b2_query", column(1, empty=False), G2Point.INFINITY), "columns", "query B2",
    ),
    "a point for a wire that B leaves out": (
        with_point("b1_query", column(1, empty=True), G1), "columns", "query B1",
    ),
    "B of G1 alone": (with_point("b1_query", column(1, empty=False), G1), "columns", "groups"),
    "B of G2 alone": (with_point("b2_query", column(1, empty=False), G2), "columns", "groups"),
    "A of a wire": (with_point("a_query", UNMIXED + PRIVATE, G1 * 5), "mixture", "IC and C"),
    "C of a wire": (with_point("c_query", UNMIXED, G1 * 5), "mixture", "IC and C"),
    "C for another δ": (scaled("c_query", 3), "mixture", "IC and C"),
    "α": (with_end(alpha_1=G1 * 5), "mixture", "IC and C"),
    "nobody's contribution": (
        lambda key: replace(key, ceremony=encode_ceremony(bytes(64), [])),
        "hash chain of contributions", "at least one",
    ),
    "contributions to another key": (
        lambda key: replace(
            key, ceremony=encode_ceremony(bytes(64), contributions(bytes(64), (5, 7)))
        ),
        "hash chain of contributions", "the key's δ",
    ),
    "a contribution left out": (
        lambda key: replace(
            key, ceremony=encode_ceremony(bytes(64), contributions(bytes(64), SHARES)[1:])
        ),
        "hash chain of contributions", "contribution 1",
    ),
    "contributions to another circuit": (
        lambda key: replace(
            key, ceremony=encode_ceremony(b"\1" * 64, contributions(bytes(64), SHARES))
        ),
        "hash chain of contributions", "contribution 1",
    ),
    "a contribution of 1": (
        lambda key: replace(
            key, ceremony=encode_ceremony(bytes(64), contributions(bytes(64), (5, 1, 77)))
        ),
        "hash chain of contributions", "contribution 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_found_by_the_check_for_it(
    native: Backend, honest: ProvingKey, flaw: str
) -> None:
    """The refusal says what is wrong."""
    change, name, words = FLAWS[flaw]
    with pytest.raises(UnsafeKey, match=words):
        CHECKS[name](KeyChecks(change(honest), R1CS, native))


#: What no check without the powers of tau can see: each is the circuit's only with them.
BEYOND = {
    "C of a wire in C": (with_point("c_query", MIXED, G1 * 5), "query C"),
    "H": (with_point("h_query", 2, G1 * 5), "query H"),
    "H for another δ": (scaled("h_query", 3), "query H"),
}


@pytest.mark.parametrize("flaw", BEYOND)
def test_powers_of_tau_find_what_the_parts_alone_do_not_show(
    native: Backend, honest: ProvingKey, powers: Path, flaw: str
) -> None:
    """The key's parts fit each other, but not the circuit."""
    change, words = BEYOND[flaw]
    run_all(change(honest), native)
    with pytest.raises(UnsafeKey, match=words):
        run_all(change(honest), native, powers)


@pytest.mark.parametrize(
    "flaw", [name for name, (_, check, _) in FLAWS.items() if check in ("columns", "mixture")]
)
def test_powers_of_tau_find_every_other_point_too(
    native: Backend, honest: ProvingKey, powers: Path, flaw: str
) -> None:
    """Any point that is not what circuit and powers give is found without the other checks."""
    checks = KeyChecks(FLAWS[flaw][0](honest), R1CS, native)
    with pytest.raises(UnsafeKey, match=r"of the key"):
        checks.check_powers(PowersOfTau.read(powers, domain_of(R1CS)))


def test_a_wrong_ic_is_found_with_the_powers(
    native: Backend, honest: ProvingKey, powers: Path
) -> None:
    """A point of IC that stands for another public input."""
    for index in range(R1CS.public + 1):
        checks = KeyChecks(with_ic(index, G1 * 5)(honest), R1CS, native)
        with pytest.raises(UnsafeKey, match="query IC"):
            checks.check_powers(PowersOfTau.read(powers, domain_of(R1CS)))


def test_powers_of_another_ceremony_are_not_these(
    native: Backend, honest: ProvingKey, tmp_path: Path
) -> None:
    """Another τ under the same α and β, and another α: each in order, and not the key's."""
    tau = write_powers(tmp_path / "tau.ptau", R1CS, replace(SECRETS, tau=99), native)
    with pytest.raises(UnsafeKey, match="query A"):
        KeyChecks(honest, R1CS, native).check_powers(PowersOfTau.read(tau, domain_of(R1CS)))
    alpha = write_powers(tmp_path / "alpha.ptau", R1CS, replace(SECRETS, alpha=99), native)
    with pytest.raises(UnsafeKey, match="α and β"):
        KeyChecks(honest, R1CS, native).check_powers(PowersOfTau.read(alpha, domain_of(R1CS)))


def test_a_key_of_another_circuit_is_a_conflict(native: Backend) -> None:
    """Its sizes say so before anything is summed."""
    with pytest.raises(Conflict, match="wires"):
        KeyChecks(
            ceremony_key(compile_circuit(SumOfSquares(2, 8)).r1cs, SECRETS, SHARES), R1CS, native
        ).check_circuit()


def test_gamma_equal_to_delta_never_gets_here(honest: ProvingKey) -> None:
    """Such a key cannot be made: whoever holds it forges proofs."""
    vk = honest.verifying_key
    for delta in (vk.gamma_2, -vk.gamma_2, G2, -G2):
        with pytest.raises(UnsafeKey):
            VerifyingKey(vk.alpha_1, vk.beta_2, vk.gamma_2, delta, vk.ic)
    assert unchecked_replace(vk, delta_2=G2).delta_2 == G2


def test_a_development_key_has_no_contribution(native: Backend) -> None:
    """Its mark is in the way of everything else, and so is the count."""
    key = ratio_key()
    with pytest.raises(UnsafeKey, match="at least one"):
        KeyChecks(key, R1CS, native).check_contributions()


def sections_of(powers: bytes) -> dict[int, bytes]:
    parsed = parse_container(powers, b"ptau", versions=(1,))
    return {number: bytes(reader.data) for number, reader in parsed.items()}


def written(path: Path, sections: dict[int, bytes]) -> Path:
    path.write_bytes(build_container(b"ptau", 1, sorted(sections.items())))
    return path


#: Sections of which one is taken from powers with another secret, and what is said of it.
OTHER_SECRETS = replace(SECRETS, tau=99, alpha=101, beta=103)
MIXED_POWERS: dict[str, tuple[tuple[int, ...], Secrets, str]] = {
    "powers of another τ": ((2,), OTHER_SECRETS, "one τ"),
    "another τ in G2": ((3,), OTHER_SECRETS, "one τ"),
    "a basis of another τ": ((12,), OTHER_SECRETS, "that of its powers"),
    "a basis of another τ in G2": ((13,), OTHER_SECRETS, "basis of τ"),
    "bases of another τ throughout": (
        (12, 13, 14, 15), replace(SECRETS, tau=99), "that of its powers",
    ),
    "a basis of another α": ((14,), OTHER_SECRETS, "basis of α·τ"),
    "a basis of another β": ((15,), OTHER_SECRETS, "basis of β·τ"),
}  # fmt: skip


@pytest.mark.parametrize("name", MIXED_POWERS)
def test_bases_that_contradict_the_powers_are_found(
    native: Backend, honest: ProvingKey, powers: Path, tmp_path: Path, name: str
) -> None:
    """A key of such bases would be neither the circuit's nor one that hides witnesses."""
    numbers, secrets, words = MIXED_POWERS[name]
    sections = sections_of(powers.read_bytes())
    others = sections_of(encode_powers(domain_of(R1CS).log_size + 1, secrets, native))
    mixed = written(
        tmp_path / "mixed.ptau", sections | {number: others[number] for number in numbers}
    )
    with pytest.raises(UnsafeKey, match=words):
        KeyChecks(honest, R1CS, native).check_powers(PowersOfTau.read(mixed, domain_of(R1CS)))


BASES = ("tau_1", "tau_2", "alpha_tau_1", "beta_tau_1", "odd_1", "powers_1")


@pytest.mark.parametrize(("name", "index"), [*((name, -1) for name in BASES), ("powers_1", 0)])
def test_one_point_of_the_powers_is_enough_to_be_found(
    native: Backend, honest: ProvingKey, powers: Path, name: str, index: int
) -> None:
    """Any one point of any basis, and the 1 before τ."""
    read = PowersOfTau.read(powers, domain_of(R1CS))
    points = list(getattr(read, name))
    points[index] += points[index]
    other = unchecked_replace(read, **{name: tuple(points)})
    with pytest.raises(UnsafeKey, match="τ"):
        KeyChecks(honest, R1CS, native).check_powers(other)


def test_powers_that_are_just_enough(native: Backend, honest: ProvingKey, tmp_path: Path) -> None:
    """Then the basis of H lacks the last power, in the file and in the key that comes of it."""
    domain = domain_of(R1CS)
    path = tmp_path / "enough.ptau"
    path.write_bytes(encode_powers(domain.log_size, SECRETS, native))
    read = PowersOfTau.read(path, domain)
    share = inverse(math.prod(SHARES), SCALAR_MODULUS)
    key = replace(honest, h_query=tuple(point * share for point in read.odd_1))
    assert key.h_query != honest.h_query
    KeyChecks(key, R1CS, native).check_powers(read)
    with pytest.raises(UnsafeKey, match="query H"):
        KeyChecks(honest, R1CS, native).check_powers(read)


def test_powers_that_were_cut_out_of_more(
    native: Backend, honest: ProvingKey, powers: Path, tmp_path: Path
) -> None:
    """Then the basis of H has the last power, and section 2 has not: no ground for a refusal."""
    sections, size = sections_of(powers.read_bytes()), domain_of(R1CS).size
    log_size = u32(domain_of(R1CS).log_size)
    cut = {1: sections[1][:-8] + log_size + u32(28), 2: sections[2][: (2 * size - 1) * 64]}
    read = PowersOfTau.read(written(tmp_path / "cut.ptau", sections | cut), domain_of(R1CS))
    KeyChecks(honest, R1CS, native).check_powers(read)


SPOILT: dict[str, Callable[[dict[int, bytes]], object]] = {
    "no Lagrange basis": lambda sections: sections.pop(12),
    "no powers": lambda sections: sections.pop(2),
    "a power too few": lambda sections: sections.update({2: sections[2][:-64]}),
    "no τ in G2": lambda sections: sections.update({3: sections[3][:128]}),
    "a basis cut short": lambda sections: sections.update({13: sections[13][:-128]}),
    "a point off the curve": lambda sections: sections.update({12: b"\1" * len(sections[12])}),
    "a longer header": lambda sections: sections.update({1: sections[1] + b"\0"}),
    "too small a power": lambda sections: sections.update({1: sections[1][:-8] + bytes(8)}),
    "no β": lambda sections: sections.update({6: b""}),
    "nothing": lambda sections: sections.clear(),
}


@pytest.mark.parametrize("name", SPOILT)
def test_damaged_powers_are_refused(tmp_path: Path, name: str) -> None:
    """An error of ours for each, never a traceback of Python's."""
    log_size = domain_of(R1CS).log_size
    sections = sections_of(encode_powers(log_size, SECRETS, select()))
    SPOILT[name](sections)
    path = written(tmp_path / "spoilt.ptau", sections)
    with pytest.raises((Malformed, Conflict)):
        PowersOfTau.read(path, domain_of(R1CS))


@pytest.mark.parametrize("data", [b"", b"ptau", b"ptau" + b"\xff" * 100])
def test_what_is_no_ptau_is_refused(tmp_path: Path, data: bytes) -> None:
    """Empty, cut short, or absurd."""
    path = tmp_path / "powers.ptau"
    path.write_bytes(data)
    with pytest.raises(MalformedFile):
        PowersOfTau.read(path, domain_of(R1CS))
    with pytest.raises(ZkError):
        PowersOfTau.read(tmp_path / "absent.ptau", domain_of(R1CS))


def test_powers_that_may_not_be_read_are_refused(
    powers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the system's reason: the file is there, and its size can be seen."""

    def refuse(*_: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(MalformedFile, match="Permission denied"):
        PowersOfTau.read(powers, domain_of(R1CS))
