"""The simulator: it moves the clock, picks what somebody does next, and compares the outcome."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from development.offices import InsecureOffices
from ledger.errors import OutOfOrder
from ledger.log import Entry
from ledger.port import LedgerPort
from ledger.state import State
from ledger.transitions import Reveal, Transition
from prover.author import Author
from prover.owner import Written
from tests.ledger.simulation.model import Model
from tests.ledger.simulation.records import Vault
from tests.ledger.simulation.setting import Setting
from zk.errors import ZkError
from zk.pedersen import Opening

#: What is printed of a history that failed.
REMEMBERED: Final = 25


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step must be refused, and how that is said."""

    why: str
    kinds: tuple[type[ZkError], ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step: how it is written, what it changes once accepted, why it must not be."""

    name: str
    write: Callable[[], Transition | bytes]
    land: Callable[[Entry], None]
    refusals: list[Refusal] = field(default_factory=list)
    note: str = ""
    #: When it is submitted, if not now.
    time: int | None = None
    #: Until when it may carry given time: for ever where governors sign, or to oracles' own time.
    latest: int = 0


Action = Callable[["Simulation"], Attempt | None]
#: What governors sign may come at any time.
ALWAYS: Final = 1 << 60
_AHEAD: Final = Refusal("clock ahead of silent oracles", (OutOfOrder,))


class Simulation:
    """A ledger, its model, and everybody's will, from one seed."""

    def __init__(self, setting: Setting, seed: int, actions: Mapping[Action, int]) -> None:
        self.setting, self.seed = setting, seed
        self.world, self.keys = setting.world, setting.keys
        self.rng = random.Random(seed)
        genesis = self.ledger.genesis
        self.model = Model(self.world.shape, genesis.listing, genesis.parameters, genesis.time)
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.past: deque[str] = deque(maxlen=REMEMBERED)
        self.steps = 0
        self.stalled_until = 0
        #: What honest oracles see, whatever the ledger has taken over of it.
        self.truth = self.world.market.observation
        #: What guardians have signed and not submitted; the standing and the nonce they saw.
        self.signed_reveals: list[tuple[Reveal, int, int]] = []
        #: Steps of a crash or a squeeze that is under way, and its direction.
        self.trend, self.trend_left = 0, 0
        self._actions, self._weights = list(actions), list(actions.values())

    # What actions ask.

    @property
    def ledger(self) -> LedgerPort:
        return self.world.ledger

    @property
    def authors(self) -> list[Author]:
        return self.world.authors

    @property
    def now(self) -> int:
        return self.world.now

    def view(self) -> State:
        """The state as the next entry will find it: parameters that are due are in force."""
        return self.ledger.state_at(self.now)

    @property
    def offices(self) -> InsecureOffices:
        """Those whose keys are in force."""
        return self.keys.in_force(self.model.terms_at(self.now))

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def pick(self) -> int | None:
        """An account that can act, mostly."""
        model, everyone = self.model, range(len(self.model.vaults))
        if everyone and self.chance(0.05):
            barred = [i for i in everyone if not model.is_free(i, self.now)]
            return self.rng.choice(barred or everyone)
        able = [i for i in everyone if model.is_free(i, self.now) and not model.vaults[i].silent]
        return self.rng.choice(able) if able else None

    def pick_two(self) -> tuple[int, int] | None:
        """Two different ones."""
        one, other = self.pick(), self.pick()
        return None if one is None or other is None or one == other else (one, other)

    def vault(self, index: int) -> Vault:
        return self.model.vaults[index]

    # One step.

    def step(self) -> None:
        """Time passes, somebody acts, and it ends as the model says it must."""
        self.steps += 1
        self._pass_time()
        attempt = None
        while attempt is None:
            (action,) = self.rng.choices(self._actions, self._weights)
            attempt = action(self)
        self.perform(attempt)

    def perform(self, attempt: Attempt) -> None:
        """Accepted and landed, or refused with the state as it was."""
        refusals = [*self._ahead(attempt), *attempt.refusals]
        reasons = ", ".join(refusal.why for refusal in refusals)
        self.past.append(
            f"{self.steps} at {self.now}: {attempt.name} {attempt.note}"
            + (f" (to be refused: {reasons})" if reasons else "")
        )
        before = self.ledger.head
        try:
            written = attempt.write()
            data = written if isinstance(written, bytes) else written.encode()
            entry = self.ledger.submit(data, self.now if attempt.time is None else attempt.time)
        except ZkError as error:
            self.past[-1] += f" -> {type(error).__name__}: {error}"
            _check_refusal(attempt.name, refusals, error)
            assert self.ledger.head == before, "a refused step left something on the log"
            self.refused[refusals[0].why] += 1
            return
        assert not refusals, f"{attempt.name} was accepted in spite of: {reasons}"
        self.model.move_to(self.now)
        attempt.land(entry)
        self.accepted[attempt.name] += 1
        self.accepted.update(self.model.turns)
        self.model.turns.clear()
        self._follow_what_is_public()

    def owned(
        self,
        name: str,
        index: int,
        write: Callable[[Author, State], Written[Any]],
        land: Callable[[], None],
        refusals: list[Refusal],
        note: str = "",
    ) -> Attempt:
        """A step of an account's owner: its opening and its nonce follow where it is accepted."""
        author, kept = self.authors[index], list[Written[Any]]()

        def written() -> Transition:
            kept.append(write(author, self.view()))
            transition = kept[-1].transition
            assert isinstance(transition, Transition)
            return transition

        def landed(entry: Entry) -> None:
            author.opening = kept[-1].opening
            self.vault(index).nonce += 1
            land()

        return Attempt(name, written, landed, refusals, f"of account {index} {note}")

    def _ahead(self, attempt: Attempt) -> list[Refusal]:
        """Given time runs no further than the oracles may be silent, but for governors."""
        model = self.model
        late = self.now > max(model.latest, attempt.latest)
        return [_AHEAD] if late and attempt.time is None else []

    def _follow_what_is_public(self) -> None:
        """Sales change books whose owners do nothing; they can read it."""
        for vault, author in zip(self.model.vaults, self.authors, strict=True):
            if vault.status != "active" and author.known.values != vault.vector:
                author.opening = Opening(vault.vector, author.known.blinding)

    def _pass_time(self) -> None:
        stalled = self.now < self.stalled_until
        self.world.now += self.rng.choice((60, 400, 900) if stalled else (0, 1, 30, 60, 120, 240))


def _check_refusal(name: str, refusals: Sequence[Refusal], error: ZkError) -> None:
    if not refusals:
        raise AssertionError(f"{name} had to be accepted: {error}") from error
    kinds = tuple(kind for refusal in refusals for kind in refusal.kinds)
    if not isinstance(error, kinds):
        raise AssertionError(f"{name} was refused for another reason") from error
