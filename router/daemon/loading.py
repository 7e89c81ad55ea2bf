"""From the store to an engine that is active: everything between opening the one and the first command of the
other.

It must not know listeners or signals. The one idea: time goes on from the last commit, and whoever could not
speak to us meanwhile is charged nothing for it.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from router.config.model import Configuration
from router.core.engine import Engine
from router.core.internal import Restarted
from router.core.records import BadRecord
from router.loop.clock import Clock, Resumed, boot_id, boot_us, resume, wall_us
from router.loop.loop import SYSTEM
from router.store import open_store
from router.store.base import Stamp, Store, StoreUnusable


class Loaded(NamedTuple):
    """What a start begins with."""

    store: Store
    engine: Engine
    clock: Clock
    resumed: Resumed
    records: int


def load(configuration: Configuration, speed: int = 1) -> Loaded:
    """Open the store, begin an epoch, load every record and activate the engine. Raises `StoreUnusable`."""
    record = configuration.record
    streams_most = {"history": record.history_records_max, "audit": record.audit_records_max}
    site = configuration.settings.site
    store = open_store(configuration.store.url, site, temporary=speed != 1, streams_most=streams_most)
    try:
        now = Stamp(0, boot_us(), wall_us(), boot_id())
        resumed = resume(store.stamp, now, speed)
        engine = Engine(configuration.settings, store.begin_epoch(now))
        records = _put_all(store, engine)
        # The records may be younger than the stamp of the last batch by no more than that batch itself.
        core_us = max(resumed.core_us, engine.stored_us)
        clock = Clock(core_us, speed, boot_name=now.boot_id)
        engine.activate(core_us)
        if records:
            engine.apply(core_us, SYSTEM, Restarted())
    except BaseException:
        store.close()
        raise
    return Loaded(store, engine, clock, resumed, records)


def _put_all(store: Store, engine: Engine) -> int:
    records = 0
    # Kinds come a million times over in few different texts; one object each.
    intern = sys.intern
    try:
        for kind, key, value in store.load():
            engine.put(intern(kind), key, value)
            records += 1
    except BadRecord as error:
        raise StoreUnusable(
            "bad_record",
            f"the store has a record that this release can't read: {error}",
            "start the release that wrote it, or put back a copy of the store; nothing in it was changed",
        ) from error
    return records
