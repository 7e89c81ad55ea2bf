"""The client's half of hello, with and without a key."""

from __future__ import annotations

import pytest

from router.client.handshake import Handshake, HandshakeFailed, Identity
from router.wire import catalogue as c
from router.wire.proof import proof
from tests.client.fake import ENGINE_NONCE, LIMITS

KEY = b"a shared key"
NONCE = b"n" * 32
WELCOME = c.Welcome(1, [], "leader", 1, "memory", 5000, LIMITS)


def handshake(key: bytes | None) -> Handshake:
    return Handshake(Identity("gw", "gateway", "i1", key=key), epoch_seen=3, nonce=NONCE)


def test_hello_says_who_and_what_was_seen() -> None:
    """The highest epoch seen goes with it; a nonce only where there is a key."""
    assert handshake(None).hello == c.Hello("gw", "gateway", "i1", epoch_seen=3)
    assert handshake(KEY).hello.nonce == NONCE


def test_without_a_key_welcome_is_the_end() -> None:
    """A listener that trusts who reaches it lets the client in at once."""
    assert handshake(None).take(WELCOME) is WELCOME


def test_with_a_key_both_sides_prove() -> None:
    """The engine's proof is checked, ours sent, and then welcome counts."""
    shake = handshake(KEY)
    answer = shake.take(c.Challenge(ENGINE_NONCE, proof(KEY, "engine", shake.hello, ENGINE_NONCE)))
    assert answer == c.Auth(proof(KEY, "client", shake.hello, ENGINE_NONCE))
    assert shake.take(WELCOME) is WELCOME


@pytest.mark.parametrize(
    ("key", "message", "code"),
    [
        (KEY, c.Challenge(ENGINE_NONCE, b"x" * 32), "wrong_key"),
        (KEY, WELCOME, "wrong_key"),
        (None, c.Challenge(ENGINE_NONCE, b"x" * 32), "wrong_key"),
        (None, c.Error(0, "no_common_protocol", closes=True), "no_common_protocol"),
        (None, c.Closing("stopping", 500), "stopping"),
        (None, c.Ok(1), "bad_message"),
    ],
)
def test_everything_else_ends_the_connection(key: bytes | None, message: c.Message, code: str) -> None:
    """An engine that does not prove itself, refuses us or says something else is not talked to."""
    with pytest.raises(HandshakeFailed) as failed:
        handshake(key).take(message)
    assert failed.value.code == code


def test_a_retry_time_is_kept() -> None:
    """When the engine says when to come back, the dialer hears of it."""
    with pytest.raises(HandshakeFailed) as failed:
        handshake(None).take(c.Closing("stopping", 500))
    assert failed.value.retry_ms == 500
