"""Evidence of many entries, judged: signatures and spans one by one, proofs in batches.

A batch is one equation for all proofs of a statement. Where the same market stands in many of
them, its part of the public inputs is computed in advance, once. A batch that fails is halved
until the proofs that do not hold are found; each is then asked alone, and that answer counts.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.evidence import Proven, Signed, Spanned
from verifier.prepared import PREPARED, Market, market_of
from verifier.proofs import points_of
from zk.backends import Backend, Verifier
from zk.circuit import field_elements
from zk.errors import ZkError
from zk.groth16 import Proof, VerifyingKey

#: Proofs of one market in one batch from which on preparing it pays.
PREPARE_FROM: Final = 200
#: False proofs that are named, per group; whoever has found so many needs no more.
MOST_NAMED: Final = 16


@dataclass(frozen=True, slots=True)
class Failure:
    """The proof at that place of the batch does not hold, and why."""

    place: int
    error: ZkError


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was found of a batch, and how many equations that took."""

    failures: tuple[Failure, ...]
    batches: int


class Judge:
    """The keys of a ledger, and the backend that computes."""

    def __init__(self, keys: Mapping[str, VerifyingKey], backend: Backend) -> None:
        self.keys = keys
        self.backend = backend
        self._whole = {name: backend.verifier(key) for name, key in keys.items()}
        self._prepared: OrderedDict[tuple[str, Market], Verifier] = OrderedDict()

    def check_signed(self, signed: Signed) -> None:
        """Raises `SignatureRejected`."""
        signed.check()

    def check_spanned(self, spanned: Spanned) -> None:
        """Raises `ProofRejected`, whatever is wrong with the proof."""
        spanned.check(self.backend)

    def judge(self, batch: Sequence[Proven]) -> Verdicts:
        """Which of these proofs do not hold."""
        failures: list[Failure] = []
        decoded: dict[int, Proof] = {}
        are_points = self._are_points(batch)
        for place, one in enumerate(batch):
            try:
                if not are_points:
                    self.backend.check_points(points_of(one.public))
                decoded[place] = self.backend.decode_proof(one.proof)
            except ZkError as error:
                failures.append(Failure(place, error))
        batches = 0
        for group in self._groups(batch, decoded):
            group.search()
            batches += group.batches
            failures += group.failures
        return Verdicts(tuple(sorted(failures, key=lambda each: each.place)), batches)

    def _are_points(self, batch: Sequence[Proven]) -> bool:
        """Whether all points in the public parts are what they claim to be, each looked at once."""
        points = {point for one in batch for point in points_of(one.public)}
        try:
            self.backend.check_points(list(points))
        except ZkError:
            return False
        return True

    def _groups(self, batch: Sequence[Proven], decoded: Mapping[int, Proof]) -> list[_Group]:
        """By statement and market; markets that occur seldom stay within their statement."""
        places: dict[tuple[str, Market | None], list[int]] = defaultdict(list)
        for place in decoded:
            places[batch[place].statement, market_of(batch[place].public)].append(place)
        groups: dict[tuple[str, Market | None], _Group] = {}
        for (statement, market), members in places.items():
            is_kept = market is not None and (statement, market) in self._prepared
            if market is not None and (is_kept or len(members) >= PREPARE_FROM):
                verifier = self._prepare(statement, market)
            else:
                verifier, market = self._whole[statement], None
            group = groups.setdefault((statement, market), _Group(verifier))
            for place in members:
                inputs = field_elements(batch[place].public)
                left = inputs if market is None else market.left_of(inputs)
                group.add(place, left, decoded[place])
        return list(groups.values())

    def _prepare(self, statement: str, market: Market) -> Verifier:
        name = (statement, market)
        if name not in self._prepared:
            self._prepared[name] = self.backend.verifier(market.fixed_in(self.keys[statement]))
        self._prepared.move_to_end(name)
        while len(self._prepared) > PREPARED:
            self._prepared.popitem(last=False)
        return self._prepared[name]


class _Group:
    """Proofs that one verifier judges together."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._places: list[int] = []
        self._statements: list[tuple[tuple[int, ...], Proof]] = []
        self.failures: list[Failure] = []
        self.batches = 0

    def add(self, place: int, public: tuple[int, ...], proof: Proof) -> None:
        self._places.append(place)
        self._statements.append((public, proof))

    def search(self) -> None:
        """Fills `failures`, in the order of their places."""
        if not self._holds(0, len(self._statements)):
            self._halve()
            if not self.failures:
                raise AssertionError("a batch failed, and each of its proofs holds")

    def _halve(self) -> None:
        middle = len(self._statements) // 2
        spans = [(middle, len(self._statements)), (0, middle)]
        if not middle:
            spans = [(0, 1)]
        while spans and len(self.failures) < MOST_NAMED:
            start, end = spans.pop()
            if end - start == 1:
                self._ask(start)
            elif not self._holds(start, end):
                middle = (start + end) // 2
                spans += [(middle, end), (start, middle)]

    def _holds(self, start: int, end: int) -> bool:
        self.batches += 1
        try:
            self._verifier.verify_batch(self._statements[start:end])
        except ZkError:
            return False
        return True

    def _ask(self, index: int) -> None:
        self.batches += 1
        try:
            self._verifier.verify(*self._statements[index])
        except ZkError as error:
            self.failures.append(Failure(self._places[index], error))
