"""The clocks, the chance and the store of real modules, for as long as a simulation runs: all of it the simulation's.

The loop, group commit, leases, loading and standing by read clocks where they stand; a simulation that is to repeat
byte for byte puts its own in their place, and puts them back. Nothing else of these modules is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from router.daemon import leading, loading, standing_by
from router.loop import commits, group, loop
from router.loop.clock import Clock, Resumed
from router.loop.clock import resume as resume_from
from router.loop.lease import Lease
from router.store.base import Stamp
from tests.sim.pair.daemon import Recorder
from tests.sim.pair.store import ReplicatedSimStore, SimStore
from tests.sim.site import SECRET

if TYPE_CHECKING:
    from tests.sim.pair.site import PairSite

BOOT = "simulated"
LAG_EVERY_S = 0.2
"""How often a simulated loop looks whether it was stopped: a third of a lease, which is what counts, is a second."""


def _silent(*_: Any, **__: Any) -> None:
    """Nobody reads it."""


SILENT = SimpleNamespace(debug=_silent, info=_silent, warning=_silent, error=_silent)


@contextmanager
def simulated(site: PairSite) -> Iterator[None]:
    """While this is open, these modules live in the site's time."""

    def boot_us() -> int:
        return site.now_us

    def monotonic_ns() -> int:
        return site.now_us * 1000

    def now_stamp() -> Stamp:
        return Stamp(0, site.now_us, site.wall_us(), BOOT)

    def opened(configuration: Any) -> SimStore:
        daemon = site.opening = configuration.daemon
        daemon.opened = (ReplicatedSimStore if site.pair.wait_replicas else SimStore)(daemon)
        return daemon.opened  # type: ignore[no-any-return]  # it was made in the line before

    def engine(_settings: Any, epoch: int) -> Recorder:
        assert site.opening is not None, "a store was opened"
        return Recorder(site.opening, epoch)

    def clock(core_us: int, speed: int, boot_name: str) -> Clock:
        return Clock(core_us, speed, boot_us, site.wall_us, boot_name)

    def resume(stamp: Stamp | None, now: Stamp, speed: int = 1) -> Resumed:
        # A new store begins at the site's own time, so that one number tells both.
        return Resumed(now.boot_us, 0, "new") if stamp is None else resume_from(stamp, now, speed)

    places: list[tuple[Any, str, Any]] = [
        (loop, "monotonic_ns", monotonic_ns), (loop, "LAG_EVERY_S", LAG_EVERY_S),
        (commits, "monotonic_ns", monotonic_ns),
        (group, "monotonic_ns", monotonic_ns), (group, "boot_us", boot_us),
        (leading, "boot_us", boot_us), (leading, "Lease", partial(Lease, boot=boot_us)), (leading, "_log", SILENT),
        (standing_by, "boot_us", boot_us), (standing_by, "now_stamp", now_stamp), (standing_by, "_log", SILENT),
        (loading, "now_stamp", now_stamp), (loading, "boot_id", lambda: BOOT), (loading, "Clock", clock),
        (loading, "opened", lambda configuration, speed=1: opened(configuration)), (loading, "Engine", engine),
        (loading, "resume", resume), (standing_by, "resume", resume),
        (loading, "secrets", SimpleNamespace(token_bytes=_secret)),
    ]  # fmt: skip
    before = [(module, name, getattr(module, name)) for module, name, _ in places]
    for module, name, value in places:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def _secret(_size: int) -> bytes:
    return SECRET
