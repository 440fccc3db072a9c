from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from development.genesis import development_genesis
from development.offices import InsecureOffices
from ledger.encoding import Decoding
from ledger.errors import LimitExceeded, MalformedTransition, NotAdmitted, Unavailable
from ledger.genesis import Endowment, Genesis, StatementKey, StatementKeys
from ledger.ledger import Ledger, checker_on
from ledger.parameters import Quorum
from ledger.storage import MemoryStore
from tests.ledger.world import dev_provers, fastest, real_world
from zk.bn254 import G1Point
from zk.errors import Malformed, ProofRejected, SignatureRejected, UnsafeKey, ZkError

G1, G2 = 64, 128
GAMMA, DELTA = slice(G1 + G2, G1 + 2 * G2), slice(G1 + 2 * G2, G1 + 3 * G2)


@pytest.fixture(scope="module")
def genesis() -> Genesis:
    return real_world().ledger.genesis


def _refused(genesis: Genesis, error: type[ZkError], subject: str) -> None:
    """No ledger comes to be, and the store is as empty as before."""
    store = MemoryStore()
    with pytest.raises(error) as caught:
        Ledger.create(store, genesis, checker_on(fastest()), Decoding(fastest().decode_point))
    assert type(caught.value) is error
    assert caught.value.subject == subject
    assert store.head is None


def _with_key(genesis: Genesis, name: str, **changes: object) -> Genesis:
    key: StatementKey = getattr(genesis.statements, name).model_copy(update=changes)
    statements = genesis.statements.model_copy(update={name: key})
    return genesis.model_copy(update={"statements": statements})


def _bent(points: bytes, place: slice, value: bytes) -> bytes:
    return points[: place.start] + value + points[place.stop :]


def test_a_production_ledger_takes_no_development_key(genesis: Genesis) -> None:
    """Not one of the four."""
    production = genesis.model_copy(update={"mode": "production"})
    _refused(production, UnsafeKey, "key of a production ledger")
    for name, _ in genesis.statements:
        others = [other for other, _ in genesis.statements if other != name]
        clean = production
        for other in others:
            clean = _with_key(clean, other, insecure=False)
        _refused(clean, UnsafeKey, "key of a production ledger")


def test_a_key_is_the_one_that_was_pinned(genesis: Genesis) -> None:
    """The mark of a development key can be taken off; its digest cannot be changed."""
    pins = {name: key.key.digest() for name, key in genesis.statements}
    unmarked = _with_key(genesis, "claim", insecure=False)
    unmarked.check_pins(pins)
    for name in pins:
        for other in ({**pins, name: "00" * 32}, {k: v for k, v in pins.items() if k != name}, {}):
            with pytest.raises(UnsafeKey) as caught:
                genesis.check_pins(other)
            assert caught.value.subject == f"key of {name if other else 'claim'}"
    swapped = {**pins, "claim": pins["fill"], "fill": pins["claim"]}
    with pytest.raises(UnsafeKey, match="key of claim"):
        genesis.check_pins(swapped)


@pytest.mark.parametrize("name", ["claim", "margin", "solvency", "fill"])
def test_a_key_with_gamma_equal_to_delta_is_refused(genesis: Genesis, name: str) -> None:
    """Under it anybody writes proofs of anything."""
    points: bytes = getattr(genesis.statements, name).points
    forgeable = _bent(points, DELTA, points[GAMMA])
    _refused(_with_key(genesis, name, points=forgeable), UnsafeKey, "verifying key")


def test_a_key_with_points_at_infinity_or_repeated_is_refused(genesis: Genesis) -> None:
    """Any place of the key."""
    points = genesis.statements.claim.points
    first = slice(G1 + 3 * G2, G1 + 3 * G2 + G1)
    second = slice(first.stop, first.stop + G1)
    for bent in (
        _bent(points, DELTA, bytes(G2)),
        _bent(points, first, bytes(G1)),
        _bent(points, second, points[first]),
        _bent(points, second, G1Point.decode(points[:G1]).encode()),
    ):
        _refused(_with_key(genesis, "claim", points=bent), UnsafeKey, "verifying key")
    _refused(_with_key(genesis, "claim", points=points[:-1]), Malformed, "verifying key")
    _refused(_with_key(genesis, "claim", points=b""), Malformed, "verifying key")


def test_a_key_of_an_unknown_circuit_is_refused(genesis: Genesis) -> None:
    """A circuit that leaves a check out has keys as good as any: its digest gives it away."""
    with pytest.raises(ZkError):
        Ledger.create(
            MemoryStore(),
            _with_key(genesis, "claim", circuit=bytes(32)),
            checker_on(fastest()),
            Decoding(fastest().decode_point),
        )


def test_a_key_of_another_statement_is_refused(genesis: Genesis) -> None:
    """It has another number of inputs; no proof would ever be accepted."""
    keys = genesis.statements
    swapped = StatementKeys(
        claim=keys.fill, margin=keys.margin, solvency=keys.solvency, fill=keys.claim
    )
    with pytest.raises(ZkError):
        Ledger.create(
            MemoryStore(),
            genesis.model_copy(update={"statements": swapped}),
            checker_on(fastest()),
            Decoding(fastest().decode_point),
        )


def test_a_genesis_that_contradicts_itself_is_refused(genesis: Genesis) -> None:
    """Its parameters and its listing are held to the rules of later changes."""
    parameters = genesis.parameters
    wide = parameters.model_copy(update={"grace": 86_400})
    _refused(
        genesis.model_copy(update={"parameters": wide}),
        LimitExceeded,
        "price reach, underlying 0",
    )
    late = genesis.listing.instruments[1].expires
    _refused(genesis.model_copy(update={"time": late}), NotAdmitted, "instrument 1")
    possession = InsecureOffices.of(99).escrow_key().possession
    foreign = parameters.escrow.model_copy(update={"possession": possession})
    bent = parameters.model_copy(update={"escrow": foreign})
    _refused(
        genesis.model_copy(update={"parameters": bent}),
        ProofRejected,
        "possession of the escrow key",
    )


@pytest.mark.parametrize("change", [{"name": ""}, {"time": -1}, {"time": 1 << 53}])
def test_a_genesis_that_nobody_can_read_is_not_stored(
    genesis: Genesis, change: dict[str, object]
) -> None:
    """A file with such a first entry could be neither opened nor founded anew."""
    _refused(genesis.model_copy(update=change), MalformedTransition, next(iter(change)))


def test_a_genesis_is_read_in_one_spelling(genesis: Genesis) -> None:
    """Its hash is the ledger's name: two spellings would be two ledgers."""
    data = genesis.encode()
    assert Genesis.decode(data) == genesis
    for other in (data + b" ", data.replace(b'"mode":"d', b'"mode":"D'), data[:-2]):
        with pytest.raises(MalformedTransition):
            Genesis.decode(other)


@pytest.mark.parametrize("version", [0, 1, 3, 999_999_999])
def test_a_ledger_of_another_format_is_refused_in_one_line(genesis: Genesis, version: int) -> None:
    """Before anything of it is looked at, which another release may have written differently."""
    data = genesis.encode()
    other = data.replace(b'"version":2', b'"version":%d' % version, 1)
    for document in (other, other[:60], other.replace(b'"parameters"', b'"rules"')):
        with pytest.raises(Unavailable) as caught:
            Genesis.decode(document)
        assert caught.value.subject == "format of the ledger"
        assert f"version {version}" in str(caught.value)
        assert "\n" not in str(caught.value)
    if version < 2:
        _refused_bytes(genesis, version)


def _refused_bytes(genesis: Genesis, version: int) -> None:
    """A store that begins with such an entry is opened by nobody."""
    store = MemoryStore()
    Ledger.create(store, genesis, checker_on(fastest()), Decoding(fastest().decode_point))
    old = genesis.encode().replace(b'"version":2', b'"version":%d' % version, 1)
    first = next(iter(store.entries()))
    store._log[0] = dataclasses.replace(first, transition=old)
    with pytest.raises(Unavailable, match="format of the ledger"):
        Ledger(store, checker_on(fastest()), Decoding(fastest().decode_point))


def _production(genesis: Genesis, **changes: Any) -> Genesis:
    """Everything that a production ledger has to have, but for what is changed."""
    offices = InsecureOffices.of(1)
    keys = genesis.statements
    unmarked = StatementKeys(
        **{name: key.model_copy(update={"insecure": False}) for name, key in keys}
    )
    quorums = {"oracles": _quorum(4, 3), "guardians": _quorum(4, 3)}
    parameters = genesis.parameters.model_copy(update={**quorums, **changes.pop("parameters", {})})
    endowed = Endowment(amount=changes.pop("amount", 10**6), signature=bytes(64))
    draft = genesis.model_copy(
        update={
            "mode": "production",
            "statements": unmarked,
            "parameters": parameters,
            "endowment": endowed,
        }
    )
    signature = offices.custodian.sign(draft.endowment_message())
    signed = endowed.model_copy(update={"signature": signature})
    return draft.model_copy(update={"endowment": signed, **changes})


def _quorum(members: int, threshold: int) -> Quorum:
    keys = tuple(bytes([index + 1]) * 32 for index in range(members))
    return Quorum(keys=keys, threshold=threshold)


def test_a_production_ledger_has_capital_from_the_beginning(genesis: Genesis) -> None:
    """Received by the custodian, who has signed this genesis and no other; within its bound."""
    good = _production(genesis)
    store = MemoryStore()
    Ledger.create(store, good, checker_on(fastest()), Decoding(fastest().decode_point))
    _refused(_production(genesis, endowment=None), MalformedTransition, "endowment")
    assert good.endowment is not None
    more = good.endowment.model_copy(update={"amount": 2 * 10**6})
    _refused(
        good.model_copy(update={"endowment": more}), SignatureRejected, "signature of the custodian"
    )
    renamed = good.model_copy(update={"name": "another"})
    _refused(renamed, SignatureRejected, "signature of the custodian")
    totals = {"parameters": {"max_totals": (10**6, *good.parameters.max_totals[1:])}}
    _refused(_production(genesis, amount=10**6 + 1, **totals), LimitExceeded, "endowment")
    _production(genesis, amount=10**6, **totals).check()


@pytest.mark.parametrize("role", ["oracles", "guardians"])
@pytest.mark.parametrize(("members", "threshold"), [(3, 2), (1, 1), (4, 2), (6, 4), (7, 4)])
def test_a_third_of_a_production_quorum_decides_nothing(
    genesis: Genesis, role: str, members: int, threshold: int
) -> None:
    """Two of three would do as long as nobody lies; more than two thirds do with a liar."""
    quorum = _quorum(members, threshold)
    bent = _production(genesis, parameters={role: quorum})
    if 3 * threshold > 2 * members:
        bent.check()
    else:
        _refused(bent, MalformedTransition, f"quorum of {role}")
    development = genesis.parameters.model_copy(update={role: quorum})
    genesis.model_copy(update={"parameters": development}).check()


def test_every_word_of_a_genesis_is_in_its_name() -> None:
    """A ledger with other offices, other keys or another mark is another ledger."""
    provers = dev_provers("tiny", fastest().name)
    world = real_world()
    original = world.ledger.genesis
    names = {original.ledger, _with_key(original, "fill", insecure=False).ledger}
    offices = InsecureOffices.of(99)
    names.add(development_genesis(world.market, offices, provers.statement_keys()).ledger)
    names.add(original.model_copy(update={"mode": "production"}).ledger)
    names.add(original.model_copy(update={"name": "another"}).ledger)
    assert len(names) == 5
