"""Messages to one person: HPKE as RFC 9180 has it, and nothing in them for anybody else."""

from __future__ import annotations

import pytest

from prover.messages import MatcherCard, OrderMessage, Recipient, Undecipherable, encrypt_to, seal
from zk.errors import Malformed
from zk.randomness import insecure_seeded_randomness

#: RFC 9180, appendix A.2.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, base mode,
#: sequence number 0.
RECIPIENT = bytes.fromhex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a")
EPHEMERAL = bytes.fromhex("f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600")
ENCAPSULATED = "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
CIPHERTEXT = (
    "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
)


def test_the_vector_of_the_rfc() -> None:
    """Sealing gives the RFC's bytes."""
    text, info = b"Beauty is truth, truth beauty", b"Ode on a Grecian Urn"
    sealed = seal(RECIPIENT, text, EPHEMERAL, info, b"Count-0")
    assert sealed.hex() == ENCAPSULATED + CIPHERTEXT


@pytest.mark.parametrize("plaintext", [b"", b"x", bytes(5000)])
def test_the_library_opens_what_we_seal(plaintext: bytes) -> None:
    """Sealing is ours, opening is the library's, and they agree."""
    recipient = Recipient.draw()
    assert recipient.decrypt(encrypt_to(recipient.public, plaintext)) == plaintext


def test_repeatable_from_a_seed() -> None:
    """The same randomness gives the same bytes; the system's never does."""
    public = Recipient.draw().public
    one, two = (encrypt_to(public, b"x", insecure_seeded_randomness(1)) for _ in range(2))
    assert one == two
    assert encrypt_to(public, b"x") != encrypt_to(public, b"x")


def test_damage_and_strangers() -> None:
    """Every byte counts, and another key opens nothing."""
    recipient = Recipient.draw()
    message = encrypt_to(recipient.public, b"hello")
    for place in range(len(message)):
        bent = bytearray(message)
        bent[place] ^= 1
        with pytest.raises(Undecipherable):
            recipient.decrypt(bytes(bent))
    for cut in (b"", message[:31], message[:-1], message + b"\0"):
        with pytest.raises(Undecipherable):
            recipient.decrypt(cut)
    with pytest.raises(Undecipherable):
        Recipient.draw().decrypt(message)


@pytest.mark.parametrize(
    "key", [b"", bytes(31), bytes(33), bytes(32), (1).to_bytes(32, "little")], ids=len
)
def test_a_key_that_shares_nothing_is_refused(key: bytes) -> None:
    """Of the wrong length, or of small order: whoever sees it could read the message."""
    with pytest.raises(Malformed, match="X25519"):
        encrypt_to(key, b"x")


def test_nothing_prints_itself() -> None:
    """Neither the key nor the order."""
    recipient = Recipient.draw()
    message = OrderMessage(ledger=bytes(32), account=1, order=2, values=(31337,), blinding=7)
    printed = f"{recipient}{recipient!r}{message}{message!r}"
    assert recipient.secret.hex() not in printed
    assert "31337" not in printed
    with pytest.raises(Malformed, match="32 bytes"):
        Recipient(b"short")


def test_what_is_said_has_one_form() -> None:
    """Canonical JSON, read back exactly."""
    message = OrderMessage(ledger=bytes(32), account=1, order=2, values=(-1, 0), blinding=7)
    assert OrderMessage.decode(message.encode()) == message
    assert message.opening.values == (-1, 0)
    card = MatcherCard(matcher=bytes(32), messages=bytes(32))
    assert MatcherCard.decode(card.encode()) == card
