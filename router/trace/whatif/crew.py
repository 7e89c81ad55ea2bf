"""The people of a run as rules and plans move them: who is lent and given back, and the back office that comes late.

Their shifts and breaks are `replay_shifts`' business. It must not know why the engine lends anybody.

The one idea: whoever is called from other work finishes what lies before them. They say so as any phone would, by being
busy with work of their own, so the engine gives the contact to somebody else meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from router.core.commands import Occupy, Release
from router.core.effects import AgentState
from router.trace.replay.agenda import LOG_IN, Agenda
from router.trace.replay.line import Line
from router.trace.replay.shifts import Desk, Shifts
from router.trace.whatif.fit import Helpers


class Move(NamedTuple):
    """Somebody was lent, or given back."""

    at_us: int
    """Of the trace."""
    agent: str
    by: str
    """`rule storm`, `plan storm`."""
    lent: bool


class Crew:
    """Everybody of a run."""

    def __init__(
        self,
        line: Line,
        agenda: Agenda,
        shifts: Shifts,
        helpers: Mapping[str, Helpers],
        capacities: Mapping[str, int],
        offset_us: int,
    ) -> None:
        """`helpers`: agents who are not in the trace; `capacities`: units of an agent."""
        self.moves: list[Move] = []
        self._line = line
        self._agenda = agenda
        self._helpers = helpers
        self._capacities = capacities
        self._offset_us = offset_us
        self._called: list[str] = []
        self._busy: set[str] = set()
        heard = line.on[AgentState]
        line.on[AgentState] = lambda message: heard(message) if message.skills is None else self._moved(message)
        self._desks = shifts.desks

    def slower(self, desk: Desk) -> float:
        """By what factor a talk at this desk is longer."""
        helper = self._helpers.get(desk.name)
        return 1.0 if helper is None else helper.slower

    def settle(self) -> None:
        """Whoever was just called finishes other work first."""
        line = self._line
        while self._called:
            name = self._called.pop()
            desk = self._desks[name]
            if name in self._busy or desk.in_hand or desk.person.at is not desk:
                continue
            self._busy.add(name)
            line.tell(Occupy(line.number(), name, "internal", max(1, self._capacities[name])))
            self._agenda.add(line.now_us + self._helpers[name].late_us, LOG_IN, self._done, name)

    def _done(self, name: str) -> None:
        self._busy.discard(name)
        self._line.tell(Release(self._line.number(), name))

    def _moved(self, message: AgentState) -> None:
        lent = message.why != "given back"
        self.moves.append(Move(self._line.now_us - self._offset_us, message.agent, message.by, lent))
        helper = self._helpers.get(message.agent)
        if lent and helper is not None and helper.late_us:
            self._called.append(message.agent)
