"""What client and engine prove to one another: that both hold the key of this name. The key itself never
travels.

    proof = HMAC-SHA256(key, text)      32 bytes
    text  = "switchboard 1", who, tenant/name, role, instance, hex(client's nonce), hex(engine's nonce)

as UTF-8 lines joined by single newlines, none at the end; `who` is "engine" in `challenge` and "client" in
`auth`, so that neither side's proof can be sent back to it as its own. Both nonces are in it, so that an old
one is worth nothing. No name, role or instance can hold a newline: their pattern forbids it.
"""

from __future__ import annotations

import hmac
from typing import Final, Literal

from router.wire.messages import Hello

LABEL: Final = "switchboard 1"
NONCE_BYTES: Final = 32
"""Bytes that the engine draws for a challenge; a client's may have 16 to 64."""


def peer_key(tenant: str, name: str) -> str:
    """The name under which the engine knows a client: no two tenants share one."""
    return f"{tenant}/{name}"


def proof(key: bytes, who: Literal["engine", "client"], hello: Hello, engine_nonce: bytes) -> bytes:
    """The 32 bytes by which `who` proves to hold `key`. `hello` is the one of this connection, with its
    nonce."""
    lines = (
        LABEL,
        who,
        peer_key(hello.tenant, hello.name),
        hello.role,
        hello.instance,
        (hello.nonce or b"").hex(),
        engine_nonce.hex(),
    )
    return hmac.digest(key, "\n".join(lines).encode(), "sha256")


def proves(expected: bytes, given: bytes) -> bool:
    """Whether two proofs are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(expected, given)
