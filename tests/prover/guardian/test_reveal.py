"""Overdue accounts are opened by guardians' shares, end to end, and others are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from circuits.escrow import SECRET_BITS, encrypt
from circuits.gadgets.fixed_base import signed_number
from circuits.solvency import solvency_message
from ledger.errors import NotAdmitted
from ledger.transitions import Escrow, Reveal
from prover.guardian import Guardian, escrows_of, open_account, read_account, reveal_account
from prover.guardian.errors import NotPermitted, PartialRejected, TooFewGuardians
from prover.guardian.partials import Partial
from tests.prover.guardian.circle import Circle
from tests.prover.guardian.guarded import GuardedWorld
from zk.babyjubjub import Point
from zk.errors import Conflict, Malformed, OpeningRejected
from zk.field import SUBGROUP_ORDER
from zk.randomness import insecure_seeded_randomness
from zk.signatures import SigningKey


@pytest.fixture
def guarded() -> GuardedWorld:
    """Two accounts have traded, and only the second goes on proving."""
    world = GuardedWorld()
    world.trade()
    return world


class Liar:
    """A guardian who changes what it says."""

    def __init__(self, honest: Guardian, change: Callable[[Partial], Partial]) -> None:
        self.index = honest.index
        self.endorse = honest.endorse
        self._honest, self._change = honest, change

    def partials(self, account: int) -> tuple[Partial, ...]:
        return tuple(self._change(one) for one in self._honest.partials(account))


def moved(partial: Partial) -> Partial:
    return partial.model_copy(update={"point": partial.point + Point.BASE8})


def test_an_overdue_account_is_revealed_with_shares(guarded: GuardedWorld) -> None:
    """Nobody holds the escrow key, and the ledger takes the reveal."""
    guarded.fall_silent(guarded.two)
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    reveal = reveal_account(state, 0, entry_of, guarded.guardians, guarded.shared)
    assert (reveal.values, reveal.blinding) == (
        guarded.one.known.values,
        guarded.one.known.blinding,
    )
    guarded.world.submit(reveal)
    assert guarded.world.state.account(0).status == "revealed"
    # What is public needs no guardian any more.
    with pytest.raises(NotAdmitted, match="overdue"):
        guarded.world.submit(reveal)
    opened = open_account(guarded.world.state, 0, entry_of, [], guarded.shared)
    assert opened.opening == guarded.one.known


def test_a_fill_and_a_deposit_after_the_last_escrow_are_found(guarded: GuardedWorld) -> None:
    """Base, fill and public amounts: two escrows are decrypted, their sum opens the account."""
    guarded.fill()
    guarded.world.deposit(guarded.one, 0, 777)
    guarded.fall_silent()
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    assert len(escrows_of(state, 0, entry_of)) == 2
    for account, author in enumerate((guarded.one, guarded.two)):
        opened = open_account(state, account, entry_of, guarded.guardians[1:], guarded.shared)
        assert opened.opening == author.known
        assert not opened.faults
        guarded.world.submit(
            reveal_account(state, account, entry_of, guarded.guardians, guarded.shared)
        )


def test_one_guardian_may_be_absent_or_lie(guarded: GuardedWorld) -> None:
    """t honest ones are enough; whoever lied is named, two liars are too many."""
    guarded.fall_silent()
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    honest = guarded.guardians
    liars = [Liar(one, moved) for one in honest]
    for absent in range(3):
        present = [one for one in honest if one.index != absent]
        assert open_account(state, 0, entry_of, present, guarded.shared).opening == (
            guarded.one.known
        )
    opened = open_account(state, 0, entry_of, [liars[0], *honest[1:]], guarded.shared)
    assert opened.opening == guarded.one.known
    assert list(opened.faults) == [0]
    assert isinstance(opened.faults[0], PartialRejected)
    with pytest.raises(TooFewGuardians, match="2 of use") as error:
        open_account(state, 0, entry_of, [*liars[:2], honest[2]], guarded.shared)
    assert set(error.value.faults) == {0, 1}


def test_a_guardian_under_anothers_name_does_not_count(guarded: GuardedWorld) -> None:
    """The same partials sent by two are one guardian's."""
    guarded.fall_silent()
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    echo = Liar(guarded.guardians[0], lambda one: one)
    echo.index = 1
    with pytest.raises(TooFewGuardians, match="guardian 1"):
        open_account(state, 0, entry_of, [guarded.guardians[0], echo], guarded.shared)


def test_guardians_do_not_open_an_account_in_standing(guarded: GuardedWorld) -> None:
    """Neither a partial nor an endorsement, whoever asks."""
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    with pytest.raises(NotPermitted, match="overdue"):
        guarded.guardians[0].partials(0)
    with pytest.raises(TooFewGuardians, match="in standing"):
        open_account(state, 0, entry_of, guarded.guardians, guarded.shared)
    guarded.fall_silent(guarded.two)
    guarded.guardians[0].partials(0)
    with pytest.raises(NotPermitted, match="overdue"):
        guarded.guardians[0].partials(1)


def test_guardians_believe_their_own_copy_and_nobodys_state(guarded: GuardedWorld) -> None:
    """Somebody shows a state in which an account is overdue; their copies say otherwise."""
    draft = guarded.world.state.draft(1_000)
    record = draft.account(0)
    draft.put_account(record.model_copy(update={"standing": 0}))
    draft.put_clock(1, draft.clock(1).model_copy(update={"grace": 0}))
    assert draft.is_overdue(draft.account(0))
    with pytest.raises(TooFewGuardians, match="in standing"):
        open_account(draft, 0, guarded.world.ledger.entry, guarded.guardians, guarded.shared)


def test_guardians_wait_for_a_fresh_market(guarded: GuardedWorld) -> None:
    """A reveal would not be admitted, so nothing is decrypted for it."""
    guarded.fall_silent()
    guarded.world.now += guarded.world.state.parameters.max_age + 1
    guarded.world.deposit(guarded.two, 0, 1)
    with pytest.raises(NotAdmitted, match="age of the market"):
        guarded.guardians[0].partials(0)


def with_clock(guarded: GuardedWorld, now: int, most_apart: int = 3_600) -> Guardian:
    """The first guardian, whose own clock stands there."""
    shares, signer = [guarded.shares[0]], guarded.circle.signers[0]
    return Guardian(shares, signer, guarded.world.ledger, clock=lambda: now, most_apart=most_apart)


def test_guardians_have_clocks_of_their_own(guarded: GuardedWorld) -> None:
    """Where all of a ledger's time runs ahead, or behind, nobody is opened, nor a reveal signed."""
    guarded.fall_silent()
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    reveal = reveal_account(state, 0, entry_of, guarded.guardians, guarded.shared)
    newest = state.current_market.time
    for own in (newest - 3_601, newest + 3_601):
        apart = with_clock(guarded, own)
        with pytest.raises(NotPermitted, match="own clock"):
            apart.partials(0)
        with pytest.raises(NotPermitted, match="own clock"):
            apart.endorse(reveal)
    for own in (newest - 3_600, newest + 3_600):
        with_clock(guarded, own).partials(0)
    with pytest.raises(NotPermitted, match="within 60 s"):
        with_clock(guarded, newest + 61, most_apart=60).partials(0)
    of_the_machine = Guardian([guarded.shares[0]], guarded.circle.signers[0], guarded.world.ledger)
    with pytest.raises(NotPermitted, match="own clock"):
        of_the_machine.partials(0)


def test_given_time_alone_makes_nobody_overdue(guarded: GuardedWorld) -> None:
    """The oracles' time decides: a clock of the operator's that runs on opens no account."""
    guarded.world.next_epoch()
    parameters = guarded.world.state.parameters
    guarded.world.now += parameters.max_age
    guarded.world.deposit(guarded.two, 0, 1)
    assert guarded.world.state.pool.time > guarded.world.state.clock(2).time + 2_600
    with pytest.raises(NotPermitted, match="overdue"):
        guarded.guardians[0].partials(0)


def test_a_reveal_that_lies_is_not_endorsed(guarded: GuardedWorld) -> None:
    """A guardian signs what the commitment holds and nothing else."""
    guarded.fall_silent()
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    reveal = reveal_account(state, 0, entry_of, guarded.guardians, guarded.shared)
    cash, *rest = reveal.values
    lie = Reveal.model_validate(reveal.model_copy(update={"values": (cash - 1, *rest)}))
    with pytest.raises(OpeningRejected):
        guarded.guardians[0].endorse(lie)
    shares = [guarded.shares[0]]
    now = guarded.world.now
    stranger = Guardian(shares, SigningKey(bytes(32)), guarded.world.ledger, clock=lambda: now)
    with pytest.raises(Conflict, match="quorum"):
        stranger.endorse(reveal)


def test_an_account_that_was_never_in_escrow_cannot_be_opened(guarded: GuardedWorld) -> None:
    """Only its owner knows its blinding; it has no positions and owes no proof."""
    newcomer = guarded.world.join(5)
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    with pytest.raises(Conflict, match="never"):
        open_account(state, newcomer.account, entry_of, guarded.guardians, guarded.shared)


def test_after_a_refresh_the_new_shares_open_and_mixtures_do_not(guarded: GuardedWorld) -> None:
    """The key of the ledger stays as it is; one old and one new share are none."""
    guarded.fall_silent()
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    old, circle = guarded.shares, guarded.circle
    new = circle.shares(circle.hold(circle.terms(refreshes=old[0].shared, nonce=1)), old)
    fresh = [guarded.guardian(i, [share]) for i, share in enumerate(new)]
    opened = open_account(state, 0, entry_of, fresh, [new[0].shared])
    assert opened.opening == guarded.one.known
    with pytest.raises(Conflict, match="destroyed"):
        guarded.guardian(0, [old[0], new[0]])
    mixture = [guarded.guardians[0], fresh[1]]
    with pytest.raises(TooFewGuardians, match="guardian 0"):
        open_account(state, 0, entry_of, mixture, [new[0].shared])
    with pytest.raises(TooFewGuardians, match="guardian 1"):
        open_account(state, 0, entry_of, mixture, [old[0].shared])


def test_shares_of_an_older_key_still_open_what_is_under_it(guarded: GuardedWorld) -> None:
    """A guardian that holds shares of two keys takes the one that the escrow names."""
    guarded.fall_silent()
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    randomness = insecure_seeded_randomness(99)
    other = Circle(guarded.circle.n, guarded.circle.t, randomness, guarded.circle.signers)
    later = other.shares(other.hold(other.terms(nonce=9)))
    keys = [later[0].shared, *guarded.shared]
    both = [guarded.guardian(i, [later[i], guarded.shares[i]]) for i in range(3)]
    assert open_account(state, 0, entry_of, both, keys).opening == guarded.one.known
    only_new = [guarded.guardian(i, [later[i]]) for i in range(3)]
    with pytest.raises(TooFewGuardians, match="a key that we have a share of"):
        open_account(state, 0, entry_of, only_new, keys)
    with pytest.raises(Conflict, match="a shared key that is known"):
        open_account(state, 0, entry_of, both, [later[0].shared])


def test_a_whole_key_reads_the_same_way(guarded: GuardedWorld) -> None:
    """`read_account` is the one way; what differs is who makes S, and a wrong S opens nothing."""
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    secret = (2 * guarded.shares[0].secret - guarded.shares[1].secret) % SUBGROUP_ORDER
    assert Point.BASE8 * secret == guarded.key
    opening = read_account(state, 0, entry_of, lambda found: found.ephemeral * secret)
    assert opening == guarded.one.known
    with pytest.raises((OpeningRejected, ValueError)):
        read_account(state, 0, entry_of, lambda found: found.ephemeral)


def test_an_opening_that_does_not_open_is_refused(guarded: GuardedWorld) -> None:
    """Whatever was decrypted and summed up has to be what the ledger's commitment holds."""
    guarded.fall_silent()
    draft = guarded.world.state.draft(1_000)
    record = draft.account(0)
    public = (1, *record.trail.public[1:])
    trail = record.trail.model_copy(update={"public": public})
    draft.put_account(record.model_copy(update={"trail": trail}))
    with pytest.raises(OpeningRejected):
        open_account(draft, 0, guarded.world.ledger.entry, guarded.guardians, guarded.shared)


def test_what_an_escrow_holds_back_is_refused(guarded: GuardedWorld) -> None:
    """An account has no reserve of its own: a message with one opens nothing."""
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    (found,) = escrows_of(state, 0, entry_of)
    shape, known = state.shape, guarded.one.known
    e = signed_number(SECRET_BITS, 12_345)
    shared = guarded.key * e
    for reserved in (0, 1, (1 << 60) - 1):
        message = solvency_message(shape, known.values, reserved, known.blinding)
        sealed = encrypt(guarded.key, 12_345, found.context, message)
        escrow = Escrow(ephemeral=Point.BASE8 * e, words=sealed.words)
        forged = replace(found, part=replace(found.part, escrow=escrow))
        if reserved:
            with pytest.raises(Malformed, match="no reserve"):
                forged.read(shape, shared)
        else:
            assert forged.read(shape, shared) == known


def test_a_guardian_does_not_print_its_shares(guarded: GuardedWorld) -> None:
    """Nor what it signs with."""
    assert repr(guarded.guardians[0]) == "Guardian(0, <redacted>)"
