"""Invariants checked while the engine runs, in slices between its steps, as a service of the daemon.

It repairs nothing: a violation is a mistake of ours, counted in a metric and logged for whoever mends it. The
one idea: the world is walked through once every `verify_every_s`, and no turn of it takes longer than a
millisecond.
"""

from __future__ import annotations

import asyncio
from time import monotonic, monotonic_ns
from typing import TYPE_CHECKING, Final

from router import logs
from router.core.verify.world import SLICE, Verifier
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.daemon.daemon import Daemon

TICK_S: Final = 0.05
"""How often a turn comes."""

TURN_NS: Final = 1_000_000
"""A turn ends after this long: a large world takes more than `verify_every_s` rather than stalling
anybody."""

LINES_PER_S: Final = 10
"""One broken thing may show at every look; the metric counts all of them."""

_log = logs.get("verify")


class Verify:
    """Walks through the world, if `verify_every_s` asks for it; a reload may begin or end that."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._verifier = Verifier(daemon.engine.world)
        self._sampler = logs.Sampler(LINES_PER_S)
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """See `services.Service`."""
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._turn)

    async def stop(self) -> None:
        """See `services.Service`."""
        if self._timer is not None:
            self._timer.cancel()

    def _turn(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._turn)
        every_us = self._daemon.configuration.daemon.verify_every_us
        if not every_us or self._daemon.ended.done():
            return
        world = self._daemon.engine.world
        entities = world.live + len(world.agents) + len(world.offers)
        slices = 1 + int(entities / SLICE * TICK_S * SECOND_US / every_us)
        until_ns = monotonic_ns() + TURN_NS
        for _ in range(slices):
            for violation in self._verifier.step():
                world.tally.violations += 1
                if self._sampler.admit(int(monotonic())):
                    _log.error("violation", invariant=violation.invariant, what=violation.what)
            if monotonic_ns() > until_ns:
                break
