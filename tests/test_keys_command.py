"""`tacit keys`: what it accepts and keeps, and what it refuses in one line.

The keys come from a ceremony that the tests played alone; docs/ceremony.md is walked with snarkjs
in tests/interop.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from circuits.catalogue import STATEMENTS
from circuits.samples import SAMPLES
from circuits.shape import SHAPES
from ledger.genesis import StatementKeys
from prover.ceremony import CeremonyKeys
from prover.keys import KeyFiles
from tests.command import assert_one_line_refusal, run_tacit
from tests.zk.ceremonies_for_tests import (
    Secrets,
    ceremony_key,
    contributions,
    encode_ceremony,
    encode_powers,
)
from zk.backends import Backend
from zk.bn254 import G1Point
from zk.circuit import compile_circuit
from zk.errors import Conflict, UnsafeKey
from zk.formats.zkey import decode_zkey, encode_zkey
from zk.groth16 import Blinding, ProvingKey
from zk.groth16.qap import domain_of, matrices
from zk.randomness import insecure_seeded_randomness

TINY = SHAPES["tiny"]
FILES = [f"{name}.zkey" for name in STATEMENTS]


@pytest.fixture(scope="module")
def folder(native: Backend, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four keys, and the powers of tau that they came from."""
    made = tmp_path_factory.mktemp("keys")
    largest = 0
    for name, statement in STATEMENTS.items():
        r1cs = compile_circuit(statement(TINY)).r1cs
        key = ceremony_key(r1cs, Secrets(), (3, 5, 7), native)
        (made / f"{name}.zkey").write_bytes(encode_zkey(key))
        largest = max(largest, domain_of(r1cs).log_size)
    (made / "powers.ptau").write_bytes(encode_powers(largest + 1, Secrets(), native))
    return made


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TACIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_set_of_keys_is_imported_and_found_by_a_ledger(
    native: Backend, folder: Path, cache: Path
) -> None:
    """What a genesis says of them leads a prover to them."""
    done = run_tacit(
        *("keys", "import", *FILES, "--shape", "tiny", "--powers-of-tau", "powers.ptau"),
        *("--statements", "statements.json", "--json"),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("backend:") == 1
    documents: list[dict[str, Any]] = json.loads(done.stdout)
    assert {document["statement"] for document in documents} == set(STATEMENTS)
    assert all(document["powers_checked"] for document in documents)
    assert sorted(cache.iterdir()) == sorted(Path(document["kept"]) for document in documents)
    statements = StatementKeys.decode((folder / "statements.json").read_bytes().strip())
    assert not any(key.insecure for _, key in statements)
    assert KeyFiles(cache, native).of_ledger(TINY, statements).statement_keys() == statements


def spoilt(key: ProvingKey, factors: Mapping[int, int]) -> bytes:
    """The file of a key whose C query has other points for these private wires."""
    c_query = list(key.c_query)
    for index, factor in factors.items():
        c_query[index] += G1Point.GENERATOR * factor
    return encode_zkey(replace(key, c_query=tuple(c_query)))


def test_a_key_that_fits_a_statement_that_its_maker_foresaw(
    native: Backend, folder: Path, tmp_path: Path
) -> None:
    """Two points of C that are off cancel out in the proof of one witness; another one is drawn."""
    compiled = compile_circuit(STATEMENTS["claim"](TINY))
    private = compiled.r1cs.public + 1
    foreseen = insecure_seeded_randomness(b"claim")
    witness = native.solve(compiled, *SAMPLES["claim"](TINY, foreseen))
    used = {wire for row in matrices(compiled.r1cs)[2] for wire, _ in row if wire >= private}
    one, two = sorted(used, key=lambda wire: witness[wire])[-2:]
    path = tmp_path / "made-to-fit.zkey"
    key = decode_zkey((folder / "claim.zkey").read_bytes())
    path.write_bytes(spoilt(key, {one - private: witness[two], two - private: -witness[one]}))
    prover = native.load_prover(path.read_bytes())
    prover.prove(witness, Blinding.draw())
    with pytest.raises(UnsafeKey, match="proof of a true statement"):
        CeremonyKeys(TINY, native).check(path)


def test_a_key_that_is_kept_is_not_exchanged(native: Backend, tmp_path: Path) -> None:
    """Nor for one of the same digest, in which other points may differ; a damaged one stays too."""
    files, digest = KeyFiles(tmp_path, native), "ab" * 32
    path, other = files.imported_path("claim", digest), tmp_path / "statements.json"
    assert files.imported_path("claim", digest[:16] + "0" * 48) != path
    for _ in range(2):
        files.keep_imported({path: b"a key"}, {other: b"one"})
    with pytest.raises(Conflict, match="that very key"):
        files.keep_imported({path: b"another"}, {other: b"two"})
    assert (path.read_bytes(), other.read_bytes()) == (b"a key", b"one")


def test_what_is_read_is_not_written_over(folder: Path, cache: Path, tmp_path: Path) -> None:
    """Not even by another path to it."""
    keys, powers = [folder / name for name in FILES], folder / "powers.ptau"
    before = powers.read_bytes()
    (tmp_path / "link.json").symlink_to(powers)
    for statements in (keys[1], powers, tmp_path / "link.json"):
        places: tuple[str | Path, ...] = ("--powers-of-tau", powers, "--statements", statements)
        done = run_tacit("keys", "import", *keys, "--shape", "tiny", *places, cwd=tmp_path)
        assert_one_line_refusal(done, "a file of its own")
    assert powers.read_bytes() == before
    assert not list(cache.glob("*.zkey"))


def test_a_command_that_is_printed_is_safe_to_run(folder: Path, tmp_path: Path) -> None:
    """Names of files are quoted for the shell."""
    path = tmp_path / "a key; true.zkey"
    path.write_bytes((folder / "claim.zkey").read_bytes())
    done = run_tacit("keys", "check", path.name, "--shape", "tiny", "--json", cwd=tmp_path)
    (document,) = json.loads(done.stdout)
    assert shlex.split(document["left_to_snarkjs"][1])[-1] == path.name


def test_without_powers_the_command_says_what_it_did_not_check(folder: Path) -> None:
    """On standard error, by its exit status, in the list of checks; snarkjs has its part anyway."""
    done = run_tacit("keys", "check", "claim.zkey", "--shape", "tiny", cwd=folder)
    assert done.returncode == 3, done.stderr
    assert done.stderr.splitlines()[-1] == (
        "not checked, without --powers-of-tau: that the points of IC, C and H are what the circuit "
        "makes of the powers of tau"
    )
    held = done.stdout.split("Left for snarkjs")[0]
    assert "powers" not in held
    assert "hash chain of contributions" in " ".join(held.replace("│", " ").split())
    assert "snarkjs zkey verify claim-tiny.r1cs" in done.stdout
    assert "no beacon" in done.stdout


def test_a_development_key_is_not_imported(native: Backend, cache: Path, tmp_path: Path) -> None:
    """Its mark is looked for first."""
    KeyFiles(cache, native).insecure_development(TINY)
    (path,) = cache.glob("claim*.zkey")
    before = sorted(cache.iterdir())
    done = run_tacit(
        "keys",
        "import",
        *[path] * 4,
        "--shape",
        "tiny",
        "--powers-of-tau",
        path,
        cwd=tmp_path,
    )
    assert_one_line_refusal(done, "ceremony", "development key")
    assert sorted(cache.iterdir()) == before


def test_a_name_gives_a_terminal_no_orders(native: Backend, folder: Path, tmp_path: Path) -> None:
    """Contributors choose their names: markup and escapes in them are shown, not obeyed."""
    r1cs = compile_circuit(STATEMENTS["claim"](TINY)).r1cs
    first, *rest = contributions(bytes(64), (3, 5))
    rude = [replace(first, name="[red]\x1b[2J"), *rest]
    key = ceremony_key(r1cs, Secrets(), (3, 5), native)
    path = tmp_path / "rude.zkey"
    path.write_bytes(encode_zkey(replace(key, ceremony=encode_ceremony(bytes(64), rude))))
    done = run_tacit("keys", "check", path, "--shape", "tiny", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "[red]\\x1b[2J" in done.stdout
    assert "\x1b" not in done.stdout


def test_bad_input_is_one_line_and_keeps_nothing(folder: Path, cache: Path, tmp_path: Path) -> None:
    """Another shape, a missing file, no key at all, a key cut short, other powers, no place."""
    key = (folder / "claim.zkey").read_bytes()
    (tmp_path / "short.zkey").write_bytes(key[:-100])
    (tmp_path / "text.zkey").write_text("not a key")
    decoded = decode_zkey(key)
    other = replace(decoded, c_query=(G1Point.GENERATOR, *decoded.c_query[1:]))
    (tmp_path / "other.zkey").write_bytes(encode_zkey(other))
    claim, tiny = folder / "claim.zkey", ("--shape", "tiny")
    cases: list[tuple[tuple[str | Path, ...], str]] = [
        ((claim, "--shape", "standard"), "claim.zkey"),
        ((claim, "--shape", "vast"), "one of tiny"),
        ((tmp_path / "absent.zkey", *tiny), "absent.zkey"),
        ((tmp_path / "short.zkey", *tiny), "short.zkey"),
        ((tmp_path / "text.zkey", *tiny), "text.zkey"),
        ((tmp_path / "other.zkey", *tiny, "--backend", "native"), "query C"),
        ((claim, *tiny, "--powers-of-tau", claim), "ptau"),
        ((claim, *tiny, "--powers-of-tau", tmp_path / "absent.ptau"), "absent.ptau"),
        ((claim, *tiny), "one for each of"),
        ((tmp_path / "absent.zkey", *tiny), "one for each of"),  # before any of them is read
    ]
    keys = [folder / name for name in FILES]
    for arguments, words in cases:
        powers: tuple[str | Path, ...] = ("--powers-of-tau", folder / "powers.ptau")
        if "--powers-of-tau" in arguments:
            powers = ()
        # The first file is looked at first, and only where there are as many as statements.
        others = [] if words.startswith("one for each") else keys[1:]
        done = run_tacit("keys", "import", *arguments, *others, *powers, cwd=tmp_path)
        assert_one_line_refusal(done, words)
    done = run_tacit("keys", "check", tmp_path / "other.zkey", *tiny, cwd=tmp_path)
    assert_one_line_refusal(done, "proof of a true statement")
    nowhere = tmp_path / "absent" / "statements.json"
    places = ("--powers-of-tau", folder / "powers.ptau", "--statements", nowhere)
    done = run_tacit("keys", "import", *keys, *tiny, *places, cwd=tmp_path)
    assert_one_line_refusal(done, "a place to write to")
    assert not list(cache.glob("*.zkey"))


def test_development_keys_are_made_ahead(cache: Path, tmp_path: Path) -> None:
    """Named insecure wherever they are named."""
    done = run_tacit("keys", "dev", "--shape", "tiny", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert set(document) == set(STATEMENTS)
    for entry in document.values():
        assert ".insecure." in entry["file"]
        assert Path(entry["file"]).parent == cache
        assert entry["insecure"] is True
    again = run_tacit("keys", "dev", "--shape", "tiny", cwd=tmp_path)
    assert again.stdout.count("insecure development key") == 4


def test_rot_in_window_tables_is_said(native: Backend, cache: Path, tmp_path: Path) -> None:
    """One line on standard error says which tables were made anew; the next time nothing does."""
    KeyFiles(cache, native).insecure_development(TINY)
    (path,) = cache.glob("claim*.tables")
    rotten = bytearray(path.read_bytes())
    rotten[len(rotten) // 2] ^= 4
    path.unlink()
    path.write_bytes(rotten)
    for said in ([f"window tables {path}: damaged, or of another version; made anew"], []):
        done = run_tacit("keys", "dev", "--shape", "tiny", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert [line for line in done.stderr.splitlines() if "window" in line] == said
