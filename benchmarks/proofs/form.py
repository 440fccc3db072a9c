"""The form of a document of `tacit bench`: what a file must hold to be read again.

docs/performance.md says what each key means; a test holds a real document, this form and that
page to one another.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, ValidationError

from benchmarks.documents import FORMAT
from zk.errors import MalformedFile
from zk.formats.files import MAX_JSON_BYTES, read_bytes
from zk.formats.mistakes import first_mistake

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TimingForm(_Form):
    """Seconds: of one thing, once or several times."""

    median: Seconds
    p95: Seconds
    min: Seconds
    runs: Annotated[tuple[Seconds, ...], Field(min_length=1)]


class SpreadForm(_Form):
    """Ratios of pairs."""

    median: Finite
    min: Finite
    max: Finite


class MachineForm(_Form):
    """Where it was measured."""

    cpu: str
    cores: PositiveInt
    physical_cores: PositiveInt | None
    threads: PositiveInt
    kernel: str | None
    memory_bytes: NonNegativeInt
    system: str


class BatchForm(_Form):
    """By the number of proofs; only the smallest is always measured."""

    one: TimingForm = Field(alias="1")
    ten: TimingForm | None = Field(alias="10")
    hundred: TimingForm | None = Field(alias="100")
    thousand: TimingForm | None = Field(alias="1000")


class FirstProofForm(_Form):
    """Of fresh processes."""

    open: TimingForm
    first: TimingForm
    later: TimingForm
    ratio: SpreadForm


class DistinctForm(_Form):
    """Distinct proofs in one batch."""

    proofs: PositiveInt
    threads: PositiveInt
    verify: TimingForm
    per_second: Finite


class StageForm(_Form):
    """A part of one proof."""

    name: str
    time: TimingForm
    additions: NonNegativeInt
    group: Literal[1, 2]


class SplitForm(_Form):
    """A proof by kind of work; the rest can be negative."""

    msm: Seconds
    ntt: Seconds
    rest: Finite


class FloorForm(_Form):
    """The least that a proof could cost."""

    g1_additions: NonNegativeInt
    g2_additions: NonNegativeInt
    seconds_per_g1_addition: Seconds
    seconds_per_g2_addition: Seconds
    threads: PositiveInt
    seconds: Seconds
    proof_to_floor: Finite


class MemoryForm(_Form):
    """Peaks in bytes, in the order in which they were reached."""

    trace: NonNegativeInt
    setup: NonNegativeInt
    prove: NonNegativeInt


class BytesForm(_Form):
    """What is sent, published or kept."""

    proof: PositiveInt
    proof_json: PositiveInt
    proving_key: PositiveInt
    verifying_key: PositiveInt
    verifying_key_json: PositiveInt


class RunForm(_Form):
    """The parts of a run."""

    witness: TimingForm
    prove: TimingForm
    whole: TimingForm
    whole_verified: TimingForm
    verify: TimingForm


class FiguresForm(RunForm):
    """One cell."""

    circuit: str
    shape: str
    backend: str
    threads: PositiveInt
    constraints: PositiveInt
    wires: PositiveInt
    public_inputs: NonNegativeInt
    private_inputs: NonNegativeInt
    domain: PositiveInt
    circuit_digest: Digest
    key_digest: Digest
    runs: PositiveInt
    trace: TimingForm
    setup: TimingForm
    load: TimingForm
    first_witness: TimingForm
    batch_verify: BatchForm
    verify_prepared: TimingForm | None
    first_proof: FirstProofForm | None
    batch_distinct: DistinctForm | None
    stages: tuple[StageForm, ...]
    split: SplitForm | None
    floor: FloorForm | None
    peak_memory: MemoryForm
    bytes: BytesForm


class TheirsForm(_Form):
    """A peer's part of the pairs."""

    prove: TimingForm
    verify: TimingForm


class RatiosForm(_Form):
    """Ours over theirs."""

    prove: SpreadForm
    whole: SpreadForm
    whole_verified: SpreadForm
    verify: SpreadForm
    verify_prepared: SpreadForm | None = None


class ComparisonForm(_Form):
    """One circuit against one peer."""

    circuit: str
    shape: str
    backend: str
    constraints: PositiveInt
    peer: str
    version: str | None
    threads: int | None
    imports: str
    pairs: PositiveInt
    load_before: tuple[Finite, ...]
    load_after: tuple[Finite, ...]
    ours_threads: PositiveInt
    ours: RunForm
    theirs: TheirsForm
    ratios: RatiosForm


class DocumentForm(_Form):
    """All of it."""

    format: Literal[2]
    started: str
    machine: MachineForm
    versions: dict[str, str]
    load_before: tuple[Finite, ...]
    options: dict[str, Any]
    figures: Annotated[tuple[FiguresForm, ...], Field(min_length=1)]
    comparisons: tuple[ComparisonForm, ...]
    skipped: dict[str, str]
    load_after: tuple[Finite, ...]


def read_document(path: Path) -> dict[str, Any]:
    """The document of a file; one that is damaged or of another kind is `MalformedFile`."""
    data = read_bytes(path, MAX_JSON_BYTES)
    expected = f"JSON of tacit bench, format {FORMAT}"
    try:
        DocumentForm.model_validate_json(data)
        document = json.loads(data)
    except ValidationError as error:
        mistake = first_mistake(error)
        where = mistake.where or "the file"
        actual = f"another: {where}: expected {mistake.expected}, got {mistake.actual}"
        raise MalformedFile(str(path), expected=expected, actual=actual) from None
    except ValueError:
        raise MalformedFile(str(path), expected=expected, actual="another") from None
    known = {(entry["circuit"], entry["shape"]) for entry in document["figures"]}
    for comparison in document["comparisons"]:
        if (comparison["circuit"], comparison["shape"]) not in known:
            actual = f"a comparison of {comparison['circuit']} without its figures"
            raise MalformedFile(str(path), expected=expected, actual=actual)
    return dict(document)
