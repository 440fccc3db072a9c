"""Keys under which anybody could prove anything, and the mark of a development key."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.zk.keys_for_tests import ratio_key, unchecked_replace
from zk.bn254 import G1Point, G2Point
from zk.errors import Malformed, ProofRejected, UnsafeKey
from zk.field import SCALAR_MODULUS
from zk.formats.json import decode_verifying_key, encode_verifying_key
from zk.formats.zkey import decode_zkey, encode_zkey
from zk.groth16 import Proof, VerifyingKey, verify
from zk.groth16.keys import INSECURE_MARK, insecure_ceremony, is_insecure
from zk.groth16.qap import check_public_rows
from zk.groth16.verify import public_sum

R = SCALAR_MODULUS
G1_ZERO, G2_ZERO = G1Point.INFINITY, G2Point.INFINITY
#: No prover knows a denominator for it: nothing divided by seven is five.
FALSE_STATEMENT = (0, 5)

Spoil = Callable[[VerifyingKey], VerifyingKey]
Forge = Callable[[VerifyingKey, G1Point], Proof]


def honest() -> VerifyingKey:
    return ratio_key().verifying_key


def set_gamma(make: Callable[[VerifyingKey], G2Point]) -> Spoil:
    return lambda key: unchecked_replace(key, gamma_2=make(key))


def set_beta(make: Callable[[VerifyingKey], G2Point]) -> Spoil:
    return lambda key: unchecked_replace(key, beta_2=make(key))


def set_delta(make: Callable[[VerifyingKey], G2Point]) -> Spoil:
    return lambda key: unchecked_replace(key, delta_2=make(key))


def set_ic(make: Callable[[tuple[G1Point, ...]], tuple[G1Point, ...]]) -> Spoil:
    return lambda key: unchecked_replace(key, ic=make(key.ic))


def untouched(key: VerifyingKey) -> VerifyingKey:
    """What snarkjs writes before anybody contributes to the second phase."""
    return unchecked_replace(key, gamma_2=G2Point.GENERATOR, delta_2=G2Point.GENERATOR)


#: How to spoil a key, and a proof of anything from the spoilt key alone; L is Σ inputᵢ·ICᵢ.
FORGERIES: dict[str, tuple[Spoil, Forge]] = {
    "gamma = delta": (set_gamma(lambda k: k.delta_2), lambda k, L: Proof(k.alpha_1, k.beta_2, -L)),
    "gamma = -delta": (set_gamma(lambda k: -k.delta_2), lambda k, L: Proof(k.alpha_1, k.beta_2, L)),
    "no second phase": (untouched, lambda k, L: Proof(k.alpha_1, k.beta_2, -L)),
    "gamma at infinity": (
        set_gamma(lambda _: G2_ZERO),
        lambda k, _: Proof(k.alpha_1, k.beta_2, G1_ZERO),
    ),
    "beta = delta": (set_beta(lambda k: k.delta_2), lambda k, L: Proof(L, k.gamma_2, -k.alpha_1)),
    "beta = -delta": (set_beta(lambda k: -k.delta_2), lambda k, L: Proof(L, k.gamma_2, k.alpha_1)),
    "beta = gamma": (
        set_beta(lambda k: k.gamma_2),
        lambda k, L: Proof(L + k.alpha_1, k.gamma_2, G1_ZERO),
    ),
    "beta = -gamma": (
        set_beta(lambda k: -k.gamma_2),
        lambda k, L: Proof(L + -k.alpha_1, k.gamma_2, G1_ZERO),
    ),
    "beta at infinity": (set_beta(lambda _: G2_ZERO), lambda k, L: Proof(L, k.gamma_2, G1_ZERO)),
    "alpha at infinity": (
        lambda key: unchecked_replace(key, alpha_1=G1_ZERO),
        lambda k, L: Proof(L, k.gamma_2, G1_ZERO),
    ),
}

#: All that a key must not be.
UNSAFE: dict[str, Spoil] = {name: spoil for name, (spoil, _) in FORGERIES.items()} | {
    "delta = 1": set_delta(lambda _: G2Point.GENERATOR),
    "delta = -1": set_delta(lambda _: -G2Point.GENERATOR),
    "delta at infinity": set_delta(lambda _: G2_ZERO),
    "IC of the constant at infinity": set_ic(lambda ic: (G1_ZERO, *ic[1:])),
    "IC of an input at infinity": set_ic(lambda ic: (*ic[:2], G1_ZERO)),
    "repeated IC": set_ic(lambda ic: (ic[0], ic[1], ic[1])),
    "repeated IC of the constant": set_ic(lambda ic: (ic[0], ic[1], ic[0])),
    "IC and its negative": set_ic(lambda ic: (ic[0], ic[1], -ic[1])),
    "alpha = IC": lambda key: unchecked_replace(key, alpha_1=key.ic[0]),
    "no IC at all": set_ic(lambda _: ()),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_proof_under_an_unsafe_key_would_verify(name: str) -> None:
    """Under such a key anyone proves a false statement from public points alone (Veil Cash 2026).

    The key is made past its own check, so that it is this check which keeps forgers out.
    """
    spoil, forge = FORGERIES[name]
    key = spoil(honest())
    proof = forge(key, public_sum(key, (1, *FALSE_STATEMENT)))
    verify(key, FALSE_STATEMENT, proof)


def test_forged_proof_under_the_honest_key_is_refused() -> None:
    """The very forgery that works where γ = δ proves nothing where γ ≠ δ."""
    _, forge = FORGERIES["gamma = delta"]
    proof = forge(honest(), public_sum(honest(), (1, *FALSE_STATEMENT)))
    with pytest.raises(ProofRejected):
        verify(honest(), FALSE_STATEMENT, proof)


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_key_is_refused_at_load(name: str) -> None:
    """A key that lets forgeries through is refused wherever one can come from.

    γ = ±δ, δ = ±1, any point at infinity and repeated IC points: in the object, in
    `verification_key.json` and in a `.zkey`.
    """
    key = UNSAFE[name](honest())
    with pytest.raises(UnsafeKey):
        replace(key)
    with pytest.raises(UnsafeKey):
        decode_verifying_key(encode_verifying_key(key))
    if key.ic:
        with pytest.raises(UnsafeKey):
            decode_zkey(encode_zkey(unchecked_replace(ratio_key(), verifying_key=key)))


def test_forged_proof_where_alpha_is_the_constants_ic() -> None:
    """With α = IC₀ the statement whose inputs are all zero is anybody's: A = α, B = β + γ."""
    key = unchecked_replace(honest(), alpha_1=honest().ic[0])
    verify(key, (0, 0), Proof(key.alpha_1, key.beta_2 + key.gamma_2, G1_ZERO))


def test_unused_public_input_under_a_point_at_infinity_would_be_free() -> None:
    """With IC at infinity an input changes nothing, and a repeated IC lets two inputs trade."""
    free = UNSAFE["IC of an input at infinity"](honest())
    assert public_sum(free, (1, 35, 5)) == public_sum(free, (1, 35, 6))
    trade = UNSAFE["repeated IC"](honest())
    assert public_sum(trade, (1, 35, 5)) == public_sum(trade, (1, 34, 6))


@pytest.mark.parametrize("wire", [0, 1, 2])
def test_key_without_the_rows_that_make_public_columns_independent_is_refused(wire: int) -> None:
    """Each public wire and the constant need a row of their own (Baghery et al. 2020/811).

    Left out, shared with another wire or multiplied by something: the key is refused.
    """
    key = ratio_key()
    row = next(i for i, terms in enumerate(key.a) if terms == ((wire, 1),) and not key.b[i])
    shared = ((wire, 1), (key.wires - 1, 1))
    for a, b in (
        ((*key.a[:row], (), *key.a[row + 1 :]), key.b),
        ((*key.a[:row], shared, *key.a[row + 1 :]), key.b),
        (key.a, (*key.b[:row], ((0, 1),), *key.b[row + 1 :])),
    ):
        with pytest.raises(UnsafeKey, match=f"none for {wire}"):
            check_public_rows(a, b, key.public)
        with pytest.raises(UnsafeKey, match=f"none for {wire}"):
            replace(key, a=a, b=b)
        with pytest.raises(UnsafeKey, match=f"none for {wire}"):
            decode_zkey(encode_zkey(unchecked_replace(key, a=a, b=b)))


@pytest.mark.parametrize("query", ["a_query", "b1_query", "b2_query", "c_query", "h_query"])
def test_a_proving_key_has_as_many_points_as_its_circuit(query: str) -> None:
    """A query that is cut short or too long is refused before anything is proven with it."""
    points = getattr(ratio_key(), query)
    for wrong in (points[:-1], (*points, points[0]), ()):
        with pytest.raises((Malformed, UnsafeKey)):
            replace(unchecked_replace(ratio_key(), **{query: wrong}))


def test_insecure_mark_survives_and_is_shown() -> None:
    """A development key says so in its `.zkey`, in its `verification_key.json`, and ever after."""
    key = ratio_key()
    assert key.verifying_key.insecure
    again = decode_zkey(encode_zkey(key))
    assert again.verifying_key.insecure
    assert again.ceremony.startswith(INSECURE_MARK)
    document = encode_verifying_key(again.verifying_key)
    assert json.loads(document)["insecure_dev_setup"] is True
    assert decode_verifying_key(document).insecure
    contributed = replace(key, ceremony=key.ceremony + b"a later contribution")
    assert decode_zkey(encode_zkey(contributed)).verifying_key.insecure


def test_a_ceremonys_key_is_not_called_insecure() -> None:
    """Section 10 with a circuit's hash has no mark, and neither file claims one."""
    ceremonial = replace(ratio_key(), ceremony=bytes(range(64)) + bytes(4))
    key = decode_zkey(encode_zkey(ceremonial)).verifying_key
    assert not key.insecure
    assert "insecure_dev_setup" not in json.loads(encode_verifying_key(key))
    assert is_insecure(insecure_ceremony("ab" * 32))


def test_a_keys_digest_binds_every_point() -> None:
    """Any point changed changes the digest; the mark is no part of what verifies."""
    key, other = honest(), G1Point.GENERATOR * 5
    changed = [
        unchecked_replace(key, alpha_1=other),
        unchecked_replace(key, beta_2=G2Point.GENERATOR * 5),
        unchecked_replace(key, gamma_2=G2Point.GENERATOR * 5),
        unchecked_replace(key, delta_2=G2Point.GENERATOR * 5),
        *(unchecked_replace(key, ic=(*key.ic[:i], other, *key.ic[i + 1 :])) for i in range(3)),
        unchecked_replace(key, ic=key.ic[:-1]),
    ]
    assert len({k.digest() for k in (key, *changed)}) == 1 + len(changed)
    assert replace(key, insecure=False) == key
    assert replace(key, insecure=False).digest() == key.digest()
