"""When somebody comes back, where nobody is there and nothing is planned: learned from who went and came before.

What lives here: `Absences`, and `ended`, for waits that have no end by what is known.  What it must not know: laws of
service, queues.
The idea: an absence is a life.  Short ones (breaks) have a life table; long ones (nights) end at the time of day at
which the agent came after the last long one.  Expected returns over time are one number for each agent who went; the
j-th of n is expected where their sum passes j (n + c)/(n + 1), with c for the mean, not the median, of a single one.
"""

from __future__ import annotations

from math import exp
from typing import Any

from router.ewt.agents import Agents
from router.ewt.lifetable import Hazard, LifeTable, number
from router.ewt.supply import Jumps
from router.ewt.walk import Walked

DAY_S = 86400.0
LONG_S = 7200.0
"""An absence beyond this is no break; it ends when the agent usually comes."""
LATE_S = 1800.0
"""Who is later than this against their usual time comes tomorrow."""
PRIOR_S = 900.0
"""Mean absence before one ended, and of those whom nobody has seen yet."""
GONE_MAX = 2000
"""Agents who are gone, and times of day, that are remembered; beyond it the ones that were told first are forgotten."""
LOOKED_AT = 64
"""Agents whose return is counted on, the last to go first: bounds the cost of a trajectory."""
QUANTILES = (0.125, 0.375, 0.625, 0.875)
"""An absence is taken for so many equally likely returns."""
MEAN_SHARE = 0.26
"""c above: for one agent with a constant hazard the sum is 1 - 1/e = (1 + c)/2 at the mean."""


class Absences:
    """Who is gone since when, how long absences last, and when agents come after long ones."""

    __slots__ = ("_gone", "_hazard", "_lives", "_table", "_usual_s")

    def __init__(self, half_life_lives: float) -> None:
        self._table = LifeTable(PRIOR_S, half_life_lives)
        self._gone: dict[str, tuple[float, frozenset[str]]] = {}
        self._usual_s: dict[str, float] = {}
        self._hazard: Hazard | None = None
        self._lives = 0

    def went(self, agent: str, skills: frozenset[str], now_s: float) -> None:
        """An agent logs out."""
        self._gone.pop(agent, None)
        self._gone[agent] = now_s, skills
        if len(self._gone) > GONE_MAX:
            del self._gone[next(iter(self._gone))]

    def came(self, agent: str, now_s: float) -> None:
        """An agent logs in."""
        since, _ = self._gone.pop(agent, (-LONG_S, frozenset()))
        if since >= 0:
            self._table.add(now_s - since, True)
        if now_s - since >= LONG_S:
            self._usual_s.pop(agent, None)
            self._usual_s[agent] = now_s % DAY_S
            if len(self._usual_s) > GONE_MAX:
                del self._usual_s[next(iter(self._usual_s))]

    @staticmethod
    def deserted(queue: str, agents: Agents, jumps: Jumps) -> bool:
        """Whether nobody is there for a queue, and nobody is planned to come."""
        if any(group.size for group in agents.by_queue.get(queue, ())):
            return False
        return not any(queue in skills and any(change > 0 for _, change in of) for skills, of in jumps.items())

    def returns(
        self, queue: str, above: list[str], now_s: float, lasted_s: float
    ) -> tuple[list[tuple[float, frozenset[str]]], float]:
        """((seconds from now, skills) of those expected to come, ascending; variance of the first time in s^2).

        `lasted_s`: see `as_long_again`.  Of a queue whose agents nobody has seen one is expected so soon, who serves
        those `above` it, too.
        """
        able = [(agent, *gone) for agent, gone in self._gone.items() if queue in gone[1]][-LOOKED_AT:]
        if not able:
            wait = as_long_again(lasted_s)
            return [(wait, frozenset((queue, *above)))], wait * wait
        hazard = self._fitted()
        atoms: list[float] = []
        for agent, since, _ in able:
            atoms += self._times(hazard, agent, now_s - since, now_s)
        atoms.sort()
        many, each = len(able), len(QUANTILES)
        times = [_at(atoms, each * j * (many + MEAN_SHARE) / (many + 1)) for j in range(1, many + 1)]
        early, late = _at(atoms, 0.3 * each), _at(atoms, each * min(2.0, 0.8 * many))
        return [(time, gone[2]) for time, gone in zip(times, able, strict=True)], ((late - early) / 2) ** 2

    def away(self, queue: str) -> dict[str, frozenset[str]]:
        """Who is gone and could serve a queue, the last to go, with their skills."""
        able = [(agent, skills) for agent, (_, skills) in self._gone.items() if queue in skills]
        return dict(able[-LOOKED_AT:])

    def usual_per_s(self) -> float:
        """The hazard of coming back, over all absences."""
        return 1 / max(self._table.mean_s(), 1.0)

    def dump(self) -> dict[str, Any]:
        """What was learned; not who is gone."""
        return {"table": self._table.dump(), "usual": dict(self._usual_s)}

    def load(self, state: dict[str, Any]) -> None:
        """Take it from `dump`; ValueError if it is not that."""
        table, usual = state.get("table"), state.get("usual")
        if not isinstance(table, dict) or not isinstance(usual, dict):
            raise ValueError("learned state: absences need a table and usual times")  # noqa: TRY004 - a bad stored value
        times = {str(agent): number(at) % DAY_S for agent, at in list(usual.items())[-GONE_MAX:]}
        self._table.load(table)
        self._usual_s, self._hazard = times, None

    def _fitted(self) -> Hazard:
        if self._hazard is None or self._table.lives != self._lives:
            self._hazard, self._lives = self._table.fit(), self._table.lives
        return self._hazard

    def _times(self, hazard: Hazard, agent: str, age_s: float, now_s: float) -> list[float]:
        """Equally likely times from now at which an agent comes who is gone since `age_s`."""
        usual = self._usual_s.get(agent)
        if usual is None:
            return [hazard.age_at(age_s, level) - age_s for level in QUANTILES]
        due = (usual - now_s + LATE_S) % DAY_S - LATE_S
        if due + age_s < LONG_S:
            due += DAY_S
        elif due < 0:
            due = max(60.0, -due)
        breaks = 1 - exp(hazard.upto(age_s) - hazard.upto(LONG_S)) if age_s < LONG_S else 0.0
        return [hazard.age_at(age_s, level) - age_s if level < breaks else due for level in QUANTILES]


def as_long_again(lasted_s: float) -> float:
    """What is left of something of unknown length that has lasted so long."""
    return max(PRIOR_S, lasted_s)


def ended(walked: Walked, first_s: float, each_s: float, spread: float) -> Walked:
    """Positions, waits and variances (`spread` more of it) where what keeps callers waiting has no end that is known.

    It ends all the same: a burst of those who come first is over, somebody comes.  So the first one is expected to wait
    `first_s` at most, and who follows is served by one agent at least, `each_s` apart. No law of the takes tells when.
    """
    if not spread and walked[1][-1] <= first_s:
        return walked
    positions, waits, variances = [], [], []
    for position, wait, variance in zip(*walked[:3], strict=True):
        most = first_s + position * each_s
        positions.append(position)
        waits.append(min(wait, most))
        variances.append((variance if wait <= most else most * most) + spread)
    return positions, waits, variances, []


def _at(atoms: list[float], place: float) -> float:
    """Where the count of atoms passes `place`, between their middles."""
    x = min(max(place - 0.5, 0.0), len(atoms) - 1.0)
    low = int(x)
    high = min(low + 1, len(atoms) - 1)
    return atoms[low] + (x - low) * (atoms[high] - atoms[low])
