"""What people did to the running engine by hand: who, why, what, and how it stood before and after.

One entry a hand's work, appended to the stream `audit` in the very batch that keeps what it changed, so that neither is
ever there without the other. It must not know what any hand does: whoever carries one out calls `write`, once, after
nothing can refuse it any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

if TYPE_CHECKING:
    from router.core.entities import Peer
    from router.core.world import World

STREAM = "audit"

Facts: TypeAlias = dict[str, str]
"""Name -> value, both short texts: only what the hand has changed."""

encode = Encoder().encode
"""An entry as it is stored."""


class Deed(Struct, omit_defaults=True, gc=False):
    """One entry of the stream `audit`."""

    utc_s: int
    """Wall clock, Unix time."""
    tenant: str
    who: str
    """The person, as they gave it."""
    why: str
    what: str
    """The request's name."""
    target: str
    """Whom or what it was about: an agent, a queue, a contact as gateway/id."""
    client: str = ""
    """The name of the connection that it came over."""
    before: Facts = {}
    after: Facts = {}
    epoch: int = 0
    version: int = 0
    """Of the configuration in force."""


def write(world: World, peer: Peer, who: str, why: str, what: str, target: str, before: Facts, after: Facts) -> None:
    """Note a deed of `who` over the client `peer`; it is kept with the changes of this step."""
    note(world, peer.tenant, who, why, what, target, before, after, peer)


def note(
    world: World,
    tenant: str,
    who: str,
    why: str,
    what: str,
    target: str,
    before: Facts,
    after: Facts,
    peer: Peer | None = None,
) -> None:
    """Note what the engine itself did, for a rule or a calendar (`peer`: none), or for a person over `peer`."""
    world.deeds.append(
        Deed(
            world.utc_s, tenant, who, why, what, target, "" if peer is None else peer.name, before, after,
            world.epoch, world.settings.version,
        )
    )  # fmt: skip


decode = Decoder(Deed).decode
"""The entry behind stored bytes. Raises `ValueError`."""
