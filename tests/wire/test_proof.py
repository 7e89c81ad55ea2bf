"""The handshake's proofs, computed a second time by hand."""

import hashlib
import hmac

from router.wire.messages import Hello
from router.wire.proof import peer_key, proof, proves

HELLO = Hello(name="gw1", role="gateway", instance="i-1", tenant="bank", nonce=b"n" * 16)
ENGINE_NONCE = b"e" * 32
KEY = b"secret key of gw1"


def test_a_proof_is_what_the_protocol_page_says() -> None:
    """HMAC-SHA256 over the named lines."""
    text = "\n".join(
        ["switchboard 1", "client", "bank/gw1", "gateway", "i-1", ("n" * 16).encode().hex(), ENGINE_NONCE.hex()]
    )
    expected = hmac.new(KEY, text.encode(), hashlib.sha256).digest()
    assert proof(KEY, "client", HELLO, ENGINE_NONCE) == expected
    assert proves(expected, proof(KEY, "client", HELLO, ENGINE_NONCE))


def test_every_part_counts() -> None:
    """Another key, side, name, tenant, role, instance or nonce is another proof."""
    changed = [
        proof(KEY + b"x", "client", HELLO, ENGINE_NONCE),
        proof(KEY, "engine", HELLO, ENGINE_NONCE),
        proof(KEY, "client", HELLO, b"f" * 32),
    ]
    for field, value in {
        "name": "gw2",
        "tenant": "shop",
        "role": "desk",
        "instance": "i-2",
        "nonce": b"m" * 16,
    }.items():
        fields = {name: getattr(HELLO, name) for name in HELLO.__struct_fields__} | {field: value}
        changed.append(proof(KEY, "client", Hello(**fields), ENGINE_NONCE))
    changed.append(proof(KEY, "client", HELLO, ENGINE_NONCE))
    assert len(set(changed)) == len(changed)


def test_peers_of_two_tenants_never_share_a_key() -> None:
    """The slash can stand in neither part."""
    assert peer_key("a", "b") == "a/b"
