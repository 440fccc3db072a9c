"""Secrets at rest: one password opens them, and a hostile file costs nobody anything."""

from __future__ import annotations

import hashlib

import pytest

from prover import sealed_file
from prover.guardian import KeyShare
from prover.guardian.errors import ShareRejected
from prover.sealed_file import (
    MAX_MEMORY,
    Cost,
    Lock,
    WrongPassword,
    is_sealed,
    seal,
    unseal,
)
from tests.prover.guardian.circle import trusted
from zk.errors import Malformed, MalformedFile
from zk.randomness import insecure_seeded_randomness

CHEAP = Cost(14)
PLAIN = b"a secret of some length"
SEALED = seal("right", PLAIN, insecure_seeded_randomness(1), CHEAP)


def repaired(body: bytes) -> bytes:
    """As somebody would write it who changes a file on purpose."""
    return body + hashlib.sha256(body).digest()


def test_the_password_opens_it() -> None:
    """What comes out is what went in; also nothing, and also under the standard cost."""
    assert unseal("right", SEALED) == PLAIN
    assert unseal("right", seal("right", b"", cost=CHEAP)) == b""
    assert unseal("right", seal("right", PLAIN)) == PLAIN


def stretchings(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The salts that scrypt is asked about from now on."""
    salts: list[bytes] = []

    def counted(password: str, salt: bytes, cost: Cost) -> bytes:
        salts.append(salt)
        return stretched(password, salt, cost)

    stretched = sealed_file._stretched
    monkeypatch.setattr(sealed_file, "_stretched", counted)
    return salts


def test_a_lock_stretches_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it seals and opens; every file has a nonce of its own, and opens alone."""
    salts = stretchings(monkeypatch)
    lock = Lock("right", CHEAP)
    files = [lock.seal(PLAIN) for _ in range(5)]
    assert [lock.unseal(data) for data in files] == [PLAIN] * 5
    assert len(salts) == 1
    assert len({data[27:39] for data in files}) == 5
    assert len({data[39:] for data in files}) == 5
    assert [unseal("right", data) for data in files] == [PLAIN] * 5


def test_a_lock_goes_on_with_the_salt_of_what_it_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only if that cost as much as it is to cost; and never with the salt of what it could not."""
    salts = stretchings(monkeypatch)
    lock = Lock("right", CHEAP)
    lock.unseal(SEALED)
    assert lock.seal(PLAIN)[11:27] == SEALED[11:27]
    assert len(salts) == 1
    dearer = Lock("right", Cost(15))
    dearer.unseal(SEALED)
    assert dearer.seal(PLAIN)[8:27] != SEALED[8:27]
    wrong = Lock("wrong", CHEAP)
    with pytest.raises(WrongPassword):
        wrong.unseal(SEALED)
    assert wrong.seal(PLAIN)[11:27] != SEALED[11:27]


#: Written by the code of the first version, of which nothing else is left.
OLDER = bytes.fromhex(
    "54414349545346310e08012f6e3c47c2a303f702925027faa867124384048fc3c35d487c8d46a34d9177e3bc07dd"
    "4df8ee710e4515a3160e66ac713f4145cd58cdd835f01c4835c43959bf5b2bc7d35dfe344ecfe9e320874c4324d6"
    "2aa27aec6952"
)


def test_a_file_of_the_first_version_opens() -> None:
    """It is sealed anew as one of the second; neither passes for the other."""
    assert is_sealed(OLDER)
    assert unseal("right", OLDER) == PLAIN
    lock = Lock("right", CHEAP)
    lock.unseal(OLDER)
    again = lock.seal(PLAIN)
    assert again[:8] == b"TACITSF2"
    assert unseal("right", again) == PLAIN
    for magic, data in ((b"TACITSF2", OLDER), (b"TACITSF1", SEALED)):
        with pytest.raises((WrongPassword, MalformedFile)):
            unseal("right", repaired(magic + data[8:-32]))
    with pytest.raises(WrongPassword):
        unseal("wrong", OLDER)


def test_a_lock_shows_nothing() -> None:
    """Neither the password nor the key."""
    lock = Lock("right", CHEAP)
    lock.seal(PLAIN)
    assert "right" not in repr(lock)


def test_the_same_file_for_the_same_randomness() -> None:
    """And another one for another salt."""
    assert seal("right", PLAIN, insecure_seeded_randomness(1), CHEAP) == SEALED
    assert seal("right", PLAIN, cost=CHEAP)[27:] != SEALED[27:]


def test_another_password_does_not() -> None:
    """It is told apart from damage, and no empty password is taken."""
    for wrong in ("Right", "right ", "wrong"):
        with pytest.raises(WrongPassword, match="password"):
            unseal(wrong, SEALED)
    with pytest.raises(Malformed, match="password"):
        seal("", PLAIN)


def test_a_password_is_the_same_however_it_is_typed() -> None:
    """é as one character and as two."""
    sealed = seal("caf\u00e9", PLAIN, cost=CHEAP)
    assert unseal("cafe\u0301", sealed) == PLAIN


def test_a_password_is_in_any_script() -> None:
    """Outside of Latin-1 too; bytes that are no text are refused, without being quoted."""
    for password in ("κλειδί", "密码", "clé"):
        assert unseal(password, seal(password, PLAIN, cost=CHEAP)) == PLAIN
    with pytest.raises(Malformed, match="UTF-8"):
        seal("\udcff", PLAIN, cost=CHEAP)


def test_damage_is_seen_before_the_password_is_tried() -> None:
    """Every byte that flips, and every length but the whole."""
    for index in range(8, len(SEALED)):
        damaged = bytearray(SEALED)
        damaged[index] ^= 1
        with pytest.raises(MalformedFile, match="sealed file"):
            unseal("right", bytes(damaged))
    for length in (0, 7, 8, 40, len(SEALED) - 1):
        with pytest.raises(MalformedFile):
            unseal("right", SEALED[:length])
    with pytest.raises(MalformedFile):
        unseal("right", b"TACITSF3" + SEALED[8:])


def test_a_file_that_was_changed_on_purpose_does_not_open() -> None:
    """Salt, nonce, ciphertext and tag are authenticated; so is what the header says of the cost."""
    body = SEALED[:-32]
    for index in (11, 26, 27, 38, 39, len(body) - 1):
        changed = bytearray(body)
        changed[index] ^= 1
        with pytest.raises(WrongPassword, match="rewritten"):
            unseal("right", repaired(bytes(changed)))


@pytest.mark.parametrize(
    ("log_n", "r", "p"),
    [(40, 8, 1), (255, 255, 255), (20, 8, 1), (14, 8, 255), (14, 255, 1), (13, 8, 1), (14, 0, 1)],
)
def test_a_hostile_file_asks_in_vain(log_n: int, r: int, p: int) -> None:
    """Terabytes of memory, hours of work, or no cost at all: refused before it is run."""
    body = SEALED[:8] + bytes((log_n, r, p)) + SEALED[11:-32]
    with pytest.raises(MalformedFile, match="cost"):
        unseal("right", repaired(body))
    with pytest.raises(MalformedFile, match="cost"):
        Cost(log_n, r, p)


def test_the_most_that_is_allowed_is_little() -> None:
    """No cost that is accepted needs more than the bound."""
    assert Cost(18).memory == MAX_MEMORY


def test_a_share_lives_in_such_a_file() -> None:
    """It comes back whole, and one that does not fit its public share is refused."""
    _, shares = trusted(3, 2)
    data = shares[1].seal("pass", cost=CHEAP)
    assert KeyShare.unseal("pass", data) == shares[1]
    with pytest.raises(WrongPassword):
        KeyShare.unseal("word", data)
    wrong = shares[1].model_copy(update={"secret": shares[0].secret})
    with pytest.raises(ShareRejected, match="guardian 1"):
        KeyShare.unseal("pass", wrong.seal("pass", cost=CHEAP))


def test_no_error_shows_a_share() -> None:
    """Bytes that are almost a share are refused without being repeated."""
    _, shares = trusted(3, 2)
    data = shares[0].encode()
    secret = data[data.index(b'"secret":"') + 10 :][:64]
    for broken in (data.replace(secret, b"f" + secret), data + b" ", data[:-1]):
        with pytest.raises(Malformed, match="redacted") as error:
            KeyShare.decode(broken)
        assert secret.decode()[:16] not in str(error.value)
