"""Builds the laws of services in slices, on a time grid for each channel.

What lives here: `Book`. What it must not know: lines, agents one by one, who asks.
The idea: services of one channel share agents, so their laws must stand on one grid; where the agents of one channel
are kept busy by another, that one's laws are built on the asking channel's grid as well. What is read meanwhile is the
old law, or, where there is none yet, the asking service's own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from math import log2
from typing import TYPE_CHECKING

from router.ewt.agents import TALK, WRAP
from router.ewt.builder import GRID_SHIFT_OCTAVES, STEP_MAX_S, STEP_MIN_S
from router.ewt.laws import QueueLaws, build
from router.ewt.lifetable import Hazard

if TYPE_CHECKING:
    from router.core.estimates.service import Service

GRIDS_MOST = 4
"""Grids that one service's laws stand on: its channel's, and those of others whose agents it keeps busy."""

PIECES_A_SLICE = 3
"""Of laws, 0.15 ms each: after a start those of hundreds of services are to be built."""
STEP_FOR_S = 60.0
"""A channel's grid step is looked at no sooner again."""
STEP_SERVICES = 16
"""Services whose means are summed up for it: 30 us each."""

Running = Callable[["Service", int], list[tuple[float, float]]]
"""(age in s, how many) of the lives of a service that go on now, in this state of an agent; and of those who wait where
the state is `WAITING`."""
WAITING = -1


class Book:
    """Laws that are wanted, one of which is being built."""

    __slots__ = ("_fitting", "_job", "_running", "_steps", "_wanted")

    def __init__(self, running: Running) -> None:
        self._running = running
        self._wanted: dict[tuple[str, float], Service] = {}
        self._job: Generator[None, None, None] | None = None
        self._fitting = False
        """A piece is a slice by itself."""
        self._steps: dict[str, tuple[float, float]] = {}
        """Channel -> grid step, in seconds, and when it was looked at."""

    @property
    def is_busy(self) -> bool:
        """Is there something to build?"""
        return self._job is not None or bool(self._wanted)

    def want(self, service: Service, step_s: float = 0.0) -> None:
        """Laws of a service are wanted, on its channel's grid or another one."""
        self._wanted[service.name, step_s] = service

    def forget(self, service: Service) -> None:
        """The service is gone."""
        for key in [key for key in self._wanted if key[0] == service.name]:
            del self._wanted[key]

    def laws(self, service: Service, now_s: float) -> QueueLaws | None:
        """The laws by which a line of this service is estimated; None while they are not built yet."""
        service.used = True
        if service.laws is None or service.due(now_s):
            self.want(service)
        return service.laws

    def beside(self, service: Service, asking: QueueLaws) -> QueueLaws:
        """The laws of a service on the grid of another one that asks; for want of those, that one's own."""
        service.used = True
        found = service.laws_on.get(asking.dt_s)
        if found is None:
            if service.known:
                self.want(service, asking.dt_s)
            return asking
        return found

    def work(self, services: Callable[[], list[Service]], now_s: float) -> None:
        """A slice of under a millisecond: some pieces of one service's laws."""
        if self._job is None:
            if not self._wanted:
                return
            (_, step_s), service = next(iter(self._wanted.items()))
            del self._wanted[service.name, step_s]
            self._job = self._build(service, step_s or self._step(services, service.channel, now_s), not step_s, now_s)
        try:
            for _ in range(PIECES_A_SLICE):
                next(self._job)
                if self._fitting:
                    break
        except StopIteration:
            self._job = None

    def _build(self, service: Service, step_s: float, own: bool, now_s: float) -> Generator[None, None, None]:
        self._fitting = True
        talk = service.talk.fit(self._running(service, TALK))
        yield
        wrap = service.wrap.fit(self._running(service, WRAP))
        yield
        patience = service.patience.fit(self._running(service, WAITING))
        yield
        self._fitting = False
        laws = yield from build(step_s, talk, wrap, service.pick.fit(), patience)
        self._take(service, laws, talk, own, now_s)

    @staticmethod
    def _take(service: Service, laws: QueueLaws, talk: Hazard, own: bool, now_s: float) -> None:
        """The laws are built; laws on other grids were of the tables of before."""
        if own:
            service.laws, service.talk_hazard = laws, talk
            service.built_lives, service.built_s = service.talk.lives, now_s
            service.laws_on.clear()
            service.used = False
        elif len(service.laws_on) >= GRIDS_MOST:
            del service.laws_on[next(iter(service.laws_on))]
        service.laws_on[laws.dt_s] = laws

    def _step(self, services: Callable[[], list[Service]], channel: str, now_s: float) -> float:
        """The channel's grid step: mean cycle / steps a life, in quarter powers of two; the old one, while that is
        near. A few services stand for all of them, and it is looked at now and then only."""
        old, looked_s = self._steps.get(channel, (0.0, 0.0))
        if old and now_s < looked_s + STEP_FOR_S:
            return old
        known = [service for service in services() if service.channel == channel]
        lives = total = 0.0
        for service in known[:: len(known) // STEP_SERVICES + 1]:
            weight = service.talk.lives + 0.01
            lives += weight
            total += weight * (service.talk.mean_s() + service.wrap.mean_s() + service.pick.mean_s())
        wanted = total / lives / known[0].settings.grid_steps_per_life
        step = float(2.0 ** (round(4 * log2(min(max(wanted, STEP_MIN_S), STEP_MAX_S))) / 4))
        if old and abs(log2(step / old)) < GRID_SHIFT_OCTAVES:
            step = old
        self._steps[channel] = step, now_s
        return step
