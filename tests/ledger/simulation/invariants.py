"""What holds after every step, whatever was tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ledger.ledger import Ledger
from ledger.state import State
from ledger.store import MemoryStore
from ledger.transitions import (
    AnyTransition,
    Deposit,
    OpenAccount,
    Refresh,
    Settle,
    SignedLeg,
    Withdraw,
    decode_transition,
)
from ledger.transitions.default import sale_price
from tests.ledger.simulation.default import check_price, is_over
from tests.ledger.simulation.simulator import Simulation
from tests.ledger.world import fastest
from verifier.evidence import Evidence
from zk.babyjubjub import Point
from zk.generators import blinding_generator, value_generators
from zk.pedersen import Opening

#: What each kind of transition rests on: signatures, representations, and proofs by statement.
Rests = tuple[int, int, Mapping[str, int]]
RULE_BOOK: Mapping[str, Rests] = {
    "open-account": (1, 1, {}),
    "deposit": (2, 0, {}),
    "withdraw": (1, 0, {"solvency": 1}),
    "refresh": (1, 1, {"solvency": 1}),
    "place-order": (1, 0, {"solvency": 1, "claim": 1}),
    "cancel-order": (1, 0, {}),
    "prove-margin": (1, 0, {"claim": 1}),
    "prove-margin, escrowed": (1, 0, {"solvency": 1}),
    "prove-flat": (1, 1, {"claim": 1}),
    "publish-claim": (1, 0, {"claim": 1}),
    "redeem": (1, 1, {"solvency": 1}),
    "take-over": (1, 0, {"solvency": 1}),
    "reveal": (2, 0, {}),
    "absorb": (0, 0, {}),
    "update-market": (4, 0, {}),
    "expire": (2, 0, {}),
    "update-params": (2, 1, {}),
}


class Invariants:
    """Compares ledger and model, step by step."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self.backend = fastest()
        #: Openings + refreshes + batch excesses + (deposits − withdrawals)·G, from the log alone.
        self.entered = Point.IDENTITY
        self._seen = sim.ledger.head
        self._totals = [0] * sim.model.shape.assets
        self._opened: dict[int, tuple[Opening, Point]] = {}
        self._quotes: dict[int, tuple[int, int]] = {}

    def check(self) -> None:
        """After every step."""
        head = self.sim.ledger.head
        if head != self._seen:
            assert head.number == self._seen.number + 1, "one step, one entry"
            self._seen = head
            transition = decode_transition(head.transition, self.sim.setting.decoding)
            self._check_evidence(transition)
            self._enter(transition)
            self._check_accounts()
            self._check_sums()
            self._check_filled(transition)
        self._check_overdue(self.sim.world.state, self.sim.model.time)
        self._check_overdue(self.sim.view(), self.sim.now)
        self._check_sales()

    def check_everything(self) -> None:
        """Now and then: nothing remembered, everything anew."""
        self._opened.clear()
        self._check_accounts()
        self._check_sums()
        self._check_guardians()
        self._check_nobody_falls_behind_a_stall()

    def check_replay(self) -> None:
        """The whole log, applied to an empty store, leads through the same roots."""
        sim = self.sim
        entries = sim.ledger.entries()
        next(entries)
        replayed = Ledger.create(
            MemoryStore(), sim.ledger.genesis, sim.setting.make_checker, sim.setting.decoding
        )
        assert replayed.head == sim.ledger.entry(0)
        for entry in entries:
            assert replayed.submit(entry.transition, entry.time) == entry

    # What is looked at.

    def _check_evidence(self, transition: AnyTransition) -> None:
        """A change of state rests on as many proofs as the rule book says."""
        held = self.sim.setting.checker.held
        actual = (len(held.signed), len(held.spanned), _by_statement(held))
        if isinstance(transition, Settle):
            signed = sum(isinstance(leg, SignedLeg) for leg in transition.legs)
            firm = len(transition.legs) - signed
            wanted = {"solvency": signed, "fill": firm}
            proofs = {name: count for name, count in wanted.items() if count}
            expected: Rests = (signed + (firm > 0), 1, proofs)
        else:
            kind = transition.kind
            escrow = kind == "prove-margin" and getattr(transition, "escrow", None) is not None
            expected = RULE_BOOK[f"{kind}, escrowed" if escrow else kind]
        assert actual == expected, f"{transition.kind} rests on {actual}, expected {expected}"

    def _enter(self, transition: AnyTransition) -> None:
        """The right-hand side of the invariant, with this entry."""
        generators = value_generators(self.sim.model.shape.components)
        match transition:
            case OpenAccount():
                added = [transition.commitment]
            case Refresh():
                added = [transition.delta]
            case Settle():
                added = [leg.delta for leg in transition.legs]
            case Deposit():
                added = [self.backend.combine([generators[transition.asset]], [transition.amount])]
            case Withdraw():
                # What was paid is the model's to say; all the rest is the log's.
                left = self._total_of(transition.asset)
                paid = self._totals[transition.asset] - left
                added = [-self.backend.combine([generators[transition.asset]], [paid])]
            case _:
                added = []
        self.entered = self.backend.add_all([self.entered, *added])
        self._totals = [self._total_of(asset) for asset in range(self.sim.model.shape.assets)]

    def _total_of(self, asset: int) -> int:
        return self.sim.model.deposited[asset] - self.sim.model.withdrawn[asset]

    def _check_accounts(self) -> None:
        """Every record is what the model says, and every commitment opens to the true vector."""
        state, model = self.sim.world.state, self.sim.model
        assert state.pool.accounts == len(model.vaults)
        for index, vault in enumerate(model.vaults):
            account, opening = state.account(index), self.sim.authors[index].known
            actual = (account.nonce, account.status, account.standing, account.exempt)
            expected = (vault.nonce, vault.status, vault.standing, vault.exempt)
            assert actual == expected, f"account {index}: expected {expected}, got {actual}"
            owes_nothing = vault.vector[0] >= 0 and not any(vault.vector[model.shape.assets :])
            assert owes_nothing or not vault.exempt, f"account {index} owes proofs"
            assert opening.values == vault.vector, f"the author of account {index} is wrong"
            if self._opened.get(index) != (opening, account.commitment):
                assert self._commit(opening) == account.commitment, f"account {index} is not its C"
                self._opened[index] = (opening, account.commitment)
            public = None if account.opening is None else account.opening.opening
            known = None if account.status == "active" else opening
            assert public == known, f"what is public of account {index} is not its opening"

    def _check_sums(self) -> None:
        """Nothing was created, in numbers and in commitments."""
        state, model = self.sim.world.state, self.sim.model
        held = [self._total_of(asset) for asset in range(model.shape.assets)]
        assert list(state.pool.totals) == held, "the totals are not what came and went"
        for component in range(model.shape.components):
            expected = held[component] if component < model.shape.assets else 0
            assert model.total(component) == expected, f"component {component} is not conserved"
        assert state.pool.fund.values == model.fund, "the fund is not what it should be"
        assert state.pool.fund.blinding == 0, "the fund hides something"
        assert state.pool.expiry == self._commit(model.expiry), "the expiry account is wrong"
        accounts = [state.account(index).commitment for index in range(state.pool.accounts)]
        fund = self._commit(Opening(model.fund, 0))
        held_points = self.backend.add_all([*accounts, fund, state.pool.expiry])
        assert held_points == self.entered, "commitments were created or destroyed"

    def _check_overdue(self, state: State, now: int) -> None:
        for index in range(len(self.sim.model.vaults)):
            expected = self.sim.model.is_overdue(index, now)
            actual = state.is_overdue(state.account(index))
            assert actual == expected, f"account {index} is overdue: expected {expected}"

    def _check_sales(self) -> None:
        """Prices fall while the fund can pay no less; they stay within their bounds."""
        view, payable = self.sim.view(), self.sim.model.payable
        for index, vault in enumerate(self.sim.model.vaults):
            if vault.status != "frozen" or is_over(vault, self.sim.now):
                self._quotes.pop(index, None)
                continue
            price = sale_price(view, index)
            check_price(self.sim, index, price)
            before = self._quotes.get(index)
            if before is not None and payable >= before[0]:
                assert price <= before[1], f"the price of account {index} has risen"
            self._quotes[index] = (payable, price)

    def _check_guardians(self) -> None:
        """Whoever owes a proof can be read by the guardians, at any time."""
        for index, vault in enumerate(self.sim.model.vaults):
            if not vault.exempt:
                self._check_guardian(index)

    def _check_guardian(self, index: int) -> None:
        read = self.sim.keys.read(self.sim.view(), index, self.sim.ledger.entry)
        assert read == self.sim.authors[index].known, f"account {index} cannot be read"

    def _check_filled(self, transition: AnyTransition) -> None:
        """An order escrowed under one key and its fill under the next are read together."""
        for leg in transition.legs if isinstance(transition, Settle) else ():
            vault = self.sim.vault(leg.account)
            if vault.fill_key is not None and vault.fill_key != vault.base_key:
                self._check_guardian(leg.account)
                self.sim.accepted["fill under a newer key"] += 1

    def _check_nobody_falls_behind_a_stall(self) -> None:
        """Without a newer market, whoever proved under this one is not overdue, however long."""
        later = self.sim.view()
        later.advance(self.sim.now + 1_000_000)
        for index, vault in enumerate(self.sim.model.vaults):
            if vault.standing == self.sim.model.epoch:
                assert not later.is_overdue(later.account(index))

    def _commit(self, opening: Opening) -> Point:
        bases = (*value_generators(len(opening.values)), blinding_generator())
        return self.backend.combine(bases, (*opening.values, opening.blinding))


def _by_statement(held: Evidence) -> dict[str, int]:
    return dict(Counter(one.statement for one in held.proven))
