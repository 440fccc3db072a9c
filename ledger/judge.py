"""The one place where evidence is judged: signatures, representations, and proofs in batches.

A ledger asks at once (`check`), and the first thing that fails is raised. An audit asks in batches
(`judge`), and every false proof is named. Both ways are one: the proofs of one statement are one
equation, as are those of one market where it is prepared; an equation that fails is halved until
the proofs that do not hold are found, each is then asked alone, and that answer counts. Points are
looked at here, whatever they were made from: no circuit does it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from circuits.catalogue import STATEMENTS
from circuits.prepared import PreparedKey
from circuits.proofs import check_key_fits
from circuits.public import Market, points_of
from ledger.evidence import ClaimedCircuit, ClaimedProof, ClaimedSignature, ClaimedSpan, Evidence
from zk.backends import Backend, Verifier
from zk.circuit import compile_circuit, field_elements
from zk.errors import Conflict, ProofRejected, ZkError
from zk.groth16 import Proof, VerifyingKey

#: False proofs that are named, per equation; whoever has found so many needs no more.
MOST_NAMED: Final = 16


@dataclass(frozen=True, slots=True)
class Failure:
    """The proof at that place of the batch does not hold, and why."""

    place: int
    error: ProofRejected


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was found of a batch, and how many equations that took."""

    failures: tuple[Failure, ...]
    #: Places of proofs that nobody has asked: enough others had failed by then.
    unjudged: frozenset[int]
    equations: int


class Judge:
    """The verifying key of each statement, and the backend that computes."""

    def __init__(self, keys: Mapping[str, VerifyingKey], backend: Backend) -> None:
        self.keys = keys
        self.backend = backend
        self._prepared = {name: PreparedKey(key, backend) for name, key in keys.items()}

    def check(self, evidence: Evidence) -> None:
        """Raises, with the name of what fails, unless everything holds."""
        for signature in evidence.signatures:
            self.check_signature(signature)
        for span in evidence.spans:
            self.check_span(span)
        for failure in self.judge(evidence.proofs).failures:
            raise failure.error
        for circuit in evidence.circuits:
            self.check_circuit(circuit)

    def check_signature(self, claimed: ClaimedSignature) -> None:
        """Raises `SignatureRejected`."""
        claimed.check()

    def check_span(self, claimed: ClaimedSpan) -> None:
        """Raises `ProofRejected`, whatever is wrong with the proof."""
        claimed.check(self.backend)

    def check_circuit(self, claimed: ClaimedCircuit) -> None:
        """Raises `Conflict` where the key is of another circuit than the one we compile."""
        circuit = STATEMENTS[claimed.statement](claimed.shape)
        digest = compile_circuit(circuit).digest
        if digest != claimed.digest:
            raise Conflict(
                f"circuit of {claimed.statement}",
                expected=f"{digest}, which this installation compiles",
                actual=claimed.digest,
            )
        check_key_fits(circuit, self.keys[claimed.statement])

    def judge(self, batch: Sequence[ClaimedProof]) -> Verdicts:
        """Which of these proofs do not hold."""
        failures: list[Failure] = []
        decoded: dict[int, Proof] = {}
        are_points = self._are_points(batch)
        for place, one in enumerate(batch):
            if one.statement not in self.keys:
                raise Conflict("statement", expected=sorted(self.keys), actual=one.statement)
            try:
                if not are_points:
                    self.backend.check_points(points_of(one.public))
                decoded[place] = self.backend.decode_proof(one.proof)
            except ZkError as error:
                failures.append(_failure(place, one, error))
        groups = self._groups(batch, decoded)
        for group in groups:
            group.search()
            failures += [_failure(place, batch[place], error) for place, error in group.failures]
        return Verdicts(
            failures=tuple(sorted(failures, key=lambda each: each.place)),
            unjudged=frozenset(place for group in groups for place in group.unjudged),
            equations=sum(group.equations for group in groups),
        )

    def _are_points(self, batch: Sequence[ClaimedProof]) -> bool:
        """Whether all points in the public parts are what they claim to be, each looked at once."""
        points = {point for one in batch for point in points_of(one.public)}
        try:
            self.backend.check_points(list(points))
        except ZkError:
            return False
        return True

    def _groups(
        self, batch: Sequence[ClaimedProof], decoded: Mapping[int, Proof]
    ) -> Sequence[_Group]:
        """By statement, and by market where one is prepared."""
        places: dict[tuple[str, Market | None], list[int]] = defaultdict(list)
        for place in decoded:
            places[batch[place].statement, batch[place].public.market()].append(place)
        groups: dict[Verifier, _Group] = {}
        for (statement, market), members in places.items():
            prepared = self._prepared[statement]
            verifier = None if market is None else prepared.with_market(market, len(members))
            group = groups.setdefault(
                verifier or prepared.whole, _Group(verifier or prepared.whole)
            )
            for place in members:
                inputs = field_elements(batch[place].public)
                if market is not None and verifier is not None:
                    inputs = market.left_of(inputs)
                group.add(place, inputs, decoded[place])
        return list(groups.values())


class _Group:
    """Proofs that one verifier judges together."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._places: list[int] = []
        self._statements: list[tuple[tuple[int, ...], Proof]] = []
        self.failures: list[tuple[int, ZkError]] = []
        self.unjudged: list[int] = []
        self.equations = 0

    def add(self, place: int, public: tuple[int, ...], proof: Proof) -> None:
        self._places.append(place)
        self._statements.append((public, proof))

    def search(self) -> None:
        """Fills `failures` in the order of their places, and `unjudged` where it stops early."""
        spans = [(0, len(self._statements))]
        is_whole = True
        while spans and len(self.failures) < MOST_NAMED:
            start, end = spans.pop()
            if end - start == 1:
                self._ask(start)
            elif not self._holds(start, end):
                middle = (start + end) // 2
                spans += [(middle, end), (start, middle)]
                is_whole = False
        self.unjudged = [self._places[i] for start, end in spans for i in range(start, end)]
        if not is_whole and not self.failures:
            raise AssertionError("a batch failed, and each of its proofs holds")

    def _holds(self, start: int, end: int) -> bool:
        self.equations += 1
        try:
            self._verifier.verify_batch(self._statements[start:end])
        except ZkError:
            return False
        return True

    def _ask(self, index: int) -> None:
        self.equations += 1
        try:
            self._verifier.verify(*self._statements[index])
        except ZkError as error:
            self.failures.append((self._places[index], error))


def _failure(place: int, claimed: ClaimedProof, error: ZkError) -> Failure:
    expected = f"a proof of the {claimed.statement}"
    return Failure(place, ProofRejected(claimed.subject, expected=expected, actual=str(error)))
