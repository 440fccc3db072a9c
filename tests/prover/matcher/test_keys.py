"""A matcher's key file: sealed or plainly marked, and never written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.matcher.keys import MatcherKeys, read_key_file, write_new
from prover.messages import MatcherCard
from prover.sealed_file import WrongPassword
from zk.errors import Conflict, MalformedFile
from zk.randomness import insecure_seeded_randomness


@pytest.fixture(scope="module")
def keys() -> MatcherKeys:
    return MatcherKeys.draw(insecure_seeded_randomness(1))


def test_a_sealed_file_opens_under_its_password(keys: MatcherKeys) -> None:
    """And under no other; nothing of the keys stands in it."""
    data = keys.sealed("correct horse")
    assert MatcherKeys.of_file(data, "correct horse") == keys
    with pytest.raises(WrongPassword):
        MatcherKeys.of_file(data, "battery staple")
    for secret in (keys.seed, keys.signer.seed, keys.recipient.secret):
        assert secret not in data
        assert secret.hex().encode() not in data


def test_a_plain_file_says_what_it_is(keys: MatcherKeys) -> None:
    """Its first word is `insecure`."""
    data = keys.insecure_plain()
    assert data.startswith(b'{"insecure":"whoever reads this file')
    assert MatcherKeys.of_file(data, "") == keys


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b'{"insecure":"no","matcher":{}}'])
def test_another_file_is_refused(damage: bytes) -> None:
    """In one line, and without repeating what stood in it."""
    with pytest.raises(MalformedFile, match="the keys of a matcher, got something else"):
        MatcherKeys.of_file(damage, "")


def test_a_damaged_file_does_not_show_its_secrets(keys: MatcherKeys) -> None:
    """An error about a key file repeats nothing of it."""
    damaged = keys.insecure_plain().replace(b'"seed"', b'"sead"')
    with pytest.raises(MalformedFile) as caught:
        MatcherKeys.of_file(damaged, "")
    assert keys.seed.hex()[:16] not in str(caught.value)


def test_keys_that_are_there_are_kept(keys: MatcherKeys, tmp_path: Path) -> None:
    """Orders may name them; and nobody else can read the file."""
    path = tmp_path / "pool.key"
    write_new(path, keys.insecure_plain())
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(Conflict, match="a new file"):
        write_new(path, b"other")
    assert MatcherKeys.of_file(read_key_file(path), "") == keys


def test_the_card_shows_public_keys_only(keys: MatcherKeys) -> None:
    """What owners are given can be published."""
    card = MatcherCard.decode(keys.card.encode())
    assert (card.matcher, card.messages) == (keys.signer.public, keys.recipient.public)
