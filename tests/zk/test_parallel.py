"""Many processes and one give the same results."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.zk.circuits_for_tests import SumOfSquares
from tests.zk.curves_for_tests import twist_point
from zk.bn254 import G2Point
from zk.circuit import compile_circuit
from zk.errors import MalformedPoint
from zk.formats.zkey import decode_zkey, encode_zkey
from zk.groth16 import Blinding, Trapdoor, insecure_dev_setup, prove
from zk.parallel import WORTH_FORKING, run_jobs, slices, workers_for
from zk.randomness import insecure_seeded_randomness
from zk.subgroup import check_subgroup

TRAPDOOR = Trapdoor.draw(insecure_seeded_randomness(b"parallel"))
BLINDING = Blinding.draw(insecure_seeded_randomness(b"parallel"))

needs_fork = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system cannot fork"
)


class Recorder:
    """What a run reported of its progress, and so whether it was cut into jobs."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, int]] = []

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        self.calls.append((stage, done, total))

    def jobs(self, stage: str) -> int:
        return next(total for name, _, total in self.calls if name == stage)


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece of work is worth three processes."""
    monkeypatch.setattr("zk.parallel.WORTH_FORKING", 0)
    monkeypatch.setattr("zk.parallel.cores", lambda: 3)


@contextmanager
def serial() -> Iterator[None]:
    """No piece of work is worth a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zk.parallel.WORTH_FORKING", 1 << 60)
        yield


@needs_fork
@pytest.mark.usefixtures("forking")
def test_a_setup_in_many_processes_is_the_same() -> None:
    """The key is the serial one byte for byte, and the work really was cut into jobs."""
    r1cs, recorder = compile_circuit(SumOfSquares(3, 8)).r1cs, Recorder()
    parallel = insecure_dev_setup(r1cs, TRAPDOOR, recorder)
    assert recorder.jobs("setup: G1") == recorder.jobs("setup: G2") == 16
    with serial():
        assert encode_zkey(insecure_dev_setup(r1cs, TRAPDOOR)) == encode_zkey(parallel)


@needs_fork
@pytest.mark.usefixtures("forking")
def test_a_proof_in_many_processes_is_the_same() -> None:
    """The proof is the serial one byte for byte, and the work really was cut into jobs."""
    circuit = SumOfSquares(3, 8)
    compiled, recorder = compile_circuit(circuit), Recorder()
    witness = compiled.solve(*circuit.honest())
    key = insecure_dev_setup(compiled.r1cs, TRAPDOOR)
    parallel = prove(key, witness, BLINDING, recorder)
    assert recorder.jobs("prove") == 4 * 6
    with serial():
        assert prove(key, witness, BLINDING).encode() == parallel.encode()


@needs_fork
@pytest.mark.usefixtures("forking")
def test_a_key_is_loaded_the_same() -> None:
    """The subgroup check in many processes accepts the key and refuses a point outside."""
    r1cs, recorder = compile_circuit(SumOfSquares(2, 2)).r1cs, Recorder()
    key = insecure_dev_setup(r1cs, TRAPDOOR)
    assert decode_zkey(encode_zkey(key), recorder) == key
    assert recorder.jobs("subgroup") == 5
    for place in (0, 3):
        points = list(key.b2_query)
        points[place] = twist_point()
        with pytest.raises(MalformedPoint, match="outside the subgroup"):
            check_subgroup(points)


@needs_fork
def test_results_come_in_the_order_of_the_jobs() -> None:
    """Whichever process is done first, results and progress count up in order."""
    jobs = [(pow, (2, i)) for i in range(20)]
    recorder = Recorder()
    results = run_jobs(jobs, workers=3, stage="powers", progress=recorder)
    assert results == [2**i for i in range(20)] == run_jobs(jobs, workers=1, stage="powers")
    assert recorder.calls == [("powers", i, 20) for i in range(21)]


@needs_fork
def test_jobs_run_in_other_processes() -> None:
    """With more than one worker no job runs here; with one, every job does."""
    here = [(os.getpid, ())] * 4
    assert os.getpid() not in run_jobs(here, workers=2, stage="where")
    assert set(run_jobs(here, workers=1, stage="where")) == {os.getpid()}


@needs_fork
@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_a_job_is_raised(workers: int) -> None:
    """A rejection inside a process arrives as itself, with all that it says."""
    jobs = [(G2Point, ((0, 0), (1, 0))), (G2Point, ((0, 0), (1, 0)))]
    with pytest.raises(MalformedPoint) as caught:
        run_jobs(jobs, workers=workers, stage="errors")
    assert caught.value.subject == "G2 point"
    assert caught.value.expected == "y² = x³ + 3/(9+u)"


def test_little_work_is_not_worth_a_process() -> None:
    """Below the bound one process does it all."""
    assert workers_for(0) == workers_for(WORTH_FORKING - 1) == 1
    assert workers_for(WORTH_FORKING) >= 1


@pytest.mark.parametrize(("count", "parts"), [(0, 3), (1, 3), (7, 3), (9, 3), (5, 1)])
def test_slices_cover_everything_once(count: int, parts: int) -> None:
    """Slices keep the order, leave nothing out, and differ in length by one at most."""
    made = slices(range(count), parts)
    assert len(made) == parts
    assert [x for part in made for x in part] == list(range(count))
    lengths = [len(part) for part in made]
    assert max(lengths) - min(lengths) <= 1
