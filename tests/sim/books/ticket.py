"""The judge's book of tickets: each at one node of its path until it is resolved, its limits exact to the clock that
runs for it, and its end left by nobody unresolved. From the settings and what was said; nothing from the core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from router.core import commands as ask
from router.core.effects import ContactEvent, TicketEvent
from router.core.tickets.settings import Node, TicketPath
from router.core.world import MONITOR
from router.terms import SECOND_US
from tests.sim.seen import Visit
from tests.sim.site import Step

if TYPE_CHECKING:
    from tests.sim.judge import Judge

LATE_MOST_US = SECOND_US // 10
MOVES = {
    "new": ("waiting", "held"),
    "held": ("waiting", "wrapping"),
    "waiting": ("held", "waiting", "offered", "wrapping"),
    "offered": ("connecting", "waiting", "wrapping"),
    "connecting": ("connected", "waiting", "wrapping"),
    "connected": ("wrapping", "waiting", "assigned", "pending"),
    "assigned": ("connected", "pending", "waiting", "wrapping"),
    "pending": ("connected", "waiting", "wrapping"),
    "wrapping": ("ended",),
}
"""The life of a ticket, as it is promised."""


class Seen(Struct, eq=False):
    """A ticket's clock, counted again."""

    path: TicketPath | None
    node: Node | None
    from_us: int
    spent_us: int = 0
    stopped: bool = False
    limited: bool = False
    hops: int = 0
    ticket: str = ""

    def limit_us(self) -> int:
        """When its node's limit is over; 0: never, or not while the clock stands still."""
        if self.node is None or not self.node.limit_us or self.stopped or self.limited:
            return 0
        return self.from_us + max(0, self.node.limit_us - self.spent_us)


class TicketBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._paths = {path.name: path for path in judge.settings.ticket_paths}
        self.seen: dict[tuple[str, str], Seen] = {}
        self._solved: dict[tuple[str, str], TicketPath | None] = {}
        """Tickets that are over: gateway and id -> the path that they went."""
        self._away_until_us = 0

    def restarted(self, now_us: int) -> None:
        """What was due meanwhile comes now."""
        self._away_until_us = now_us

    # -- what happens -------------------------------------------------------------------------------------------------

    def reopened(self, event: ContactEvent) -> ask.Enqueue | None:
        """What brought a ticket that is new and was there before; None for any other contact."""
        command = self._judge.command
        if isinstance(command, ask.Reopen) and command.contact == event.contact:
            return ask.Enqueue(1, event.contact, event.queue, "ticket")
        return None

    def contact(self, visit: Visit, event: ContactEvent) -> None:
        """It goes from state to state."""
        judge, key, before = self._judge, (event.gateway, event.contact), visit.state
        if event.state not in MOVES[before]:
            judge.fault("I1", f"ticket {key} goes from {before} to {event.state}")
        visit.state, visit.state_step = event.state, judge.step
        if event.queue != visit.queue.name:
            # In another node it is new to all: who gave it back in the last one may be the best for this.
            visit.gave_back = ("", 0)
        visit.queue = judge.queues[event.queue]
        visit.needs = visit.queue.needs
        visit.unsure, visit.direct, visit.preferred = True, None, None
        seen = self.seen.get(key) or self._begin(key, visit)
        self._clock(seen, before, event.state)
        command = judge.command
        done = isinstance(command, ask.Complete) and command.resolved != "yes" and command.contact == visit.id
        if (before, event.state) == ("connected", "wrapping") and done and seen.path is not None:
            judge.fault("tickets", f"{key} has ended unresolved, on path {seen.path.name}: {command!r}")
        if event.state == "ended":
            self._ended(key, visit, event, seen)
        elif before in ("offered", "connecting", "connected") and event.state in (
            "waiting", "wrapping", "assigned", "pending",
        ):  # fmt: skip
            judge.book.leaves(visit, before, before == "connected" and event.state in ("assigned", "pending"))
        else:
            judge.book.joined(visit, before, event)

    def _begin(self, key: tuple[str, str], visit: Visit) -> Seen:
        path = self._paths.get(visit.queue.ticket_path)
        node = path.first(visit.queue.name) if path is not None else None
        command = self._judge.command
        if isinstance(command, ask.Reopen):
            # Where it was solved: the node of its path that is worked in its queue.
            path = self._solved.get((key[0], command.ticket))
            node = None if path is None else next(
                (one for one in (*path.nodes, path.end) if one.queue == visit.queue.name), None
            )  # fmt: skip
        seen = self.seen[key] = Seen(path if node is not None else None, node, self._judge.now_us)
        seen.ticket = command.ticket if isinstance(command, ask.Reopen) else visit.id
        return seen

    def _clock(self, seen: Seen, before: str, state: str) -> None:
        """Pending stops the clock where the node says so, and nothing else does."""
        judge, node = self._judge, seen.node
        if state == "pending" and node is not None and isinstance(judge.command, ask.Pend):
            if judge.command.pending_for in node.stops_when_pending and not seen.stopped:
                seen.spent_us += judge.now_us - seen.from_us
                seen.stopped = True
        elif before == "pending" and seen.stopped:
            seen.stopped, seen.from_us = False, judge.now_us

    def _ended(self, key: tuple[str, str], visit: Visit, event: ContactEvent, seen: Seen) -> None:
        judge = self._judge
        del judge.visits[key], self.seen[key]
        self._solved[key[0], seen.ticket] = seen.path
        judge.ended[key] = (judge.now_us, event.outcome or "")
        judge.ledger.ends[event.gateway, event.contact, event.outcome or ""] += 1
        judge.heard.ended(visit)

    def heard(self, step: Step) -> None:
        """What monitors were told of tickets, after all that a step did to contacts."""
        for key, message in step.effects:
            if isinstance(message, TicketEvent) and key.endswith(MONITOR):
                self._news(message)

    def _news(self, event: TicketEvent) -> None:
        """It has moved, or one of its times has come."""
        judge, key = self._judge, (f"main/{event.gateway}", event.contact)
        seen = self.seen.get(key)
        if seen is None and judge.ended.get(key, (0, ""))[0] == judge.now_us:
            return
        if seen is None:
            judge.fault("tickets", f"{event!r}, and nobody knows it")
        elif event.news == "limit":
            at_us = seen.limit_us()
            if not at_us or judge.now_us < at_us:
                judge.fault("tickets", f"{key}: the limit of {event.node} is told at {judge.now_us}, it is at {at_us}")
            self._not_late(key, at_us)
            seen.limited = True
        elif event.news == "moved":
            self._moved(key, seen, event)

    def _moved(self, key: tuple[str, str], seen: Seen, event: TicketEvent) -> None:
        judge, path, left = self._judge, seen.path, seen.node
        node = path.node(event.node) if path is not None else None
        if path is None or node is None or left is None:
            judge.fault("tickets", f"{event!r}: it has no such path")
            return
        if left.name == "end" and event.why != "transfer":
            judge.fault("tickets", f"{event!r}: it has left its end")
        if event.why == "limit" and not seen.limited:
            judge.fault("tickets", f"{event!r}: its limit was not told")
        expected = {node_to for _, node_to in left.next_by_code} | {left.next, "end"}
        if event.why == "unresolved" and event.node not in expected:
            judge.fault("tickets", f"{event!r}: its node leads to {sorted(expected)}")
        seen.hops += 1
        if seen.hops > path.hops_max and event.node != "end":
            judge.fault("tickets", f"{event!r}: {seen.hops} hops of {path.hops_max}")
        seen.node, seen.from_us, seen.spent_us, seen.stopped, seen.limited = node, judge.now_us, 0, False, False

    def _not_late(self, key: tuple[str, str], at_us: int) -> None:
        judge = self._judge
        if at_us and judge.now_us > max(at_us, self._away_until_us) + LATE_MOST_US:
            judge.fault("tickets", f"{key}: its limit was over at {at_us}, it is {judge.now_us}")

    def look(self) -> None:
        """No limit passes in silence."""
        for key, seen in self.seen.items():
            visit = self._judge.visits.get(key)
            if visit is not None and visit.state != "wrapping":
                self._not_late(key, seen.limit_us())
