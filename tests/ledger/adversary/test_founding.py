from __future__ import annotations

import pytest

from ledger.encoding import Decoding
from ledger.errors import LimitExceeded, MalformedTransition, NotAdmitted
from ledger.genesis import Genesis, StatementKey, StatementKeys
from ledger.ledger import Ledger, checker_on
from ledger.store import MemoryStore
from prover.development import development_genesis
from prover.offices import InsecureOffices
from tests.ledger.world import dev_provers, fastest, real_world
from zk.bn254 import G1Point
from zk.errors import Malformed, ProofRejected, UnsafeKey, ZkError

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
    """Not one of the three."""
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


@pytest.mark.parametrize("name", ["claim", "solvency", "fill"])
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
    swapped = StatementKeys(claim=keys.fill, solvency=keys.solvency, fill=keys.claim)
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
        "reach of the scenarios, underlying 0",
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


@pytest.mark.parametrize("change", [{"name": ""}, {"time": -1}, {"version": 2}])
def test_a_genesis_that_nobody_can_read_is_not_stored(
    genesis: Genesis, change: dict[str, object]
) -> None:
    """A file with such a first entry could be neither opened nor founded anew."""
    _refused(genesis.model_copy(update=change), MalformedTransition, next(iter(change)))


def test_a_genesis_is_read_in_one_spelling(genesis: Genesis) -> None:
    """Its hash is the ledger's name: two spellings would be two ledgers."""
    data = genesis.encode()
    assert Genesis.decode(data) == genesis
    for other in (data + b" ", data.replace(b'"version":1', b'"version":2'), data[:-2]):
        with pytest.raises(MalformedTransition):
            Genesis.decode(other)


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
