"""What the connections need to know, out of the configuration.

The one idea: the server's own types know no configuration, and the configuration knows no server; this is the
one place where one becomes the other.
"""

from __future__ import annotations

from importlib import metadata

from router.config.model import Configuration
from router.core.handlers.state import ENTRIES_A_FRAME
from router.server.limits import Door, ServerLimits
from router.store.base import Store
from router.store.redis.store import RedisStore
from router.terms import SECOND_US, Role
from router.wire.catalogue import Limits
from router.wire.frames import FRAME_BYTES_MAX
from router.wire.proof import peer_key
from router.wire.session import EngineFacts, Timing

DISTRIBUTION = "switchboard-acd"


def server_limits(configuration: Configuration) -> ServerLimits:
    """The caps on connections."""
    connections = configuration.connections
    return ServerLimits(
        connections_max=connections.connections_max,
        newcomers_max=connections.newcomers_max,
        hellos_per_s=connections.hellos_per_s,
        unread_bytes_max=connections.unread_bytes_max,
    )


def door(configuration: Configuration) -> Door:
    """How the TCP listener treats who comes."""
    connections = configuration.connections
    timing = Timing(
        auth_most_s=connections.auth_most_us / SECOND_US,
        frame_most_s=connections.frame_most_us / SECOND_US,
        heartbeat_s=connections.heartbeat_us / SECOND_US,
    )
    return Door(
        timing=timing,
        trust="keys_if_any" if configuration.listen.trust_loopback else "keys",
    )


def facts(configuration: Configuration, store: Store, epoch: int, standby: bool = False) -> EngineFacts:
    """What welcome says."""
    connections = configuration.connections
    lead = store.lead if isinstance(store, RedisStore) else None
    return EngineFacts(
        epoch=epoch,
        durability=store.durability,
        limits=Limits(
            frame_bytes_max=FRAME_BYTES_MAX,
            data_bytes_max=configuration.settings.limits.data_bytes_max,
            frame_most_s=connections.frame_most_us // SECOND_US,
            sync_entries_max=ENTRIES_A_FRAME,
            unread_bytes_max=connections.unread_bytes_max,
        ),
        version=version(),
        state="standby" if standby else "leader",
        leader=lead.turn if lead is not None else "",
    )


def keys(configuration: Configuration) -> dict[str, bytes]:
    """Peer key -> the key that it must prove to have."""
    return {peer_key(peer.tenant, peer.name): peer.key for peer in configuration.peers if peer.key is not None}


def roles(configuration: Configuration) -> dict[str, Role]:
    """Peer key -> the role that its key is for."""
    return {peer_key(peer.tenant, peer.name): peer.role for peer in configuration.peers}


def version() -> str:
    """Of the installed distribution; empty in a tree that is not installed."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return ""
