"""Who is coming, as far as anybody can know: by plans, by what is usual where nobody is there, by crowds before.

What lives here: `Coming`.  What it must not know: laws of service, the flow.
The idea: plans are believed; whoever has one is expected by nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from router.ewt.absence import Absences, Comer, as_long_again
from router.ewt.agents import Agents
from router.ewt.crowds import CROWD_LEAST, Crowds
from router.ewt.lines import Line
from router.ewt.plans import Plans
from router.ewt.supply import RELATED_MAX, Jumps


class Expected(NamedTuple):
    """Who comes and goes, by skills.  `planned`: somebody is; `deserted`: nobody is there, nor planned to come.

    A first caller waits `most_s` at most where nothing is planned, and `variance` is that of the first return, in s^2.
    """

    jumps: Jumps
    planned: bool
    deserted: bool
    most_s: float
    variance: float


class Coming:
    """Plans, absences and crowds of one estimator."""

    __slots__ = ("_agents", "_lines", "absences", "crowds", "plans")

    def __init__(self, lines: Mapping[str, Line], agents: Agents, plans_max: int, half_life_lives: float) -> None:
        self._lines = lines
        self._agents = agents
        self.plans = Plans(plans_max)
        self.absences = Absences(half_life_lives)
        self.crowds = Crowds()

    def login(self, agent: str, skills: frozenset[str], now_s: float) -> None:
        """Somebody logs in, or changes skills."""
        planned = self.plans.came_true(agent, True, now_s)
        if agent not in self._agents.slots:
            self.absences.came(agent, now_s)
            self.crowds.came(agent, skills, planned, now_s)

    def logout(self, agent: str, skills: frozenset[str], now_s: float) -> None:
        """Somebody logs out."""
        self.plans.came_true(agent, False, now_s)
        self.absences.went(agent, skills, now_s)

    def waits(self, queue: str, many: int, now_s: float) -> None:
        """So many wait in a queue, one more than before."""
        if many >= CROWD_LEAST and self.crowds.begins(queue, many, self._agents):
            self.crowds.begin(queue, self.absences.away(queue), now_s)

    def expected(self, line: Line, now_s: float) -> Expected:
        """Who comes and goes, as one queue sees it."""
        jumps: Jumps = self.plans.jumps(now_s, self._skills) if len(self.plans) else {}
        first = next(iter(line.waiting.values()), now_s) if not line.shuffled else line.arrivals()[0]
        lasted_s = max(0.0, now_s - first)
        there = sum(group.size for group in self._agents.by_queue.get(line.name, ()))
        due = self.plans.due() if len(self.plans) else set[str]()
        if there or _brings(jumps, line.name):
            planned = bool(jumps)
            back = self.absences.from_breaks(line.name, there, due, now_s)
            due |= {comer.agent for comer in back}
            self._add(jumps, back + self.crowds.help(line.name, now_s, self.absences.usual_per_s(), due))
            return Expected(jumps, planned, False, as_long_again(lasted_s), 0.0)
        above = [item.name for item in self._lines.values() if item.priority < line.priority][:RELATED_MAX]
        returns, variance = self.absences.returns(line.name, above, now_s, lasted_s)
        self._add(jumps, returns)
        return Expected(jumps, False, True, returns[0].in_s + as_long_again(lasted_s), variance)

    def _add(self, jumps: Jumps, comers: list[Comer]) -> None:
        for comer in comers:
            self._agents.group(comer.skills)
            jumps.setdefault(comer.skills, []).append((comer.in_s, 1.0))

    def _skills(self, agent: str) -> frozenset[str] | None:
        held = self._agents.slots.get(agent)
        return held[0].group.skills if held else None


def _brings(jumps: Jumps, queue: str) -> bool:
    """Whether somebody is planned to come for a queue."""
    return any(queue in skills and any(change > 0 for _, change in of) for skills, of in jumps.items())
