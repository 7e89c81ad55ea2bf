"""When somebody comes back where nothing is planned: learned from who went and came before.

What lives here: `Absences`, and `ended`, for waits that have no end by what is known.  What it must not know: laws of
service, queues.
The idea: an absence is a life.  Short ones (breaks) have a life table; long ones (nights) end at the time of day at
which the agent came after the last long one.  Where some are there, only as many are expected from breaks as are
usually not on one: beyond that as many go as come.  Expected returns over time are one number for each agent who went;
the j-th of n is expected where their sum passes j (n + c)/(n + 1), with c for the mean, not the median, of one.
"""

from __future__ import annotations

from collections.abc import Container
from itertools import islice
from math import exp
from typing import Any, NamedTuple

from router.ewt.lifetable import Hazard, LifeTable, mapping, number
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
BREAKS_LEAST = 20
"""Breaks seen before a return from one is counted on beside people who are there."""
OWN_LEAST = 2
"""Breaks of an agent, one after another, before the next absence is taken for one."""
BREAKS_KEPT = 300
"""Breaks over which the usual share of people who are there is learned."""
ON_BREAK_MAX = 24
"""Those on a break who are looked at beside people who are there, the last to go first."""
GONE_LOOKED_AT = 256
"""Those who went last who are looked through for them."""
LOOKED_AT = 64
"""Agents whose return is counted on, the last to go first: bounds the cost of a trajectory."""
QUANTILES = (0.125, 0.375, 0.625, 0.875)
"""An absence is taken for so many equally likely returns."""
MEAN_SHARE = 0.26
"""c above: for one agent with a constant hazard the sum is 1 - 1/e = (1 + c)/2 at the mean."""


class Gone(NamedTuple):
    """An agent who is away."""

    agent: str
    since_s: float
    skills: frozenset[str]


class Comer(NamedTuple):
    """An agent who is expected, in so many seconds from now."""

    in_s: float
    agent: str
    skills: frozenset[str]


class Absences:
    """Who is gone since when, how long absences last, and when agents come after long ones."""

    __slots__ = (
        "_breaks", "_broke_s", "_came_s", "_gone", "_hazard", "_left_s", "_lives", "_own", "_table", "_there_s",
        "_usual_s",
    )  # fmt: skip

    def __init__(self, half_life_lives: float) -> None:
        self._table = LifeTable(PRIOR_S, half_life_lives)
        self._gone: dict[str, Gone] = {}
        self._usual_s: dict[str, float] = {}
        self._left_s: dict[str, float] = {}
        self._own: dict[str, float] = {}
        self._came_s: dict[str, float] = {}
        self._there_s = self._broke_s = 0.0
        self._breaks = 0
        self._hazard: Hazard | None = None
        self._lives = 0

    def went(self, agent: str, skills: frozenset[str], now_s: float) -> None:
        """An agent logs out."""
        self._there_s += now_s - self._came_s.pop(agent, now_s)
        self._gone.pop(agent, None)
        self._gone[agent] = Gone(agent, now_s, skills)
        if len(self._gone) > GONE_MAX:
            del self._gone[next(iter(self._gone))]

    def came(self, agent: str, now_s: float) -> None:
        """An agent logs in."""
        self._came_s[agent] = now_s
        gone = self._gone.pop(agent, None)
        if gone is not None:
            self._table.add(now_s - gone.since_s, True)
        if gone is not None and now_s - gone.since_s < LONG_S:
            self._breaks += 1
            _remember(self._own, agent, self._own.get(agent, 0.0) + 1)
            keep = 1 - 1 / BREAKS_KEPT
            self._there_s, self._broke_s = keep * self._there_s, keep * self._broke_s + now_s - gone.since_s
            return
        self._own.pop(agent, None)
        _remember(self._usual_s, agent, now_s % DAY_S)
        if gone is not None:
            _remember(self._left_s, agent, gone.since_s % DAY_S)

    def returns(self, queue: str, above: list[str], now_s: float, lasted_s: float) -> tuple[list[Comer], float]:
        """(Those expected where nobody is there, ascending; variance of the first time in s^2).

        `lasted_s`: see `as_long_again`.  Of a queue whose agents nobody has seen one is expected so soon, who serves
        those `above` it, too.
        """
        able = [gone for gone in self._gone.values() if queue in gone.skills][-LOOKED_AT:]
        if not able:
            wait = as_long_again(lasted_s)
            return [Comer(wait, "", frozenset((queue, *above)))], wait * wait
        atoms = self._atoms(able, now_s)
        many, each = len(able), len(QUANTILES)
        early, late = _at(atoms, 0.3 * each), _at(atoms, each * min(2.0, 0.8 * many))
        most = max(1, round(self.usual_share() * many))
        return _in_turn(atoms, able, most), ((late - early) / 2) ** 2

    def from_breaks(self, queue: str, there: float, planned: Container[str], now_s: float) -> list[Comer]:
        """Those expected back from a break where so many are `there`, ascending.

        So many come as are missing from the usual share of all who are there or on a break; who is `planned` to come
        is expected by the plan alone.
        """
        if self._breaks < BREAKS_LEAST or not self._gone:
            return []
        hazard = self._fitted()
        able: list[Gone] = []
        for gone in islice(reversed(self._gone.values()), GONE_LOOKED_AT):
            if now_s - gone.since_s >= LONG_S or len(able) == ON_BREAK_MAX:
                break
            if queue not in gone.skills or gone.agent in planned or not self._has_breaks(gone.agent):
                continue
            if self._on_break(hazard, gone, now_s) > 0.5:
                able.append(gone)
        most = round(self.usual_share() * (there + len(able)) - there)
        return _in_turn(self._atoms(able, now_s), able, most) if most > 0 else []

    def usual_share(self) -> float:
        """The share of people who are there, of those who are there or on a break; 1 until breaks were seen."""
        if self._breaks < BREAKS_LEAST or not self._there_s:
            return 1.0
        return self._there_s / (self._there_s + self._broke_s)

    def _atoms(self, able: list[Gone], now_s: float) -> list[float]:
        hazard, atoms = self._fitted(), list[float]()
        for gone in able:
            atoms += self._times(hazard, gone, now_s)
        atoms.sort()
        return atoms

    def away(self, queue: str) -> dict[str, frozenset[str]]:
        """Who is gone and could serve a queue, the last to go, with their skills."""
        able = [(gone.agent, gone.skills) for gone in self._gone.values() if queue in gone.skills]
        return dict(able[-LOOKED_AT:])

    def usual_per_s(self) -> float:
        """The hazard of coming back, over all absences."""
        return 1 / max(self._table.mean_s(), 1.0)

    def dump(self) -> dict[str, Any]:
        """What was learned; not who is gone."""
        return {
            "table": self._table.dump(), "usual": dict(self._usual_s), "left": dict(self._left_s),
            "own": dict(self._own), "breaks": self._breaks, "there": self._there_s, "broke": self._broke_s,
        }  # fmt: skip

    def load(self, state: dict[str, Any]) -> None:
        """Take it from `dump`; ValueError if it is not that."""
        usual_s, left_s = _times_of_day(state.get("usual")), _times_of_day(state.get("left", {}))
        owns = _numbers(state.get("own", {}))
        breaks, there_s, broke_s = (number(state.get(key, 0.0)) for key in ("breaks", "there", "broke"))
        self._table.load(mapping(state.get("table")))
        self._usual_s, self._left_s, self._own, self._hazard = usual_s, left_s, owns, None
        self._breaks, self._there_s, self._broke_s = int(breaks), there_s, broke_s

    def _fitted(self) -> Hazard:
        if self._hazard is None or self._table.lives != self._lives:
            self._hazard, self._lives = self._table.fit(), self._table.lives
        return self._hazard

    def _times(self, hazard: Hazard, gone: Gone, now_s: float) -> list[float]:
        """Equally likely times from now at which an agent comes."""
        usual, age_s = self._usual_s.get(gone.agent), now_s - gone.since_s
        if usual is None:
            return [hazard.age_at(age_s, level) - age_s for level in QUANTILES]
        due = (usual - now_s + LATE_S) % DAY_S - LATE_S
        if due + age_s < LONG_S:
            due += DAY_S
        elif due < 0:
            due = max(60.0, -due)
        breaks = self._on_break(hazard, gone, now_s)
        return [hazard.age_at(age_s, level) - age_s if level < breaks else due for level in QUANTILES]

    def _has_breaks(self, agent: str) -> bool:
        """Whether a break of this agent can be told from a long absence: one was seen, or several breaks were."""
        return agent in self._left_s or self._own.get(agent, 0.0) >= OWN_LEAST

    def _on_break(self, hazard: Hazard, gone: Gone, now_s: float) -> float:
        """The chance that an absence is a break: none at the time of day at which the agent's last long one began."""
        age_s, left_s = now_s - gone.since_s, self._left_s.get(gone.agent)
        if age_s >= LONG_S:
            return 0.0
        if left_s is not None and abs((gone.since_s - left_s + DAY_S / 2) % DAY_S - DAY_S / 2) < LATE_S:
            return 0.0
        return 1 - exp(hazard.upto(age_s) - hazard.upto(LONG_S))


def _numbers(stored: object) -> dict[str, float]:
    return {str(agent): number(value) for agent, value in list(mapping(stored).items())[-GONE_MAX:]}


def _times_of_day(stored: object) -> dict[str, float]:
    return {agent: at_s % DAY_S for agent, at_s in _numbers(stored).items()}


def _remember(known: dict[str, float], agent: str, value: float) -> None:
    known.pop(agent, None)
    known[agent] = value
    if len(known) > GONE_MAX:
        del known[next(iter(known))]


def _in_turn(atoms: list[float], able: list[Gone], most: int) -> list[Comer]:
    """The first `most` returns of those who are `able`, by the expected times of each."""
    many, each = len(able), len(QUANTILES)
    times = [_at(atoms, each * j * (many + MEAN_SHARE) / (many + 1)) for j in range(1, min(many, most) + 1)]
    return [Comer(time, gone.agent, gone.skills) for time, gone in zip(times, able, strict=False)]


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
