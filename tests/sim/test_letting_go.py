"""A world that is let go of leaves nothing in memory: what lives in it is untracked by the cycle collector."""

from __future__ import annotations

import gc
import sys

import pytest

from router.core.engine import Engine
from router.core.settings import Settings
from tests.sim.run import Run
from tests.sim.site import Flight, Site, Step

Records = dict[tuple[str, str], bytes]
LEFT_MOST = 0.01
"""Of what a world takes. Free lists and interned values of the interpreter come and go by as much."""


class Snapshot:
    """What the store had, and the settings, when the most was alive."""

    def __init__(self) -> None:
        self.live = 0
        self.records: Records = {}
        self.settings: Settings | None = None

    def stepped(self, site: Site, step: Step) -> None:
        """Not asked for."""

    def landed(self, site: Site, flight: Flight) -> None:
        """See the class."""
        if site.engine.world.live > self.live:
            self.live = site.engine.world.live
            self.records, self.settings = dict(site.store), site.settings

    def killed(self, site: Site) -> None:
        """Not asked for."""

    def restarted(self, site: Site) -> None:
        """Not asked for."""


def loaded(snapshot: Snapshot) -> Engine:
    """An engine that decides from there on."""
    assert snapshot.settings is not None
    engine = Engine(snapshot.settings, 99)
    for (kind, key), record in snapshot.records.items():
        engine.put(kind, key, record)
    engine.activate(10**12)
    return engine


def blocks() -> int:
    """Of memory in use, as the interpreter counts them."""
    gc.collect()
    return sys.getallocatedblocks()


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_left(seed: int) -> None:
    """Whatever a seed has built: rules, call-backs, several places, consults, tickets."""
    run, snapshot = Run(seed, 1_000), Snapshot()
    run.site.listeners.append(snapshot)
    run.run()
    for _ in range(3):
        loaded(snapshot).let_go()
    empty = blocks()
    engine = loaded(snapshot)
    world = blocks() - empty
    engine.let_go()
    del engine
    for _ in range(9):
        loaded(snapshot).let_go()
    left = (blocks() - empty) / 10
    assert snapshot.live > 4, "the seed has built something"
    assert left <= world * LEFT_MOST, f"{left} of {world} blocks are left of each"
