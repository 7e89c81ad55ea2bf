"""A daemon that stands by: it keeps an engine warm from what the leader writes, and takes over when the lease ends.

All of it runs in one thread of its own: nobody is served meanwhile who could feel that. It must not know connections.
The one idea: taking over is taking the epoch. From then on the store refuses the former leader's batches, so the feed
has an end; what has been read up to there is the state that was kept.
"""

from __future__ import annotations

import sys
import threading
from typing import Final

from router import logs
from router.core.engine import Engine
from router.core.stored.records import BadRecord
from router.daemon.loading import Loaded, activated, now_stamp, put_all, unreadable
from router.loop.clock import Resumed, boot_us, resume
from router.store.base import Lead, Stamp, StoreAway, StoreHeld, StoreUnusable
from router.store.redis.follow import Hole, Position
from router.store.redis.lease import RENEWALS
from router.store.redis.store import RedisStore
from router.terms import MILLISECOND_US

LOOK_MS: Final = 100
"""How long one look at the feed may wait, and so how long a lease that was given up stays unnoticed."""

SAY_US: Final = 1_000_000
"""How often the leader is told that somebody stands by."""

AWAY_PAUSE_S: Final = 0.2
"""Between two attempts at a store that does not answer."""

OTHER_QUEUES: Final = (
    "where two sites were given one name, give one of them another `site`; where this is a pair, give both the same "
    "configuration: whoever takes over serves what it has been given"
)

_log = logs.get("standby")


class Standby:
    """Follows one store until this daemon leads. `wait_us`: after handing over, how long the lead is left to others."""

    def __init__(self, store: RedisStore, engine: Engine, lead: Lead, wait_us: int = 0) -> None:
        self.store = store
        self.engine = engine
        self._lead = lead
        self._stopped = threading.Event()
        self._not_before_us = boot_us() + wait_us
        self._said_us = 0
        self._ahead_us: int | None = None
        """Core time less our boot clock, as the batches that came show it: what the leader counts by."""
        self._follower = store.follower()
        self._following = False
        """What there was is loaded, and the feed goes on from there."""
        self._pause_s = 0.0
        """Before loading again."""
        self._away = ""
        """The code with which the store was last away: told once, and not with every try; empty while it is there."""
        self.leader = ""
        """Who leads, as far as we know."""

    @property
    def position(self) -> Position:
        """How far the leader has been followed."""
        return self._follower.position

    def stop(self) -> None:
        """Stand by no longer."""
        self._stopped.set()

    def run(self) -> Loaded | None:
        """Follow until the lease is ours; None where that was not to be. Raises `StoreUnusable`."""
        loaded: Loaded | None = None
        try:
            while loaded is None and not self._stopped.is_set():
                loaded = self.look(LOOK_MS)
                if not self._following:
                    self._stopped.wait(self._pause_s)
        finally:
            self._follower.close()
        return loaded

    def look(self, wait_ms: int) -> Loaded | None:
        """Follow a piece further, waiting for one no longer than that, and lead if nobody does. Raises
        `StoreUnusable`."""
        try:
            if not self._following:
                self._load()
                self._following = True
            self._read(wait_ms)
            self._away = ""
            self._say()
            if self._may_take() and self._takes():
                return self._finish()
        except Hole:
            _log.info("load_again", why="the feed does not go on where we are")
            self._following, self._pause_s = False, 0.0
        except StoreAway as error:
            self._wait_for_store(error)
        except StoreUnusable as error:
            # To a start that is the end; who stands by is there to wait.
            if not isinstance(error.__cause__, StoreAway):
                raise
            self._wait_for_store(error.__cause__)
        return None

    def _wait_for_store(self, error: StoreAway) -> None:
        # The leader goes on without it, or not: either way nobody can take a lease from a store that is away. Its lease
        # has run out by the time when the store is back, and what it routed meanwhile it alone has: it comes first.
        self._not_before_us = max(self._not_before_us, boot_us() + self._lead.ttl_ms * MILLISECOND_US // RENEWALS)
        if error.code != self._away:
            _log.warning("store_away", code=error.code, why=error.what, remedy=error.remedy)
        self._away = error.code
        self._following, self._pause_s = False, AWAY_PAUSE_S

    def _load(self) -> None:
        self.engine.forget()
        records = put_all(self._follower.load(), self.engine)
        leader, serves = self._follower.leader(), self._follower.serves()
        _log.info("following", leader=leader, records=records, epoch=self.position.epoch)
        if leader and serves and self._lead.serves and serves != self._lead.serves:
            what = f"{leader} has {self._follower.lease_key}, and serves other queues than this daemon is to serve"
            _log.error("other_queues", what=what, remedy=OTHER_QUEUES)

    def _read(self, wait_ms: int) -> int:
        """Take over what the feed has next. Returns how many batches."""
        entries = self._follower.entries(wait_ms)
        intern = sys.intern
        for entry in entries:
            try:
                for kind, key, record in entry.records():
                    if record is None:
                        self.engine.drop(intern(kind), key)
                    else:
                        self.engine.put(intern(kind), key, record)
            except BadRecord as error:
                raise unreadable(error) from error
            if entry.stamp is not None:
                self._note_time(entry.stamp)
        return len(entries)

    def _note_time(self, stamp: Stamp) -> None:
        # A batch that is read late makes the leader's time look early: the largest difference is the truest.
        ahead_us = stamp.core_us - boot_us()
        if self._ahead_us is None or ahead_us > self._ahead_us:
            self._ahead_us = ahead_us

    def _say(self) -> None:
        now_us = boot_us()
        if now_us - self._said_us >= SAY_US:
            self._said_us = now_us
            self._follower.say_so(self._lead.name)

    def _may_take(self) -> bool:
        self.leader = self._follower.leader()
        if self.leader:
            # It has been taken up; from now on it may come back to us.
            self._not_before_us = 0
        return not self.leader and boot_us() >= self._not_before_us

    def _takes(self) -> bool:
        """Take the epoch, if the lease is free."""
        try:
            self.store.begin_epoch(now_stamp(), self._lead)
        except StoreHeld:
            return False
        _log.warning("taking_over", epoch=self.store.epoch)
        return True

    def _finish(self) -> Loaded:
        """The epoch is ours: read the feed to its end, and begin."""
        end = Position(self.store.epoch, 0)
        try:
            while self.position != end:
                before = self.position
                if not self._read(0) and self.position == before:
                    raise Hole
            whole = self._follower.counts() == self.engine.stored_counts
        except Hole:
            whole = False
        if not whole:
            # Nobody writes any more, so loading is exact now.
            _log.warning("load_again", why="the feed does not lead to the end")
            self.engine.forget()
            put_all(self.store.load(), self.engine)
        records = sum(self.engine.stored_counts.values())
        return activated(self.store, self.engine, self._resumed(), records)

    def _resumed(self) -> Resumed:
        """Core time now: by the boot clock where the leader was on this machine, else by what its batches showed."""
        now = now_stamp()
        stamp = self._follower.stamp
        resumed = resume(stamp, now)
        if resumed.how == "same_boot" or self._ahead_us is None or stamp is None:
            return resumed
        core_us = max(stamp.core_us, now.boot_us + self._ahead_us)
        return Resumed(core_us, core_us - stamp.core_us, "followed")


def wait_after_us(lead: Lead) -> int:
    """How long whoever gave the lead away leaves it to others."""
    return 2 * lead.ttl_ms * MILLISECOND_US
