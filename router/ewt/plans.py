"""What is known of the future: planned log-ins and log-outs of agents.

What lives here: `Plans`, bounded, replaced as they are told again, dropped as they come true.
What it must not know: laws, queues' states, where plans come from (rosters, rules about to act).
The idea: a planned log-in is one take at its time, a planned log-out thins the takes after it.
"""

from __future__ import annotations

from collections.abc import Callable

GRACE_S = 5.0
"""A plan is still believed so long after its time; then the agent is missing, and nothing is counted on."""


class Plans:
    """Plans by agent; one log-in and one log-out each, the next ones of further shifts refused until then."""

    __slots__ = ("_most", "_plans")

    def __init__(self, most: int) -> None:
        self._most = most
        self._plans: dict[tuple[str, bool, float], frozenset[str]] = {}

    def __len__(self) -> int:
        return len(self._plans)

    def add(self, agent: str, login: bool, at_s: float, skills: frozenset[str]) -> bool:
        """Keep a plan; False when there are too many."""
        if len(self._plans) >= self._most:
            return False
        self._plans[agent, login, at_s] = skills
        return True

    def came_true(self, agent: str, login: bool, now_s: float) -> bool:
        """The agent did log in or out: the plan nearest in time is done, and older ones with it.  Whether one was."""
        mine = [key for key in self._plans if key[0] == agent and key[1] is login]
        if not mine:
            return False
        nearest = min(mine, key=lambda key: abs(key[2] - now_s))
        for key in mine:
            if key[2] <= nearest[2]:
                del self._plans[key]
        return True

    def due(self) -> set[str]:
        """Agents whose log-in is planned."""
        return {agent for agent, login, _ in self._plans if login}

    def missing(self, now_s: float) -> list[tuple[str, float]]:
        """Agents whose planned log-in is past and did not happen: (agent, planned time)."""
        return [(agent, at) for agent, login, at in self._plans if login and at < now_s]

    def expire(self, before_s: float) -> None:
        """Forget plans whose time was before `before_s`."""
        for key in [key for key in self._plans if key[2] < before_s]:
            del self._plans[key]

    def jumps(
        self, now_s: float, skills_of: Callable[[str], frozenset[str] | None]
    ) -> dict[frozenset[str], list[tuple[float, float]]]:
        """(seconds from now, +1 or -1) by skill set.  `skills_of`: of an agent who is logged in now, else None.

        One agent's plans are gone through in their order: who is there can't come once more (a plan that was moved is
        told twice), and who is not there can't go.
        """
        mine: dict[str, list[tuple[float, bool, frozenset[str]]]] = {}
        for (agent, login, at), skills in self._plans.items():
            if at >= now_s - GRACE_S:
                mine.setdefault(agent, []).append((at, login, skills))
        out: dict[frozenset[str], list[tuple[float, float]]] = {}
        for agent, plans in mine.items():
            plans.sort(key=lambda plan: plan[:2])
            present = skills_of(agent)
            for at, login, skills in plans:
                if login and present is None:
                    out.setdefault(skills, []).append((max(0.0, at - now_s), 1))
                    present = skills
                elif not login and present is not None:
                    out.setdefault(present, []).append((max(0.0, at - now_s), -1))
                    present = None
        return out
