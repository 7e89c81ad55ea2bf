"""From the store to an engine that is active: everything between opening the one and the first command of the
other.

It must not know listeners or signals. The one idea: time goes on from the last commit, and whoever could not
speak to us meanwhile is charged nothing for it.
"""

from __future__ import annotations

import secrets
import socket
import sys
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, NamedTuple

from router.config.model import Configuration
from router.core.engine import Engine
from router.core.internal import Restarted, Secret
from router.core.stored.records import BadRecord
from router.loop import crash
from router.loop.clock import Clock, Resumed, boot_id, boot_us, resume, wall_us
from router.loop.loop import SYSTEM
from router.store import open_store
from router.store.base import Lead, Stamp, Store, StoreUnusable
from router.terms import MILLISECOND_US

SECRET_BYTES: Final = 32
"""Of the key that place tokens are made with."""


CRASH_RECORDS = 10
"""How many records the middle of a loading is after, for tests that crash there."""


class Loaded(NamedTuple):
    """What a start begins with."""

    store: Store
    engine: Engine
    clock: Clock
    resumed: Resumed
    records: int


def opened(configuration: Configuration, speed: int = 1) -> Store:
    """Open the store, and write nothing to it yet. Raises `StoreUnusable`."""
    record = configuration.record
    streams_most = {"history": record.history_records_max, "audit": record.audit_records_max}
    site = configuration.settings.site
    return open_store(configuration.store.url, site, temporary=speed != 1, streams_most=streams_most)


def lead_of(configuration: Configuration, least_epoch: int = 0, own: bool = True) -> Lead:
    """Who this daemon is among those of its site, for one turn of leading."""
    lease = configuration.lease
    name = lease.name or f"{socket.gethostname()}:{configuration.daemon.state_directory}"
    return Lead(name, secrets.token_hex(6), lease.ttl_us // MILLISECOND_US, least_epoch, own, serves(configuration))


def serves(configuration: Configuration) -> str:
    """A digest of the queues that a daemon serves, by name."""
    names = sorted(f"{queue.tenant}/{queue.name}" for queue in configuration.settings.queues)
    return sha256("\n".join(names).encode()).hexdigest()[:16]


def now_stamp() -> Stamp:
    """What the clocks show, without a core time."""
    return Stamp(0, boot_us(), wall_us(), boot_id())


def load(configuration: Configuration, speed: int = 1, lead: Lead | None = None) -> Loaded:
    """Open the store, begin an epoch, load every record and activate the engine. Raises `StoreUnusable`, and
    `StoreHeld` where another daemon leads."""
    store = opened(configuration, speed)
    try:
        now = now_stamp()
        resumed = resume(store.stamp, now, speed)
        engine = Engine(configuration.settings, store.begin_epoch(now, lead))
        records = put_all(store.load(), engine)
        return activated(store, engine, resumed, records, speed)
    except BaseException:
        store.close()
        raise


def activated(store: Store, engine: Engine, resumed: Resumed, records: int, speed: int = 1) -> Loaded:
    """The loaded engine begins to lead in the store's epoch."""
    # The records may be younger than the stamp of the last batch by no more than that batch itself.
    core_us = max(resumed.core_us, engine.stored_us)
    clock = Clock(core_us, speed, boot_name=boot_id())
    crash.at("before_leading")
    engine.activate(core_us, store.epoch)
    engine.keep_only(store.kept_kinds)
    if records:
        engine.apply(core_us, SYSTEM, Restarted())
    # Taken by a site that has none yet: its place tokens are made with it.
    engine.apply(core_us, SYSTEM, Secret(secrets.token_bytes(SECRET_BYTES)))
    return Loaded(store, engine, clock, resumed, records)


def put_all(records: Iterable[tuple[str, str, bytes]], engine: Engine) -> int:
    """Hand stored records to a passive engine. Returns how many. Raises `StoreUnusable`."""
    many = 0
    # Kinds come a million times over in few different texts; one object each.
    intern = sys.intern
    try:
        for kind, key, value in records:
            engine.put(intern(kind), key, value)
            many += 1
            if many == CRASH_RECORDS:
                crash.at("in_the_middle_of_loading")
    except BadRecord as error:
        raise unreadable(error) from error
    return many


def unreadable(error: BadRecord) -> StoreUnusable:
    """The store's error for a record that this release can't read."""
    return StoreUnusable(
        "bad_record",
        f"the store has a record that this release can't read: {error}",
        "start the release that wrote it, or put back a copy of the store; nothing in it was changed",
    )
