"""The client's half of hello: what to say first, and what to make of the answers until `welcome`.

It knows no socket; nonces are passed in. The one idea: a client that has a key takes no `welcome` from an
engine that has not proved to have it too, so an address that was taken over learns nothing and is told
nothing."""

from __future__ import annotations

from dataclasses import dataclass

from router.terms import PROTOCOL, Role
from router.wire.catalogue import Auth, Challenge, Closing, Error, Hello, Message, Welcome
from router.wire.proof import proof, proves

NONCE_BYTES = 32
"""Drawn for each connection; the protocol allows 16 to 64."""


class HandshakeFailed(Exception):
    """The connection is of no use. `code` is one of the protocol page's errors."""

    def __init__(self, code: str, detail: str = "", retry_ms: int = 0) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.retry_ms = retry_ms


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a client is; `instance` is drawn anew at each start of the program."""

    name: str
    role: Role
    instance: str
    tenant: str = "main"
    features: tuple[str, ...] = ()
    key: bytes | None = None


class Handshake:
    """One connection from hello to welcome."""

    def __init__(self, identity: Identity, epoch_seen: int, nonce: bytes) -> None:
        self._key = identity.key
        self._proved = identity.key is None
        self.hello = Hello(
            name=identity.name,
            role=identity.role,
            instance=identity.instance,
            protocol_least=PROTOCOL,
            protocol_most=PROTOCOL,
            tenant=identity.tenant,
            features=identity.features,
            epoch_seen=epoch_seen,
            nonce=None if identity.key is None else nonce,
        )

    def take(self, message: Message) -> Auth | Welcome:
        """What to send next, or the welcome that ends the handshake. Raises `HandshakeFailed`."""
        match message:
            case Challenge():
                return self._answer(message)
            case Welcome() if self._proved:
                return message
            case Welcome():
                raise HandshakeFailed("wrong_key", "the engine asked for no key, and this client has one")
            case Error():
                raise HandshakeFailed(message.code, message.detail)
            case Closing():
                raise HandshakeFailed(message.code, retry_ms=message.retry_ms)
            case _:
                raise HandshakeFailed("bad_message", f"{type(message).__name__} before welcome")

    def _answer(self, challenge: Challenge) -> Auth:
        if self._key is None:
            raise HandshakeFailed("wrong_key", "the engine wants a key for this name, and this client has none")
        if not proves(proof(self._key, "engine", self.hello, challenge.nonce), challenge.proof):
            raise HandshakeFailed("wrong_key", "the engine did not prove that it has the key")
        self._proved = True
        return Auth(proof(self._key, "client", self.hello, challenge.nonce))
