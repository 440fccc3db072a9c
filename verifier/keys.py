"""The keys that a genesis pins: safe, for our circuits, and from where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from circuits.catalogue import STATEMENTS
from circuits.shape import Shape
from ledger.genesis import Genesis, StatementKey
from verifier.findings import finding, from_error
from verifier.report import Code, Finding, KeyReport
from zk.circuit import CompiledCircuit, compile_circuit
from zk.errors import ZkError
from zk.groth16 import VerifyingKey


@dataclass(frozen=True, slots=True)
class CheckedKeys:
    """What was found of the keys; `usable` has those under which proofs can be judged."""

    usable: Mapping[str, VerifyingKey]
    reports: tuple[KeyReport, ...]
    findings: tuple[Finding, ...]

    @property
    def are_usable(self) -> bool:
        """Without all of them, nothing that follows could be judged."""
        return len(self.usable) == len(STATEMENTS)


def check_keys(genesis: Genesis, pins: Mapping[str, str] | None = None) -> CheckedKeys:
    """Every key of the genesis, against this installation's circuits and the caller's pins."""
    usable: dict[str, VerifyingKey] = {}
    reports: list[KeyReport] = []
    findings: list[Finding] = []
    shape = genesis.shape.shape
    for name, stated in genesis.statements:
        try:
            key = stated.key
        except ZkError as error:
            found = from_error(error, 0, Code.UNSAFE_KEY)
            findings.append(found.model_copy(update={"subject": f"key of the {name}"}))
            continue
        inputs = len(_circuit(name, shape).public_names)
        if key.public == inputs:  # under any other number nothing could even be asked
            usable[name] = key
        pin = None if pins is None else pins.get(name, "")
        report = _report(name, shape, stated, key, pin)
        reports.append(report)
        findings += _findings(report, key, inputs, pin)
    return CheckedKeys(usable, tuple(reports), tuple(findings))


def _circuit(name: str, shape: Shape) -> CompiledCircuit:
    return compile_circuit(STATEMENTS[name](shape))


def _report(
    name: str, shape: Shape, stated: StatementKey, key: VerifyingKey, pin: str | None
) -> KeyReport:
    return KeyReport(
        statement=name,
        digest=key.digest(),
        development=stated.insecure,
        circuit=stated.circuit.hex(),
        compiled=_circuit(name, shape).digest,
        pinned=None if pin is None else pin == key.digest(),
    )


def _findings(
    report: KeyReport, key: VerifyingKey, public: int, pin: str | None
) -> Iterator[Finding]:
    subject = f"key of the {report.statement}"
    if report.circuit != report.compiled:
        yield finding(Code.FOREIGN_CIRCUIT, 0, subject, report.compiled, report.circuit)
    if key.public != public:
        expected, actual = f"{public} public inputs", f"{key.public} public inputs"
        yield finding(Code.FOREIGN_CIRCUIT, 0, subject, expected, actual)
    if report.pinned is False:
        yield finding(Code.UNSAFE_KEY, 0, subject, f"the pinned digest {pin}", report.digest)
    if report.development:
        expected = "a key that came out of a ceremony"
        yield finding(Code.DEVELOPMENT_KEY, 0, subject, expected, "an insecure development key")
    elif report.pinned is None:
        expected, actual = "a digest that the ceremony published", "none was given to compare with"
        yield finding(Code.UNPINNED_KEY, 0, subject, expected, actual)
