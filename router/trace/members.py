"""When Asterisk's queue members were there, from the log's own events: added and removed, logged in and off,
paused.

Where the log says so, nothing needs to be inferred. It must not know about visits, except that a pause that
begins in a call really begins when that call ends.

The one idea: a member is on shift while in any queue (or logged in), and on a break while paused in all of
them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from router.trace.names import as_id
from router.trace.presence import LEVEL
from router.trace.records import Agent, Break, Contact, PresenceSource, Shift

JOINS: Final = frozenset({"ADDMEMBER", "AGENTLOGIN", "AGENTCALLBACKLOGIN"})
LEAVES: Final = frozenset({"REMOVEMEMBER", "AGENTLOGOFF", "AGENTCALLBACKLOGOFF"})
PAUSES: Final = frozenset({"PAUSE", "PAUSEALL"})
UNPAUSES: Final = frozenset({"UNPAUSE", "UNPAUSEALL"})
EVENTS: Final = JOINS | LEAVES | PAUSES | UNPAUSES
EVERYWHERE: Final = "NONE"
"""The queue of events that hold for all queues of a member."""


@dataclass(slots=True, frozen=True)
class Event:
    """One line of the log; `at_us` is its epoch in microseconds."""

    at_us: int
    call: str
    queue: str
    agent: str
    name: str
    parameters: tuple[str, ...] = ()

    def parameter(self, place: int) -> str:
        """A parameter, empty where the line has not so many."""
        return self.parameters[place].strip() if place < len(self.parameters) else ""

    def number(self, place: int) -> int:
        """A parameter as a whole number, 0 where it is none."""
        text = self.parameter(place)
        return int(text) if text.isdigit() else 0


@dataclass(slots=True)
class _Stay:
    """One shift as the log has it."""

    from_us: int
    to_us: int
    queues: set[str]
    pauses: list[tuple[int, int]]


@dataclass(slots=True)
class _Member:
    queues: set[str] = field(default_factory=set)
    """Where the member is now; EVERYWHERE for a log-in without a queue."""
    paused: set[str] = field(default_factory=set)
    stay: _Stay | None = None
    paused_since_us: int | None = None
    stays: list[_Stay] = field(default_factory=list)


@dataclass(slots=True)
class Roster:
    """All members of a log, while it is read."""

    first_us: int = 0
    last_us: int = 0
    members: defaultdict[str, _Member] = field(default_factory=lambda: defaultdict(_Member))

    def saw(self, event: Event) -> None:
        """Any line at all: the log reaches from its first time to its last."""
        self.first_us = min(self.first_us or event.at_us, event.at_us)
        self.last_us = max(self.last_us, event.at_us)

    def take(self, event: Event) -> None:
        """An event of EVENTS."""
        member = self.members[event.agent]
        queue = EVERYWHERE if event.queue.upper() == EVERYWHERE else as_id(event.queue)
        if event.name in JOINS:
            member.queues.add(queue)
            if event.parameter(0).upper() == "PAUSED":
                member.paused.add(queue)
        elif event.name in LEAVES:
            if not member.queues:
                # In no queue that the log told of: a member since before it began, or since the last end.
                since_us = member.stays[-1].to_us if member.stays else self.first_us
                member.stay = _Stay(since_us, event.at_us, {queue}, [])
            member.queues.discard(queue)
            if event.name != "REMOVEMEMBER":
                member.queues.clear()
        elif event.name in PAUSES:
            member.paused.add(queue)
        else:
            member.paused.discard(queue)
            if queue == EVERYWHERE:
                member.paused.clear()
        self._settle(member, event.at_us)

    def _settle(self, member: _Member, now_us: int) -> None:
        """Begins or ends the member's shift and pause as the state after an event has it."""
        if member.queues:
            if member.stay is None:
                member.stay = _Stay(now_us, now_us, set(), [])
            member.stay.queues |= member.queues
        away = bool(member.queues) and (EVERYWHERE in member.paused or member.queues <= member.paused)
        if member.stay is not None and member.paused_since_us is not None and not away:
            member.stay.pauses.append((member.paused_since_us, now_us))
            member.paused_since_us = None
        if away and member.paused_since_us is None:
            member.paused_since_us = now_us
        if member.stay is not None and not member.queues:
            member.stay.to_us = now_us
            member.stays.append(member.stay)
            member.stay = None
            member.paused.clear()

    def times(self, start_us: int) -> dict[str, list[_Stay]]:
        """Each member's shifts, counted from `start_us`; those still open end with the log."""
        out = {}
        for name, member in sorted(self.members.items()):
            if member.stay is not None:
                member.queues.clear()
                self._settle(member, self.last_us)
            if member.stays:
                out[name] = [
                    _Stay(
                        stay.from_us - start_us,
                        stay.to_us - start_us,
                        stay.queues - {EVERYWHERE},
                        [(from_us - start_us, to_us - start_us) for from_us, to_us in stay.pauses],
                    )
                    for stay in member.stays
                ]
        return out


def apply_recorded(
    inferred: Sequence[Agent], stays: dict[str, list[_Stay]], contacts: Sequence[Contact]
) -> tuple[list[Agent], PresenceSource]:
    """The agents of a log: as recorded where it says when they were there, else as inferred.

    A wrap-up inferred over a recorded pause or log-off is taken back (`wrap_up_us` None): the record
    explains it.
    """
    calls: defaultdict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        if contact.agent is not None and contact.answered_us is not None:
            calls[contact.agent].append(contact)
    agents = [agent for agent in inferred if agent.name not in stays]
    guessed = {agent.name: agent.shifts for agent in inferred}
    kept = sum(len(agent.shifts) for agent in agents)
    for name, own in stays.items():
        agent = _recorded(name, own, sorted(calls[name], key=lambda each: each.answered_us or 0))
        spare = [shift for shift in guessed.get(name, ()) if not _meets(shift, own)]
        kept += len(spare)
        agent.shifts = sorted(agent.shifts + spare, key=lambda shift: shift.from_us)
        if agent.shifts:
            skills = sorted({queue for shift in agent.shifts for queue in shift.skills})
            agents.append(Agent(name, dict.fromkeys(skills, LEVEL), agent.shifts))
    agents.sort(key=lambda agent: agent.name)
    every = sum(len(agent.shifts) for agent in agents)
    source: PresenceSource = "inferred" if kept == every else "mixed" if kept else "recorded"
    return agents, source


def _meets(shift: Shift, stays: Sequence[_Stay]) -> bool:
    return any(shift.from_us < stay.to_us and stay.from_us < shift.to_us for stay in stays)


def _recorded(name: str, stays: Sequence[_Stay], calls: Sequence[Contact]) -> Agent:
    """One member's shifts and breaks as recorded, from the shifts in order and the calls taken in order."""
    starts = [call.answered_us or 0 for call in calls]
    ends = [start + (call.service_us or 0) for start, call in zip(starts, calls, strict=True)]
    agent = Agent(name, {})
    for stay in stays:
        first, after = bisect_left(starts, stay.from_us), bisect_left(starts, stay.to_us)
        skills = tuple(sorted(stay.queues | {call.queue for call in calls[first:after]}))
        if not skills:
            # Logged in to no queue that the log names, and took nothing: nobody can say what for.
            continue
        shift = Shift(stay.from_us, stay.to_us, skills)
        for from_us, to_us in stay.pauses:
            place = bisect_right(starts, from_us) - 1
            begins = max(from_us, ends[place]) if place >= 0 else from_us
            if to_us > begins:
                shift.breaks.append(Break(begins, to_us - begins))
        agent.shifts.append(shift)
    away = sorted(
        [pause.from_us for shift in agent.shifts for pause in shift.breaks] + [shift.to_us for shift in agent.shifts]
    )
    for call, end, following in zip(calls, ends, starts[1:], strict=False):
        place = bisect_left(away, end)
        if place < len(away) and away[place] < following:
            call.wrap_up_us = None
    return agent
