"""The native backend among signals, threads, forks and other people's files."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import ROOT
from tests.zk.flat_key_for_tests import WORK, flat_key, flat_witness
from tests.zk.formats_for_tests import honest_witness, honest_zkey
from tests.zk.keys_for_tests import ratio_key, ratio_statement
from zk.backends import Backend
from zk.errors import MalformedPoint, ProofRejected
from zk.field import BASE_MODULUS, encode
from zk.groth16 import Blinding

try:
    from zk import _native
except ImportError:
    pytest.skip("the native backend is not installed", allow_module_level=True)

#: Enough wires for each kind of work to take a second or so.
SIZES = {"prove": 17, "load": 13, "open": 14, "multiply": 15}
ONE = encode(1)


@pytest.mark.parametrize("name", WORK)
def test_work_can_be_interrupted(name: str, tmp_path: Path) -> None:
    """SIGINT in the middle is a KeyboardInterrupt long before the end, and no crash.

    A regression: loading a key could not be interrupted at all.
    """
    command = [sys.executable, "-m", "tests.zk.flat_key_for_tests", name, str(SIZES[name])]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    cost = json.loads(done.stdout)
    assert cost["cut"] < cost["whole"] * 3 / 4
    assert not [*tmp_path.glob("*.tmp")]


def test_other_threads_run_while_a_proof_is_made() -> None:
    """The interpreter is released: another thread goes on while this one proves."""
    key, witness = _native.ProvingKey(flat_key(14), 0), flat_witness(14)
    ticks, done = 0, threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.wait(0.001):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        before = ticks
        key.prove(witness, ONE, ONE)
        during = ticks - before
    finally:
        done.set()
        thread.join()
    assert during > 10


def test_threads_share_a_key(native: Backend) -> None:
    """Eight threads with one key at once make the proofs that one thread makes."""
    prover = native.prover(ratio_key())
    blindings = [Blinding(i, i * i) for i in range(40)]

    def prove(blinding: Blinding) -> bytes:
        return prover.prove(honest_witness(), blinding).encode()

    expected = [prove(blinding) for blinding in blindings]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(prove, blindings)) == expected


def test_threads_of_all_kinds_at_once(native: Backend) -> None:
    """Loading, proving, verifying and multiplying at once does not dead-lock or mix anything up."""
    public, proof = ratio_statement()
    verifier = native.verifier(ratio_key().verifying_key)
    expected = _native.multiples_g1(encode(5) * 100)
    scalars = encode(5) * 100
    jobs: list[Callable[[], object]] = [
        lambda: native.load_prover(honest_zkey()).prove(honest_witness(), Blinding(1, 2)),
        lambda: verifier.verify_batch([(public, proof)] * 5),
        lambda: _native.multiples_g1(scalars) == expected or pytest.fail("other multiples"),
    ]
    with ThreadPoolExecutor(12) as pool:
        for future in [pool.submit(jobs[i % 3]) for i in range(90)]:
            future.result(timeout=60)


def test_threads_may_be_many(native: Backend) -> None:
    """More calls at once than any stack has room for if each were to wait inside another."""
    prover = native.prover(ratio_key())
    start = threading.Barrier(200)

    def prove() -> bytes:
        start.wait(60)
        return prover.prove(honest_witness(), Blinding(3, 4)).encode()

    with ThreadPoolExecutor(200) as pool:
        futures = [pool.submit(prove) for _ in range(200)]
        assert len({future.result(timeout=60) for future in futures}) == 1


def test_a_forked_child_can_work() -> None:
    """A child of `fork` has none of its parent's threads, and does not wait for them.

    A regression: it waited for ever.
    """
    script = """
import os, signal
from zk import _native
def work():
    return _native.multiples_g1((7).to_bytes(32, "little") * 3000)
expected = work()
child = os.fork()
if child == 0:
    signal.alarm(20)
    grandchild = os.fork()
    same = work() == expected
    if grandchild:
        same = same and os.waitpid(grandchild, 0)[1] == 0
    os._exit(0 if same else 3)
assert os.waitpid(child, 0)[1] == 0
assert work() == expected
"""
    run_script(script)


def test_a_process_that_may_have_no_threads_is_told_so() -> None:
    """Where the system gives no thread the call is refused: no panic, and nothing hangs.

    A regression: it was a panic, which no `except Exception` catches.
    """
    if os.geteuid() != 0:
        pytest.skip("only root can take another user's limits in a test")
    script = """
import os, resource
from zk import _native
from zk.errors import Conflict
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
os.setuid(54321)
try:
    _native.add_all(b"")
except Conflict as refusal:
    assert "threads" in str(refusal)
else:
    raise AssertionError("threads were made")
"""
    run_script(script)


def test_an_interpreter_may_end_while_others_work() -> None:
    """Daemon threads in the middle of native work do not crash a process that ends."""
    script = """
import threading, time
from zk import _native
def work():
    while True:
        _native.multiples_g1((7).to_bytes(32, "little") * 3000)
for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.3)
"""
    for _ in range(3):
        run_script(script)


def test_a_signal_handler_may_use_the_backend() -> None:
    """A handler that runs in the middle of a call can make calls of its own, and need not raise."""
    script = """
import signal, sys
from tests.zk.flat_key_for_tests import flat_key, flat_witness
from zk import _native
seen = []
signal.signal(signal.SIGALRM, lambda *_: seen.append(_native.multiples_g1(bytes(32))))
key, witness = _native.ProvingKey(flat_key(15), 0), flat_witness(15)
expected = key.prove(witness, bytes(32), bytes(32))
signal.setitimer(signal.ITIMER_REAL, 0.05)
assert key.prove(witness, bytes(32), bytes(32)) == expected
assert seen == [bytes(64)]
"""
    run_script(script)


def test_tables_are_kept_and_used(native: Backend, tmp_path: Path) -> None:
    """The second time a key is opened its tables come from the file, and the proof is the same."""
    path = key_file(tmp_path)
    expected = native.load_prover(honest_zkey()).prove(honest_witness(), Blinding(5, 7))
    for _ in range(2):
        prover = native.open_prover(path)
        assert prover.prove(honest_witness(), Blinding(5, 7)) == expected
    assert [*tmp_path.glob("*.tables")] == [tables_of(path)]
    assert not [*tmp_path.glob("*.tmp")]


def changed_tables(honest: bytes) -> list[bytes]:
    """Cut short, with more behind, overwritten, and with one bit anywhere changed."""
    changes = [honest[:end] for end in (0, 1, 8, 12, 43, 44, 60, 76, 100, len(honest) // 2, -1)]
    changes += [honest + b"\0", honest * 2, b"\xff" * len(honest), bytes(len(honest))]
    step = max(len(honest) // 100, 1)
    for position in (*range(140), *range(140, len(honest), step), len(honest) - 1):
        changed = bytearray(honest)
        changed[position] ^= 1 << position % 8
        changes.append(bytes(changed))
    return changes


def put(path: Path, data: bytes) -> None:
    """In the place of tables, and not over them: an earlier prover may still look at those."""
    tables_of(path).unlink()
    tables_of(path).write_bytes(data)


def test_rot_in_a_table_is_noticed(
    native: Backend, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Wherever a bit is another: the user is told, the tables are made anew, the proof is right.

    Once: the next time they are good, and nothing is said.
    """
    path = key_file(tmp_path)
    expected = native.open_prover(path).prove(honest_witness(), Blinding(5, 7))
    honest = tables_of(path).read_bytes()
    assert not caplog.messages
    for data in changed_tables(honest):
        put(path, data)
        prover = native.open_prover(path)
        assert caplog.messages == [
            f"window tables {tables_of(path)}: damaged, or of another version; made anew"
        ]
        caplog.clear()
        assert prover.prove(honest_witness(), Blinding(5, 7)) == expected
        assert tables_of(path).read_bytes() == honest
    native.open_prover(path)
    assert not caplog.messages


def test_forged_tables_never_give_a_false_proof(native: Backend, tmp_path: Path) -> None:
    """Whatever is written, with the digest that belongs to it: the right proof, or none at all.

    Points that are changed make a proof that does not verify, or that is not even of points.
    """
    path = key_file(tmp_path)
    expected = native.open_prover(path).prove(honest_witness(), Blinding(5, 7))
    honest = tables_of(path).read_bytes()
    assert sealed(honest) == honest
    remade = refused = 0
    for data in changed_tables(honest):
        put(path, sealed(data))
        prover = native.open_prover(path)
        try:
            assert prover.prove(honest_witness(), Blinding(5, 7)) == expected
            remade += 1
        except (ProofRejected, MalformedPoint):
            refused += 1
    assert remade
    assert refused


def test_sealed_numbers_that_are_no_coordinates_are_made_anew(
    native: Backend, tmp_path: Path
) -> None:
    """What is not below q is no other name for a coordinate; a regression: sums overflowed."""
    path = key_file(tmp_path)
    expected = native.open_prover(path).prove(honest_witness(), Blinding(5, 7))
    honest = tables_of(path).read_bytes()
    for number in (BASE_MODULUS, BASE_MODULUS + 1, (1 << 256) - 1):
        put(path, sealed(honest[:-32] + number.to_bytes(32, "little")))
        prover = native.open_prover(path)
        assert tables_of(path).read_bytes() == honest
        assert prover.prove(honest_witness(), Blinding(5, 7)) == expected


def sealed(tables: bytes) -> bytes:
    """With the digest of head and body in its place, as far as there is one."""
    head, body = tables[:44], tables[76:]
    starts = range(0, len(body), 1 << 20)
    pieces = b"".join(hashlib.sha256(body[i : i + (1 << 20)]).digest() for i in starts)
    digest = hashlib.sha256(head + len(body).to_bytes(8, "little") + pieces).digest()
    return head + digest + body if len(tables) >= 76 else tables


def test_tables_of_another_key_are_not_used(native: Backend, tmp_path: Path) -> None:
    """A table belongs to one file, byte for byte: another key's is replaced."""
    path = key_file(tmp_path)
    native.open_prover(path)
    honest = tables_of(path).read_bytes()
    again = bytearray(honest_zkey())
    again[-1] ^= 1  # in the list of contributions, which no proof depends on
    path.write_bytes(bytes(again))
    native.open_prover(path).prove(honest_witness(), Blinding(5, 7))
    assert tables_of(path).read_bytes() != honest


@pytest.mark.parametrize("obstacle", ["pipe", "folder", "dangling link", "endless", "unreadable"])
def test_what_stands_where_the_tables_belong(
    native: Backend, tmp_path: Path, obstacle: str
) -> None:
    """Something other than a file costs time and nothing else; a pipe is not waited for.

    A regression: opening a key beside which somebody had made a pipe waited for ever.
    """
    path = key_file(tmp_path)
    place = tables_of(path)
    if obstacle == "pipe":
        os.mkfifo(place)
    elif obstacle == "folder":
        place.mkdir()
    elif obstacle == "dangling link":
        place.symlink_to(tmp_path / "nowhere")
    elif obstacle == "endless":
        place.symlink_to("/dev/zero")
    else:
        place.touch(mode=0)
    native.open_prover(path).prove(honest_witness(), Blinding(5, 7))
    assert not [*tmp_path.glob("*.tmp")]


def test_a_key_that_is_a_pipe_is_refused(tmp_path: Path) -> None:
    """The crate itself refuses what is not a file, and what is not there."""
    os.mkfifo(tmp_path / "pipe.zkey")
    for name in ("pipe.zkey", "nothing.zkey", ".", "nul\0.zkey"):
        with pytest.raises(ValueError, match="expected"):
            _native.ProvingKey.open(tmp_path / name, 0)


def test_threads_that_open_one_key_at_once(native: Backend, tmp_path: Path) -> None:
    """Eight threads that find no tables each make them, and none sees another's half-made file."""
    path = key_file(tmp_path)
    start = threading.Barrier(8)

    def open_and_prove() -> bytes:
        start.wait(60)
        return native.open_prover(path).prove(honest_witness(), Blinding(5, 7)).encode()

    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            tables_of(path).unlink(missing_ok=True)
            futures = [pool.submit(open_and_prove) for _ in range(8)]
            assert len({future.result(timeout=60) for future in futures}) == 1
    assert not [*tmp_path.glob("*.tmp")]


def test_a_folder_that_cannot_be_written_to() -> None:
    """Where tables cannot be kept the key is used all the same, and one line says so."""
    with TemporaryDirectory() as name:
        path = key_file(Path(name))
        Path(name).chmod(0o555)
        script = f"""
import os
from pathlib import Path
from zk.backends import Choice, select
if os.geteuid() == 0:
    os.setuid(54321)
select(Choice.NATIVE).open_prover(Path({str(path)!r}))
"""
        said = run_script(script)
        assert said.startswith(f"window tables {tables_of(path)}: cannot be kept, and are made")
        assert "Permission denied" in said
        assert said.count("\n") == 1
        assert [*Path(name).iterdir()] == [path]
        Path(name).chmod(0o755)


def key_file(folder: Path) -> Path:
    path = folder / "key.zkey"
    path.write_bytes(honest_zkey())
    return path


def tables_of(path: Path) -> Path:
    return path.with_suffix(".zkey.tables")


def run_script(script: str) -> str:
    """Runs it in a process of its own, and expects it to end well; what it said of itself."""
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, (result.returncode, result.stderr)
    return result.stderr
