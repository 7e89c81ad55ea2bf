"""What a machine and its store are like, before anybody depends on them: `switchboard doctor`.

It changes nothing but a page that it writes to time the disk. The one idea: each finding says what it means for those
who wait, and what to do.
"""

from __future__ import annotations

import os
import platform
import resource
import tempfile
import time
from pathlib import Path
from typing import Literal, NamedTuple

from router.config.model import Configuration
from router.daemon.loading import opened
from router.daemon.process import loop_factory
from router.loop.clock import boot_id
from router.store.base import Store, StoreError
from router.store.redis.store import RedisStore
from router.store.sqlite import SqliteStore

FSYNC_TRIES = 50
FSYNC_SLOW_S = 0.02
"""A commit that takes longer is felt by who waits for an offer."""
DESCRIPTORS_LEAST = 4_096
DRIFT_S = 2.0
"""The wall clock and the Redis server's may differ by this much before calendars and recoveries are off."""


class Finding(NamedTuple):
    """One thing that was looked at."""

    level: Literal["ok", "warning", "error"]
    what: str
    remedy: str = ""


def look(configuration: Configuration) -> list[Finding]:
    """Everything, store and machine."""
    return [*_versions(), *_descriptors(), *_clock(), *_store(configuration)]


def _versions() -> list[Finding]:
    found = [Finding("ok", f"Python {platform.python_version()} on {platform.system()} {platform.release()}")]
    if "uvloop" not in loop_factory().__module__:
        found.append(
            Finding("warning", "uvloop is not installed", "install it: the event loop is half as fast without")
        )
    from router import compiled

    if not compiled.in_use():
        found.append(Finding("warning", "the core runs from its sources", "compile it: python -m router.compiled"))
    return found


def _descriptors() -> list[Finding]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < DESCRIPTORS_LEAST:
        remedy = f"raise it to {DESCRIPTORS_LEAST} or more (LimitNOFILE in the unit)"
        return [Finding("warning", f"at most {hard} open files: clients above that are refused", remedy)]
    return [Finding("ok", f"{soft} open files, at most {hard}")]


def _clock() -> list[Finding]:
    if not boot_id():
        remedy = "run where /proc is mounted"
        return [Finding("warning", "no boot id: after a restart time goes on by the wall clock", remedy)]
    return [Finding("ok", "time goes on over restarts by the boot clock")]


def _store(configuration: Configuration) -> list[Finding]:
    try:
        store = opened(configuration)
    except StoreError as error:
        if error.code == "store_in_use":
            return [Finding("warning", f"{error.what}: it was not looked at", "stop the daemon first, or ask its log")]
        return [Finding("error", f"{error.what} ({error.code})", error.remedy)]
    try:
        return _opened(store)
    except StoreError as error:
        return [Finding("error", f"{error.what} ({error.code})", error.remedy)]
    finally:
        store.close()


def _opened(store: Store) -> list[Finding]:
    found = [Finding("ok", f"durability {store.durability}, epoch {store.epoch}, schema {store.schema}")]
    if store.durability == "memory":
        found.append(Finding("warning", "memory: everything is forgotten at a stop", "name a store in [store] url"))
    if isinstance(store, SqliteStore):
        found.append(_fsync(f"the disk of {store.path}", _disk(store.path.parent)))
    if isinstance(store, RedisStore):
        found.append(_fsync(f"a write to {store.where.shown}", sorted(store.fsync_s(1) for _ in range(FSYNC_TRIES))))
        found += [Finding(level, what, remedy) for level, what, remedy in store.dangers(time.time(), DRIFT_S)]
    return found


def _disk(folder: Path) -> list[float]:
    """Times of writing a page and waiting for the disk, in seconds, rising."""
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(FSYNC_TRIES):
            started = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - started)
    return sorted(took)


def _fsync(what: str, took: list[float]) -> Finding:
    middle, late = took[len(took) // 2], took[int(len(took) * 0.99)]
    said = f"{what} takes {middle * 1000:.2f} ms (p99 {late * 1000:.2f} ms): no offer is told sooner"
    if late > FSYNC_SLOW_S:
        return Finding("warning", said, "a quicker disk, or one that others use less")
    return Finding("ok", said)
