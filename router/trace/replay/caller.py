"""A contact on its way through a run, and what is done with it once somebody has taken it: talk, wrap-up, and the agent
is free.

Both kinds of runs share it: the `replay` of a record, and the what-if under a whole configuration. It must not know how
a contact came to an agent, nor what became of those who never did.

The one idea: how long a contact waits, talks and is wrapped up is decided before (`draws`); here it only takes place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from router.core.commands import Complete, End
from router.core.native import mypyc_attr
from router.trace.patience import Draw
from router.trace.records import Contact
from router.trace.replay.agenda import ENDS, Agenda
from router.trace.replay.line import Line
from router.trace.replay.shifts import Desk, Shifts
from router.trace.tap import Tap, unheard

PROGRESS_CONTACTS: Final = 500
"""Arrivals between two calls of `progress`."""

COMING: Final = 0
WAITING: Final = 1
TAKEN: Final = 2
OVER: Final = 3


@mypyc_attr(allow_interpreted_subclasses=True)
class Caller:
    """One contact. `wait_us` is whole once it was taken or is over."""

    __slots__ = ("arrived_us", "contact", "desk", "draw", "state", "taken_us", "wait_us")

    def __init__(self, contact: Contact, draw: Draw) -> None:
        self.contact = contact
        self.draw = draw
        self.state = COMING
        self.arrived_us = self.taken_us = self.wait_us = 0
        self.desk: Desk | None = None
        """Who has taken it."""

    def comes(self, now_us: int) -> None:
        """It waits from now on."""
        self.state, self.arrived_us = WAITING, now_us

    def taken(self, now_us: int) -> None:
        """Its wait is over: somebody talks to it."""
        self.state, self.taken_us, self.wait_us = TAKEN, now_us, now_us - self.arrived_us

    def leaves(self, now_us: int) -> None:
        """Its wait is over, and nobody has talked to it."""
        self.state, self.wait_us = OVER, now_us - self.arrived_us


class Talks:
    """All talks of a run."""

    def __init__(
        self,
        line: Line,
        agenda: Agenda,
        shifts: Shifts,
        shares: dict[tuple[str, str], float],
        over: Callable[[Any], None],
        tap: Tap = unheard,
    ) -> None:
        """`shares`: part of an agent's capacity that a contact takes, by (agent, channel). `over`: told of a caller
        when the wrap-up is over, before the engine is. `tap`: see there."""
        self._line = line
        self._agenda = agenda
        self._shifts = shifts
        self._shares = shares
        self._over = over
        self._tap = tap

    def begin(self, caller: Caller, desk: Desk, service_us: int) -> None:
        """The agent at this desk has accepted, and talks for so long."""
        now_us = self._line.now_us
        caller.taken(now_us)
        caller.desk = desk
        self._tap("start", now_us, call=caller.contact.id, queue=caller.contact.queue, agent=desk.name)
        self._shifts.took(desk)
        self._agenda.add(now_us + service_us, ENDS, self._talked, caller)

    def _talked(self, caller: Caller) -> None:
        line = self._line
        assert caller.desk is not None, "only who was talked to has talked"
        self._tap("end", line.now_us, call=caller.contact.id, queue=caller.contact.queue, agent=caller.desk.name)
        line.tell(End(line.number(), caller.contact.id))
        if caller.draw.wrap_up_us:
            self._agenda.add(line.now_us + caller.draw.wrap_up_us, ENDS, self._wrapped_up, caller)
        else:
            self._wrapped_up(caller)

    def _wrapped_up(self, caller: Caller) -> None:
        line, desk, contact = self._line, caller.desk, caller.contact
        assert desk is not None, "only who was talked to is wrapped up"
        # Before the engine hears of it: what it then offers comes after.
        self._over(caller)
        caller.state = OVER
        share = self._shares[desk.name, contact.channel]
        self._shifts.done(desk, round((line.now_us - caller.taken_us) * share))
        self._tap("agent_ready", line.now_us, agent=desk.name)
        line.tell(Complete(line.number(), contact.id))


class Arrivals:
    """Counts who has come, and says so from time to time."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self._progress = progress
        self._arrived = 0

    def one(self) -> None:
        """Another one comes."""
        self._arrived += 1
        if self._progress is not None and self._arrived % PROGRESS_CONTACTS == 0:
            self._progress(self._arrived)
