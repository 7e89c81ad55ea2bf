"""The estimates that others make, and the theory's, from the same events: what ours is measured against.

What lives here: queue length over speed, the same with abandonment, last to enter service, Asterisk's formula.
What it must not know: our estimator.

Sources: QL (n+1)/(s mu); with abandonment sum over k of 1/(s mu + k theta); LES (Ibrahim and Whitt 2009);
Asterisk `H <- (3H + w)/4` over answered calls, said as |H + 30 - waited|.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMES = ("ql", "ql_abandon", "les", "asterisk")


class Rivals:
    """Feed it the same events; `answer` gives one estimate a rival, in s, in the order of `NAMES`."""

    def __init__(self) -> None:
        self.priority: dict[str, int] = {}
        self.waiting: dict[str, dict[str, float]] = {}
        self.skills: dict[str, tuple[str, ...]] = {}
        self.begun: dict[str, float] = {}
        self.handled = 1.0
        self.handle_s = 180.0
        self.waited_s = 3000.0
        self.hung_up = 1.0
        self.last: dict[str, float] = {}
        self.hold: dict[str, float] = {}

    def feed(self, event: Mapping[str, Any]) -> None:
        """One event of the neutral schema."""
        kind, now = event["ev"], float(event["t"])
        if kind == "config":
            self.priority = dict(event["priority"])
            self.waiting = {name: {} for name in event["queues"]}
        elif kind == "arrive":
            self.waiting[event["queue"]][event["call"]] = now
        elif kind == "start":
            wait = now - self.waiting[event["queue"]].pop(event["call"])
            self.begun[event["agent"]] = now
            self.waited_s += wait
            self.last[event["queue"]] = wait
            self.hold[event["queue"]] = (3 * self.hold.get(event["queue"], 0.0) + wait) / 4
        elif kind == "abandon":
            self.waited_s += now - self.waiting[event["queue"]].pop(event["call"])
            self.hung_up += 1
        elif kind == "agent_login":
            self.skills[event["agent"]] = tuple(event["skills"])
        elif kind in ("agent_ready", "agent_logout"):
            begun = self.begun.pop(event["agent"], None)
            if begun is not None:
                self.handled += 1
                self.handle_s += now - begun
            if kind == "agent_logout":
                self.skills.pop(event["agent"], None)

    def answer(self, queue: str, position: int, waited: float) -> tuple[float, ...]:
        """Estimates for a position (1 = next)."""
        servers = max(sum(1 for skills in self.skills.values() if queue in skills), 1)
        speed = servers * self.handled / self.handle_s
        ahead = position - 1
        for other, calls in self.waiting.items():
            if other != queue and self.priority[other] <= self.priority[queue] and self._shares(queue, other):
                ahead += len(calls)
        leave = self.hung_up / self.waited_s
        with_abandon = sum(1 / (speed + k * leave) for k in range(ahead + 1))
        return (
            (ahead + 1) / speed,
            with_abandon,
            self.last.get(queue, 0.0),
            abs(self.hold.get(queue, 0.0) + 30 - waited),
        )

    def _shares(self, queue: str, other: str) -> bool:
        return any(queue in skills and other in skills for skills in self.skills.values())
