"""Builds the laws of queues when they are due, in slices, on a time grid common to queues that share agents.

What lives here: `Builder`.  What it must not know: estimates, events.
The idea: tables are read thousands of times for each time they are built, so building is put off, cut in pieces
and done when the owner of the loop has time; what is read in between is the old table, whole.
"""

from __future__ import annotations

from collections.abc import Generator
from math import log2

from router.ewt.agents import TALK, WRAP, Agents
from router.ewt.laws import QueueLaws, build
from router.ewt.lifetable import Hazard
from router.ewt.lines import Line
from router.ewt.settings import EwtSettings

GRID_SHIFT_OCTAVES = 0.4
"""The grid stays until the mean cycle has moved by that many powers of two."""
STEP_MIN_S = 0.05
STEP_MAX_S = 3600.0
RUNNING_MAX = 200
"""Waiting callers counted one by one when patience is fitted; beyond it every n-th, n-fold."""


class Builder:
    """Laws on demand (`laws`) and in slices (`want`, `work`)."""

    __slots__ = ("_agents", "_due", "_job", "_lines", "_settings")

    def __init__(self, lines: dict[str, Line], agents: Agents, settings: EwtSettings) -> None:
        self._lines = lines
        self._agents = agents
        self._settings = settings
        self._due: dict[str, Line] = {}
        self._job: Generator[None, None, None] | None = None

    def want(self, line: Line) -> None:
        """A queue's laws are due."""
        self._due[line.name] = line

    def forget(self, line: Line) -> None:
        """A queue is gone."""
        self._due.pop(line.name, None)

    def work(self, slices: int, now_s: float) -> bool:
        """Do up to `slices` pieces; True while more is left."""
        for _ in range(slices):
            if self._job is None:
                if not self._due:
                    return False
                line = self._due.pop(next(iter(self._due)))
                self._job = self._build(line, now_s)
            try:
                next(self._job)
            except StopIteration:
                self._job = None
        return self._job is not None or bool(self._due)

    def laws(self, line: Line, now_s: float, step_s: float = 0.0) -> QueueLaws:
        """A queue's laws, built at once if there are none yet (on the grid `step_s`, if given)."""
        laws = line.laws
        if laws is not None and (not step_s or laws.dt_s == step_s):
            return laws
        job = self._one(line, step_s or self._step(self._family(line)), now_s)
        built, hazard = _finish(job)
        self._take(line, built, hazard, now_s)
        return built

    def _build(self, line: Line, now_s: float) -> Generator[None, None, None]:
        """One queue, or its whole family when the grid must change."""
        family = self._family(line)
        step = self._step(family)
        old = line.laws.dt_s if line.laws is not None else 0.0
        if old and abs(log2(step / old)) < GRID_SHIFT_OCTAVES:
            family, step = [line], old
        built: dict[str, tuple[QueueLaws, Hazard]] = {}
        for item in family:
            built[item.name] = yield from self._one(item, step, now_s)
        for item in family:
            self._take(item, *built[item.name], now_s)

    def _one(self, line: Line, step_s: float, now_s: float) -> Generator[None, None, tuple[QueueLaws, Hazard]]:
        agents = self._agents
        talk = line.talk.fit(agents.ages(TALK, line.name, now_s))
        wrap = line.wrap.fit(agents.ages(WRAP, line.name, now_s))
        arrived = line.arrivals()
        each = -(-len(arrived) // RUNNING_MAX) or 1
        patience = line.patience.fit([(max(0.0, now_s - at), float(each)) for at in arrived[::each]])
        laws = yield from build(step_s, talk, wrap, line.pick.fit(), patience)
        return laws, talk

    @staticmethod
    def _take(line: Line, laws: QueueLaws, hazard: Hazard, now_s: float) -> None:
        line.laws = laws
        line.talk_hazard = hazard
        line.built_lives = line.talk.lives
        line.built_s = now_s

    def _family(self, line: Line) -> list[Line]:
        """All queues that share agents with this one, directly or through others."""
        seen = {line.name: line}
        open_ = [line]
        while open_:
            for group in self._agents.by_queue.get(open_.pop().name, ()):
                for name in group.skills:
                    other = self._lines.get(name)
                    if other is not None and name not in seen:
                        seen[name] = other
                        open_.append(other)
        return sorted(seen.values(), key=lambda item: item.name)

    def _step(self, family: list[Line]) -> float:
        """The grid step: mean cycle / steps a life, in quarter powers of two."""
        settings = self._settings
        lives = total = 0.0
        for line in family:
            weight = line.talk.lives + 0.01
            cycle = line.talk.mean_s() + line.wrap.mean_s() + line.pick.mean_s()
            lives += weight
            total += weight * cycle
        step = total / lives / settings.grid_steps_per_life
        return float(2.0 ** (round(4 * log2(min(max(step, STEP_MIN_S), STEP_MAX_S))) / 4))


def _finish(job: Generator[None, None, tuple[QueueLaws, Hazard]]) -> tuple[QueueLaws, Hazard]:
    """Run a build to its end."""
    try:
        while True:
            next(job)
    except StopIteration as stop:
        done: tuple[QueueLaws, Hazard] = stop.value
        return done
