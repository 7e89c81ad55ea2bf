"""The worked example of a proof on the protocol page: made by the session itself, so that it is right."""

from __future__ import annotations

from router.wire import catalogue as c
from router.wire.proof import LABEL, proof
from tests.docs.registry import renders
from tests.docs.talk import ENGINE_NONCE, Talk

KEY = b"an example, not a key to use"
NONCE = bytes(range(100, 132))
HELLO = c.Hello(name="pbx-1", role="gateway", instance="a1", nonce=NONCE)


@renders("keys.example")
def example() -> str:
    """Key, nonces, the text that is proved, and both proofs."""
    challenge = Talk().hello(HELLO, key=KEY)[0]
    assert isinstance(challenge, c.Challenge)
    assert challenge.proof == proof(KEY, "engine", HELLO, ENGINE_NONCE)
    parts = [LABEL, "engine", "main/pbx-1", "gateway", "a1", NONCE.hex(), ENGINE_NONCE.hex()]
    text = "\\n".join(parts)
    lines = (
        f"key             {KEY.decode()}",
        f"client's nonce  {NONCE.hex()}",
        f"engine's nonce  {ENGINE_NONCE.hex()}",
        "engine's text   " + text.replace("\\n", "\\n\n                "),
        f"engine's proof  {challenge.proof.hex()}",
        f"client's proof  {proof(KEY, 'client', HELLO, ENGINE_NONCE).hex()}",
    )
    return "\n".join(("```text", *lines, "```"))
