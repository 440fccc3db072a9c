"""The one place where evidence is judged: signatures, representations, and proofs in batches.

The proofs of one check are verified together, one pairing equation for each statement that
occurs. If a batch fails, its proofs are looked at one by one to name the one that does not hold.
Points are looked at again here, whatever they were made from. The market is part of the
public inputs of every margin proof, and the same for all proofs of an epoch: once one has been
seen often enough, its part of the public sum is computed once and kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from circuits.catalogue import STATEMENTS
from verifier.evidence import Compiled, Evidence, Proven
from verifier.prepared import PREPARED, Market, market_of
from verifier.proofs import StatementVerifier, points_of
from zk.backends import Backend, Verifier
from zk.circuit import compile_circuit, field_elements
from zk.errors import Conflict, ProofRejected, ZkError
from zk.groth16 import Proof, VerifyingKey

#: How often a market is used before its part of the public sum is computed in advance, which
#: costs about as much as a hundred uses save.
PREPARE_AFTER: Final = 100


@dataclass(frozen=True, slots=True)
class Checker:
    """The verifying key of each statement, and the backend that computes."""

    keys: Mapping[str, VerifyingKey]
    backend: Backend
    _markets: dict[str, _Markets] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for name, key in self.keys.items():
            self._markets[name] = _Markets(key, self.backend)

    def check(self, evidence: Evidence) -> None:
        """Raises, with the name of what fails, unless everything holds."""
        for signed in evidence.signed:
            signed.check()
        for spanned in evidence.spanned:
            spanned.check(self.backend)
        self._check_proofs(evidence.proven)
        for compiled in evidence.compiled:
            self._check_circuit(compiled)

    def _check_circuit(self, named: Compiled) -> None:
        circuit = STATEMENTS[named.statement](named.shape)
        digest = compile_circuit(circuit).digest
        if digest != named.digest:
            raise Conflict(
                f"circuit of {named.statement}",
                expected=f"{digest}, which this installation compiles",
                actual=named.digest,
            )
        StatementVerifier(circuit, self.keys[named.statement], self.backend)

    def _check_proofs(self, proven: Sequence[Proven]) -> None:
        self.backend.check_points([point for one in proven for point in points_of(one.public)])
        batches: dict[Verifier, list[tuple[Proven, tuple[int, ...], Proof]]] = {}
        for one in proven:
            verifier, public = self._markets_of(one).prepared(one.public)
            proof = self._decode(one)
            batches.setdefault(verifier, []).append((one, public, proof))
        for verifier, batch in batches.items():
            _verify_batch(verifier, batch)

    def _decode(self, one: Proven) -> Proof:
        try:
            return self.backend.decode_proof(one.proof)
        except ZkError as error:
            raise ProofRejected(
                one.subject, expected="three points of a proof", actual=str(error)
            ) from None

    def _markets_of(self, one: Proven) -> _Markets:
        if one.statement not in self._markets:
            raise Conflict("statement", expected=sorted(self.keys), actual=one.statement)
        return self._markets[one.statement]


def _verify_batch(
    verifier: Verifier, batch: Sequence[tuple[Proven, tuple[int, ...], Proof]]
) -> None:
    try:
        if len(batch) > 1:
            verifier.verify_batch([(public, proof) for _, public, proof in batch])
            return
    except ProofRejected:
        pass
    for one, public, proof in batch:
        try:
            verifier.verify(public, proof)
        except ProofRejected as error:
            raise ProofRejected(
                one.subject, expected=f"a proof of the {one.statement}", actual=str(error)
            ) from None
    if len(batch) > 1:
        raise AssertionError("a batch failed, and each of its proofs holds")


class _Markets:
    """One statement's key, whole and with the markets that are in use filled in."""

    def __init__(self, key: VerifyingKey, backend: Backend) -> None:
        self._key = key
        self._backend = backend
        self._whole = backend.verifier(key)
        self._uses: OrderedDict[Market, int] = OrderedDict()
        self._verifiers: dict[Market, Verifier] = {}

    def prepared(self, public: object) -> tuple[Verifier, tuple[int, ...]]:
        """The verifier to ask, and the public inputs that it still needs."""
        market = market_of(public)
        if market is None or not self._is_worth_it(market):
            return self._whole, field_elements(public)
        if market not in self._verifiers:
            self._verifiers[market] = self._backend.verifier(market.fixed_in(self._key))
        return self._verifiers[market], market.left_of(field_elements(public))

    def _is_worth_it(self, market: Market) -> bool:
        self._uses[market] = self._uses.get(market, 0) + 1
        self._uses.move_to_end(market)
        while len(self._uses) > PREPARED:
            forgotten, _ = self._uses.popitem(last=False)
            self._verifiers.pop(forgotten, None)
        return self._uses[market] > PREPARE_AFTER
