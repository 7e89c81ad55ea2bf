"""Help that comes when many wait, though nobody announces it: learned from crowds before.

What lives here: `Crowds`, when each queue's crowd began, and how soon after that people have come to help.
What it must not know: laws of service, plans, why anybody comes.
The idea: a crowd is a clock.  Who is away when it begins may come back at any of its ages, and the hazard of that by
age is a life table; what is beyond the usual hazard of coming back is help.  The j-th helper is expected where the
expected number of them passes j - 1/2, so people who come and go by chance count for nothing.
"""

from __future__ import annotations

from collections.abc import Container
from math import exp

from router.ewt.absence import Comer
from router.ewt.agents import Agents
from router.ewt.lifetable import Hazard, LifeTable

AGENTS_SHARE = 0.5
"""A crowd begins when so many wait for each agent who is there..."""
CROWD_LEAST = 4
"""... and at least so many, and ends when nobody waits."""
PRIOR_S = 1e5
"""Mean time after which somebody comes to help before anybody did, worth two lives: never."""
HALF_LIFE_LIVES = 200.0
"""Helpers after which one counts half: a few crowds."""
HORIZON_S = 1800.0
"""Help is expected so far ahead."""
STEPS = 60
"""Steps of the horizon."""
CAME_MIN = 5
"""So many must have come in crowds before any are expected."""


class Crowd:
    """One queue's crowds."""

    __slots__ = ("away", "came", "fitted", "hazard", "since_s", "table")

    def __init__(self) -> None:
        self.since_s = -1.0
        self.away: dict[str, frozenset[str]] = {}
        """Who was away when it began, and has not come yet."""
        self.came = 0
        self.table = LifeTable(PRIOR_S, HALF_LIFE_LIVES)
        self.hazard: Hazard | None = None
        self.fitted = -1


class Crowds:
    """All queues' crowds."""

    __slots__ = ("_of", "_open")

    def __init__(self) -> None:
        self._of: dict[str, Crowd] = {}
        self._open: dict[str, Crowd] = {}

    def __len__(self) -> int:
        """Crowds that go on."""
        return len(self._open)

    def begins(self, queue: str, many: int, agents: Agents) -> bool:
        """Whether a crowd begins, now that so many wait."""
        if many < CROWD_LEAST or queue in self._open:
            return False
        return many >= AGENTS_SHARE * sum(group.size for group in agents.by_queue.get(queue, ()))

    def begin(self, queue: str, away: dict[str, frozenset[str]], now_s: float) -> None:
        """A crowd begins.  `away`: who is away and could serve the queue, bounded."""
        crowd = self._open[queue] = self._of.setdefault(queue, Crowd())
        crowd.since_s, crowd.away = now_s, away

    def empty(self, queue: str, now_s: float) -> None:
        """Nobody waits any more: who has not come has not helped."""
        crowd = self._open.pop(queue, None)
        if crowd is not None:
            for _ in crowd.away:
                crowd.table.add(now_s - crowd.since_s, False)
            crowd.away = {}

    def came(self, agent: str, skills: frozenset[str], planned: bool, now_s: float) -> None:
        """Somebody logs in; it is no help of a crowd where it was planned."""
        for queue, crowd in self._open.items():
            if queue not in skills:
                continue
            crowd.away.pop(agent, None)
            if not planned:
                crowd.table.add(now_s - crowd.since_s, True)
                crowd.came += 1

    def forget(self, queue: str) -> None:
        """A queue is gone."""
        self._of.pop(queue, None)
        self._open.pop(queue, None)

    def help(self, queue: str, now_s: float, usual_per_s: float, due: Container[str]) -> list[Comer]:
        """Those who are expected to come because of the crowd, ascending; whoever is `due` is expected otherwise.

        Who comes back by the usual hazard (`usual_per_s`) is no help: as many go.
        """
        crowd = self._open.get(queue)
        if crowd is None or not crowd.away or crowd.came < CAME_MIN:
            return []
        if crowd.hazard is None or crowd.fitted != crowd.table.lives:
            crowd.hazard, crowd.fitted = crowd.table.fit(), crowd.table.lives
        age, away = now_s - crowd.since_s, [entry for entry in crowd.away.items() if entry[0] not in due]
        base = crowd.hazard.upto(age)
        out: list[Comer] = []
        for k in range(1, STEPS + 1):
            ahead = HORIZON_S * k * k / (STEPS * STEPS)
            beyond = max(0.0, crowd.hazard.upto(age + ahead) - base - usual_per_s * ahead)
            while len(out) < len(away) and len(away) * (1 - exp(-beyond)) > len(out) + 0.5:
                out.append(Comer(ahead, *away[len(out)]))
        return out
