"""Rosters in the simulation: a supervisor plans, changes and takes back days around the time that the clock shows.

Nothing is decided by a roster, so no judge needs to know it: the twin compares what is kept of it and every estimate
that is made by it, and `verify` counts again. Drawn apart from the rest of the plan; most seeds have none.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from router.core import commands as ask
from router.core.effects import Error, Reply, RosterReply, RostersReply, StatusReply
from router.terms import SECOND_US
from tests.sim.hours import BEGIN_UTC_S

if TYPE_CHECKING:
    from tests.sim.run import Run

REACHED = ("rosters taken", "rosters refused", "rosters shown", "missing by the roster")
"""What a set of a hundred seeds must reach."""
WHO = ("mia", "by chance")
OFTEN_US = 4 * SECOND_US


class Rostering:
    """What one supervisor does with rosters."""

    def __init__(self, run: Run, say: Callable[[ask.Request], None]) -> None:
        self._run = run
        self._say = say
        self._rng = Random(f"roster {run.plan.seed}")
        if self._rng.random() < 0.4:
            run.site.after(SECOND_US, self._pulse)

    def _pulse(self) -> None:
        run, rng = self._run, self._rng
        if run.calming:
            return
        run.site.after(round(OFTEN_US * (0.5 + rng.random())), self._pulse)
        if rng.random() < 0.2:
            self._say(ask.Rosters(1, rng.choice((None, "a1"))))
        else:
            self._say(ask.Roster(1, *WHO, self._days(), rng.random() < 0.1))

    def _days(self) -> list[ask.RosterDay]:
        names = [agent.name for agent in self._run.plan.settings.agents]
        picked = self._rng.sample(names, min(len(names), self._rng.randint(1, 4)))
        if self._rng.random() < 0.1:
            picked.append("nobody-known")
        return [ask.RosterDay(name, self._rng.choice(("2026-03-28", "2026-03-29")), self._entries()) for name in picked]

    def _entries(self) -> list[ask.RosterEntry]:
        """Shifts and breaks of seconds and minutes, since a run lasts no longer; some are over already."""
        rng = self._rng
        at_s = BEGIN_UTC_S + rng.choice((-7200, 0, 60, 300, 3600))
        entries = []
        for activity in rng.choice(((), ("work",), ("work", "lunch", "work"), ("work", "work", "training"))):
            until_s = at_s + rng.choice((5, 30, 200, 2000))
            entries.append(ask.RosterEntry(at_s, until_s, activity))
            at_s = until_s - rng.choice((0, 0, 3))
        return entries

    def answered(self, request: object, reply: Reply) -> None:
        """Count what was reached."""
        faults = self._run.site.faults
        if isinstance(reply, StatusReply):
            faults["missing by the roster"] += bool(reply.missing)
        elif isinstance(reply, RostersReply):
            faults["rosters shown"] += bool(reply.days)
        elif isinstance(request, ask.Roster):
            faults["rosters taken"] += isinstance(reply, RosterReply)
            faults["rosters refused"] += isinstance(reply, Error)
