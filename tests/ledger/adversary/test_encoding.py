from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

import pytest

from ledger.errors import MalformedTransition
from ledger.transitions import Absorb, Transition, decode_transition
from tests.ledger.adversary.attacks import marked, refused
from tests.ledger.world import World, peopled, stand_in_world

ABSORB: Final = b'{"kind":"absorb","target":1}'
BIG: Final = b"9" * 4_000

#: Anything but the canonical bytes: what was sent, and what the refusal names.
BAD: Final[dict[str, tuple[bytes, str]]] = {
    "nothing": (b"", "document"),
    "null": (b"null", "document"),
    "a list": (b"[]", "document"),
    "a number": (BIG, "document"),
    "no text": (b"\xff\xfe\x00", "document"),
    "a byte order mark": (b"\xef\xbb\xbf" + ABSORB, "document"),
    "truncated": (ABSORB[:-1], "document"),
    "two documents": (ABSORB + ABSORB, "document"),
    "a space inside": (b'{"kind": "absorb","target":1}', "encoding"),
    "a line end": (ABSORB + b"\n", "encoding"),
    "fields in another order": (b'{"target":1,"kind":"absorb"}', "encoding"),
    "a field twice": (b'{"kind":"absorb","target":1,"target":1}', "encoding"),
    "an escape": (b'{"kind":"\\u0061bsorb","target":1}', "encoding"),
    "a lone surrogate": (b'{"kind":"\\ud800","target":1}', "document"),
    "a control character": (b'{"kind":"ab\x01sorb","target":1}', "document"),
    "no such kind": (b'{"kind":"mint","target":1}', "document"),
    "a kind in capitals": (b'{"kind":"Absorb","target":1}', "document"),
    "a kind that is a number": (b'{"kind":' + BIG + b',"target":1}', "document"),
    "no kind": (b'{"target":1}', "document"),
    "no target": (b'{"kind":"absorb"}', "absorb.target"),
    "an unknown field": (b'{"kind":"absorb","target":1,"x":1}', "absorb.x"),
    "a leading zero": (b'{"kind":"absorb","target":01}', "document"),
    "a plus": (b'{"kind":"absorb","target":+1}', "document"),
    "minus zero": (b'{"kind":"absorb","target":-0}', "encoding"),
    "below zero": (b'{"kind":"absorb","target":-1}', "absorb.target"),
    "a float": (b'{"kind":"absorb","target":1.0}', "absorb.target"),
    "an exponent": (b'{"kind":"absorb","target":1e0}', "absorb.target"),
    "not a number": (b'{"kind":"absorb","target":NaN}', "absorb.target"),
    "infinity": (b'{"kind":"absorb","target":Infinity}', "absorb.target"),
    "a truth": (b'{"kind":"absorb","target":true}', "absorb.target"),
    "a string": (b'{"kind":"absorb","target":"1"}', "absorb.target"),
    "past 2^53": (b'{"kind":"absorb","target":9007199254740992}', "absorb.target"),
    "past every machine word": (b'{"kind":"absorb","target":' + BIG + b"}", "absorb.target"),
    "past what Python prints": (b'{"kind":"absorb","target":' + b"9" * 5_000 + b"}", "document"),
    "lists in lists": (b"[" * 100_000, "document"),
    "objects in objects": (b'{"kind":"absorb","target":' + b'{"a":' * 50_000, "document"),
    "five megabytes": (b" " * (5 << 20), "bytes"),
    "a megabyte of nonsense": (b'{"kind":"' + b"a" * (1 << 20) + b'"}', "document"),
}

Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def world() -> World:
    return peopled(stand_in_world())


@pytest.mark.parametrize("name", BAD)
def test_bytes_that_are_not_canonical_are_malformed(world: World, name: str) -> None:
    """One clear refusal each, never a traceback of another class, and a message that prints."""
    data, subject = BAD[name]
    with refused(world, MalformedTransition, subject):
        world.ledger.submit(data, world.now)


def test_the_canonical_bytes_of_the_same_transition_are_taken_for_it() -> None:
    """The refusals above are about spelling: this spelling is the right one."""
    assert decode_transition(ABSORB) == Absorb(target=1)


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        (lambda data: data.replace(b'"signature":"', b'"signature":"00'), "deposit.signature"),
        (lambda data: data.replace(b'"nonce":1', b'"nonce":null'), "deposit.nonce"),
        (lambda data: data.replace(b'"amount":5', b'"amount":0'), "deposit.amount"),
        (lambda data: data.replace(b'"amount":5', b'"amount":-5'), "deposit.amount"),
        (lambda data: data.replace(b'"amount":5', b'"amount":4611686018427387904'), "deposit.*"),
        (lambda data: data[: len(data) // 2], "document"),
        (lambda data: data.replace(b"deposit", b"withdraw"), r"withdraw\..*"),
        (lambda data: data.replace(b'"nonce":1,', b""), "deposit.nonce"),
    ],
)
def test_a_deposit_that_was_bent_is_malformed(world: World, change: Change, subject: str) -> None:
    """Lengths, bounds, absent fields and the fields of another kind."""
    author = world.authors[0]
    data = author.deposit(world.state, 0, 5, world.offices.custodian).transition.encode()
    assert change(data) != data
    with refused(world, MalformedTransition, subject):
        world.ledger.submit(change(data), world.now)


def test_upper_case_and_spaces_in_hexadecimal_are_malformed(world: World) -> None:
    """`bytes.fromhex` reads both; only one spelling is the canonical one."""
    author = world.authors[0]
    deposit = author.deposit(world.state, 0, 5, world.offices.custodian).transition
    written = deposit.signature.hex().encode()
    for other in (written.upper(), written[:2] + b" " + written[2:]):
        with refused(world, MalformedTransition, "encoding"):
            world.ledger.submit(deposit.encode().replace(written, other), world.now)


def test_hexadecimal_that_is_none_is_malformed(world: World) -> None:
    """Odd digits, other letters, and letters that are not even ASCII."""
    author = world.authors[0]
    deposit = author.deposit(world.state, 0, 5, world.offices.custodian).transition
    written = deposit.signature.hex().encode()
    for other in (written[1:], b"zz" + written[2:], "é".encode() + written[2:], b"0x" + written):
        with refused(world, MalformedTransition, "deposit.signature"):
            world.ledger.submit(deposit.encode().replace(written, other), world.now)


def test_a_default_that_is_left_out_is_malformed(world: World) -> None:
    """A field with a default is written all the same."""
    data = _heartbeat(world).encode()
    assert b'"escrow":null,' in data
    with refused(world, MalformedTransition, "encoding"):
        world.ledger.submit(data.replace(b'"escrow":null,', b""), world.now)


def test_every_field_of_the_terms_is_in_the_binding(world: World) -> None:
    """And nothing of the evidence is: another proof of the same terms is the same transition."""
    author = world.authors[0]
    claim = author.publish_claim(world.state, "ours", marked(world)).transition
    binding = claim.binding(world.ledger.id)
    for terms in ({"account": 1}, {"nonce": 9}, {"epoch": 9}, {"label": "theirs"}):
        assert claim.model_copy(update=terms).binding(world.ledger.id) != binding
    for evidence in ({"proof": bytes(256)}, {"signature": bytes(64)}):
        assert claim.model_copy(update=evidence).binding(world.ledger.id) == binding
    assert claim.binding(bytes(32)) != binding


def test_the_terms_of_a_settlement_are_its_deltas_and_parties(world: World) -> None:
    """Proof, escrow and signature of a leg are no terms; account, nonce and delta are."""
    delta = world.delta({2: 1})
    settlement, _ = world.settlement([(world.authors[0], delta), (world.authors[1], -delta)])
    terms = settlement.model_dump(exclude=settlement.EVIDENCE)
    assert set(terms) == {"kind", "epoch", "legs", "matcher"}
    assert [set(leg) for leg in terms["legs"]] == [{"kind", "account", "nonce", "delta"}] * 2


def test_elements_past_the_modulus_are_malformed(world: World) -> None:
    """x + r is not another name for x: not in escrow words either."""
    delta = world.delta({2: 1})
    settlement, _ = world.settlement([(world.authors[0], delta), (world.authors[1], -delta)])
    document = json.loads(settlement.encode())
    for word in ("ff" * 32, "00" * 31, "00" * 33):
        document["legs"][0]["escrow"]["words"][0] = word
        data = json.dumps(document, separators=(",", ":")).encode()
        with refused(world, MalformedTransition, r"settle\.legs\.0\.signed\.escrow\.words\.0"):
            world.ledger.submit(data, world.now)


def _heartbeat(world: World) -> Transition:
    return world.authors[0].prove_margin(world.state).transition
