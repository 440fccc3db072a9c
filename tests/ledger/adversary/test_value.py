from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ledger.errors import LimitExceeded, MalformedTransition
from ledger.parameters import MAX_CASH, MAX_COLLATERAL
from ledger.transitions import Deposit
from prover.author import Author
from prover.blank import BLANK_SIGNATURE
from tests.ledger.adversary.attacks import (
    assert_conserved,
    forging,
    pure_balance,
    refused,
    resigned,
    unbalanced,
)
from tests.ledger.world import World
from zk.errors import ProofRejected, SignatureRejected, Unsatisfied
from zk.generators import blinding_generator, value_generator
from zk.sigma import Span

BALANCE = "balance of the settlement"


@pytest.mark.parametrize("created", [{0: 1}, {0: -1}, {1: 1}, {2: 1}, {3: -1}, {0: 1 << 40}])
def test_a_settlement_creates_no_value(world: World, created: Mapping[int, int]) -> None:
    """One unit more or less of cash, collateral or an instrument: the sum is no blinding."""
    buyer, seller = world.authors
    delta = world.delta({0: -60_000, 2: 10})
    crooked = unbalanced(world, [(buyer, delta + world.delta(created)), (forging(seller), -delta)])
    honest, _ = world.settlement([(buyer, delta), (seller, -delta)])
    with refused(world, ProofRejected, BALANCE):
        world.submit(crooked)
    world.submit(honest)


def test_a_balance_over_more_bases_is_refused(world: World) -> None:
    """A proof that the sum is in the span of H *and* a generator says nothing."""
    buyer, seller = world.authors
    delta, gift = world.delta({0: -60_000, 2: 10}), world.delta({0: 5})
    crooked = unbalanced(world, [(buyer, delta + gift), (forging(seller), -delta)])
    excess = gift.commit().point
    wide = Span((blinding_generator(), value_generator(0)), excess)
    proof = wide.prove((gift.blinding, 5), crooked.binding(world.ledger.id), world.randomness)
    with refused(world, ProofRejected, BALANCE):
        world.submit(crooked.model_copy(update={"balance": proof.encode()}))


def test_a_balance_of_another_settlement_is_refused(world: World) -> None:
    """Its proof is bound to the terms."""
    buyer, seller = world.authors
    first, second = (
        world.settlement([(buyer, world.delta({0: cash})), (seller, world.delta({0: -cash}))])[0]
        for cash in (1, 2)
    )
    with refused(world, ProofRejected, BALANCE):
        world.submit(first.model_copy(update={"balance": second.balance}))
    world.submit(first)


def test_a_refresh_adds_no_value(world: World) -> None:
    """T = G + x·H is no multiple of H."""
    author = forging(world.authors[0])
    draft = author.refresh(world.state).transition
    gift = world.delta({0: 1})
    bent = draft.model_copy(update={"delta": gift.commit().point})
    possession = pure_balance(world, bent.binding(world.ledger.id), gift.blinding)
    with refused(world, ProofRejected, "refresh that holds no value"):
        world.submit(resigned(world, author, bent, possession=possession))


def _deposit(world: World, author: Author, **terms: int) -> Deposit:
    """With the custodian's and the owner's signature, whatever the terms are."""
    draft = author.deposit(world.state, 0, 5, world.offices.custodian).transition
    changed = draft.model_copy(update=terms)
    binding = changed.binding(world.ledger.id)
    signatures = {
        "custodian_signature": world.offices.custodian.sign(binding),
        "signature": author.signer.sign(binding),
    }
    return changed.model_copy(update=signatures)


@pytest.mark.parametrize("amount", [-1, 0, 1 << 62, 1 << 64])
def test_amounts_past_their_bounds_are_malformed(world: World, amount: int) -> None:
    """No credit from a sign, and none from a wrap: signed by everybody, refused all the same."""
    author = world.authors[0]
    with refused(world, MalformedTransition, "deposit.amount"):
        world.submit(_deposit(world, author, amount=amount))
    draft = author.withdraw(world.state, 0, 5).transition
    with refused(world, MalformedTransition, "withdraw.amount"):
        world.submit(resigned(world, author, draft, amount=amount))


def test_a_total_stops_at_its_bound(world: World) -> None:
    """The bound itself is admitted, one unit past it is not, for every asset apart."""
    author = world.authors[0]
    left = MAX_CASH - world.state.pool.totals[0]
    for amount in (left + 1, (1 << 62) - 1):
        with refused(world, LimitExceeded, "total of asset 0"):
            world.submit(_deposit(world, author, amount=amount))
    world.deposit(author, 0, left)
    with refused(world, LimitExceeded, "total of asset 0"):
        world.submit(_deposit(world, author, amount=1))
    with refused(world, LimitExceeded, "total of asset 1"):
        world.submit(_deposit(world, author, asset=1, amount=MAX_COLLATERAL + 1))
    world.deposit(author, 1, MAX_COLLATERAL)
    assert_conserved(world)


@pytest.mark.parametrize("asset", [2, 3, (1 << 53) - 1])
def test_what_is_no_asset_is_neither_deposited_nor_withdrawn(world: World, asset: int) -> None:
    """An instrument's component is not an asset: nobody deposits contracts."""
    author = world.authors[0]
    with refused(world, LimitExceeded, "asset"):
        world.submit(_deposit(world, author, asset=asset))
    draft = author.withdraw(world.state, 0, 5).transition
    with refused(world, LimitExceeded, "asset"):
        world.submit(resigned(world, author, draft, asset=asset))


def test_a_deposit_needs_the_custodian_and_the_owner(world: World) -> None:
    """Neither alone, nor one of them twice."""
    author = world.authors[0]
    good = _deposit(world, author)
    signatures = (good.custodian_signature, good.signature)
    for custodian in (BLANK_SIGNATURE, signatures[1]):
        with refused(world, SignatureRejected, "signature of the custodian"):
            world.submit(good.model_copy(update={"custodian_signature": custodian}))
    for owner in (BLANK_SIGNATURE, signatures[0]):
        with refused(world, SignatureRejected, "signature of the owner of account 0"):
            world.submit(good.model_copy(update={"signature": owner}))


@pytest.mark.parametrize("terms", [{"amount": 6}, {"asset": 1}, {"account": 1}, {"nonce": 1}])
def test_a_custodians_signature_is_of_one_deposit(world: World, terms: dict[str, int]) -> None:
    """Of that amount and asset, to that account, at that nonce."""
    author = world.authors[0]
    good = _deposit(world, author)
    world.submit(good)
    account = world.authors[terms.get("account", 0)]
    nonce = world.state.account(account.account).nonce
    bent = resigned(world, account, good, **{**terms, "nonce": nonce})
    with refused(world, SignatureRejected, "signature of the custodian"):
        world.submit(bent)


def test_nobody_withdraws_more_than_there_is(world: World) -> None:
    """The total is looked at whatever is proven: here by a proof that proves nothing."""
    author = forging(world.authors[0])
    total = world.state.pool.totals[0]
    for amount in (total + 1, (1 << 62) - 1):
        with refused(world, LimitExceeded, "total of asset 0"):
            world.submit(author.withdraw(world.state, 0, amount, least=0).transition)
    with refused(world, ProofRejected, "solvency of account 0 after the withdrawal"):
        world.submit(author.withdraw(world.state, 0, total).transition)


@pytest.mark.parametrize("amount", [10**7 + 1, 2 * 10**7])
def test_nobody_withdraws_what_others_have(world: World, amount: int) -> None:
    """The statement is false, so there is no proof; and without one there is no withdrawal."""
    author = world.authors[0]
    with refused(world, Unsatisfied, "constraint total"):
        author.withdraw(world.state, 0, amount)
    world.accept(author, author.withdraw(world.state, 0, 10**7))
    assert_conserved(world)


def test_an_owner_takes_no_less_than_he_said(world: World) -> None:
    """What he signed bounds what is paid; who says nothing wants all of it."""
    author = world.authors[0]
    draft = author.withdraw(world.state, 0, 5).transition
    assert draft.least == 5
    for least in (6, (1 << 53) - 1):
        with refused(world, LimitExceeded, "payout"):
            world.submit(resigned(world, author, draft, least=least))
    with refused(world, SignatureRejected, "signature of the owner of account 0"):
        world.submit(draft.model_copy(update={"least": 4}))
    with refused(world, MalformedTransition, "withdraw.least"):
        world.submit(resigned(world, author, draft, least=-1))
    world.accept(author, author.withdraw(world.state, 0, 5, least=0))
    assert_conserved(world)


def test_an_owner_can_demand_whatever_he_can_withdraw(world: World) -> None:
    """The largest amount there is, in full."""
    author = forging(world.authors[0])
    world.deposit(world.authors[0], 1, MAX_COLLATERAL)
    draft = author.withdraw(world.state, 1, MAX_COLLATERAL)
    with refused(world, ProofRejected, "solvency of account 0 after the withdrawal"):
        world.submit(draft.transition)


def test_cash_does_not_leave_against_collateral(world: World) -> None:
    """A volatile asset comes in, other people's cash would go out."""
    thief = world.join()
    world.deposit(thief, 1, 10**9)
    with refused(world, Unsatisfied, "constraint total"):
        thief.withdraw(world.state, 0, 1)
    crooked = forging(thief).withdraw(world.state, 0, 1).transition
    with refused(world, ProofRejected, "solvency of account 2 after the withdrawal"):
        world.submit(crooked)


def test_cash_does_not_leave_against_collateral_in_two_steps(world: World) -> None:
    """One account borrows against collateral by giving cash away; the other one withdraws it."""
    borrower, accomplice = world.join(), world.join()
    world.deposit(borrower, 1, 10**9)
    with pytest.raises(Unsatisfied):
        world.trade(borrower, accomplice, {0: -20_000_000})
    with pytest.raises(Unsatisfied):
        accomplice.withdraw(world.state, 0, 19_000_000)


def test_collateral_that_is_owed_has_no_proof(world: World) -> None:
    """The range of the statement, not a rule of the ledger, keeps collateral above zero."""
    buyer, seller = world.authors
    delta = world.delta({0: -60_000, 1: 1})
    with refused(world, Unsatisfied, "constraint range"):
        world.settlement([(buyer, delta), (seller, -delta)])


def test_a_withdrawal_is_of_the_account_that_proves(world: World) -> None:
    """A rich account's opening does not prove a poor account's commitment."""
    rich, poor = world.authors[0], world.join()
    masked = replace(poor, opening=rich.opening, signer=poor.signer)
    with refused(world, ProofRejected, "solvency of account 2 after the withdrawal"):
        world.submit(masked.withdraw(world.state, 0, 5).transition)
