"""The messages of the session itself: hello and its handshake, heartbeats, the monitor's subscription.

They never reach the core: the session answers them. Everything else on the wire is a command or an effect of
the core.

Handshake with shared keys, both ways (what a proof is made of: `router/wire/proof.py`):

    client: hello(nonce)                engine: challenge(nonce, proof of "engine")
    client: auth(proof of "client")     engine: welcome

A client without a key in the configuration, on a listener that trusts who reaches it, gets `welcome` at once.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from router.core.effects import Message, Reply
from router.terms import NewId, Role, Seq, Who, Why

Nonce = Annotated[bytes, Meta(min_length=16, max_length=64)]
Version = Annotated[int, Meta(ge=0, le=2**16)]
Epoch = Annotated[int, Meta(ge=0, le=2**53)]
EventNumber = Annotated[int, Meta(ge=0, le=2**53)]


class SessionMessage(Struct, tag_field="t", forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What a client says to the session."""


class Hello(SessionMessage, tag="hello"):
    """The first message of a connection."""

    name: NewId
    role: Role
    instance: NewId
    """Drawn at the client's start; numbers of commands (`seq`) rise within it."""
    protocol_least: Version = 1
    protocol_most: Version = 1
    tenant: NewId = "main"
    features: Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=32)] = ()
    """`ringing`: it reports ringing. `no_connect_report`: accept is connect. `dials`: it can dial, so that it carries
    out call-backs. `confirm`: it answers `confirm`. `partners`: it can connect a customer with a partner. Unknown
    ones are ignored."""
    epoch_seen: Epoch = 0
    """The highest epoch that any engine has told this client; above ours, we are not the leader any more."""
    nonce: Nonce | None = None


class Auth(SessionMessage, tag="auth"):
    """The client's proof that it has the key."""

    proof: Annotated[bytes, Meta(min_length=32, max_length=32)]


class Ping(SessionMessage, tag="ping"):
    """A sign of life; the engine answers `pong` at once, before anything that is being kept."""

    seq: Seq = 1


class Subscribe(SessionMessage, tag="subscribe"):
    """A monitor asks for numbered agent and contact events, from the one after `after` of `epoch` if they are
    still kept; else the engine answers with `resumed.from_number` above it, and the monitor asks `status`
    anew."""

    seq: Seq
    epoch: Epoch = 0
    after: EventNumber = 0


class HandOver(SessionMessage, tag="hand_over"):
    """A supervisor asks the leader to let the standby lead: everything decided is kept and told first, and no contact
    is lost. This is how one upgrades. Who asked, and why, is kept in the audit before the lead is given away."""

    seq: Seq
    who: Who
    """The person, as they call themselves; the connection's own name is kept beside it."""
    why: Why
    """Their reason, in a line."""


class Bye(SessionMessage, tag="bye"):
    """The client leaves for good: what it owns is treated as after the grace time, at once."""


class Challenge(Message, tag="challenge"):
    """The engine's nonce, and its proof that it has the key."""

    nonce: bytes
    proof: bytes


class Limits(Struct, omit_defaults=True, gc=False):
    """What the client should know of the engine's limits."""

    frame_bytes_max: int
    data_bytes_max: int
    frame_most_s: int
    sync_entries_max: int
    unread_bytes_max: int


class Welcome(Message, tag="welcome"):
    """The client is let in. The epoch holds for all that follows on this connection."""

    protocol: int
    features: list[str]
    state: Literal["leader", "standby"]
    epoch: int
    durability: str
    heartbeat_ms: int
    limits: Limits
    version: str = ""
    leader: str = ""
    """Drawn for this turn of leading, where several daemons may lead. Of two that say the same epoch with different
    names here, only the one that was seen first is to be believed."""


class Pong(Message, tag="pong"):
    """Here."""

    re: int


class Resumed(Message, tag="resumed"):
    """Events follow from `from_number` on."""

    re: int
    epoch: int
    from_number: int


class HandedOver(Reply, tag="handed_over"):
    """The lease is given up, and this connection is closed; the standby leads within a moment."""

    to: str
    """The name of the daemon that stands by, as its `[lease]` has it."""


class Closing(Message, tag="closing"):
    """The engine is about to close the connection: why, and when to come back."""

    code: str
    retry_ms: int = 0


SESSION_REQUESTS: tuple[type[SessionMessage], ...] = (Hello, Auth, Ping, Subscribe, HandOver, Bye)
SESSION_REPLIES: tuple[type[Message], ...] = (Challenge, Welcome, Pong, Resumed, HandedOver, Closing)
