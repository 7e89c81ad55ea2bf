"""When agents worked, told from the calls they took: shifts, breaks, and wrap-up after each call.

Counting everyone as present from their first call of a day to the last makes a centre look far better
staffed than it was. This file works on recorded visits; it must not know where they were recorded.

The one idea: a centre that is not idle by choice gives a waiting caller to any free agent who serves them.
So while such a caller waited, an agent between two calls was not free; until then and not longer is certain,
to the next call at most. How long agents are away after a call is thus known between two bounds, and
`turnbull` estimates it. The page `docs/traces.md`, "How presence is inferred", says what else was tried and
what it gave.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from router.terms import SECOND_US
from router.trace.codec import Progress
from router.trace.records import Agent, Break, Contact, Shift
from router.trace.skills import Leg, Served, Worked, served
from router.trace.turnbull import IntervalEstimate

SHIFT_GAP_US: Final = 4 * 3600 * SECOND_US
"""Nobody takes a break of this length: the next call begins a new shift."""
WRAP_UP_MOST_US: Final = 600 * SECOND_US
"""An absence after a call up to this long stays with the call as its wrap-up; a longer one is a break of
the agent."""
PICK_UP_US: Final = 3 * SECOND_US
"""A caller who waited until this shortly before the agent's next call was there all the time: giving a
call to an agent takes some seconds."""
LEVEL: Final = 5
"""Nothing in a record of calls says who is better at what, so everybody has the middle level."""


@dataclass(slots=True)
class Presence:
    """What was inferred, and how much of it rests on what."""

    agents: list[Agent]
    notes: dict[str, int]


@dataclass(slots=True)
class _Gap:
    """The time between two calls of one shift; the agent was away for at least `low_us` and at most
    `high_us`."""

    shift: int
    leg: Leg
    low_us: int
    high_us: int


def infer(contacts: Sequence[Contact], *, seed: int = 1, progress: Progress | None = None) -> Presence:
    """Infers presence from the answered contacts, and writes `wrap_up_us` into them.

    Talk that ran over the agent's next call is cut where that began (`service_us` is changed): the caller
    had been handed on. Bounds that leave room are filled by draws from `seed`.
    """
    say = progress or (lambda _what, _done, _of: None)
    legs, cut = _legs(contacts)
    shifts = [(name, part) for name in sorted(legs) for part in _split(legs[name])]
    say("skills", 0, None)
    skills = served(contacts, shifts)
    say("presence", 0, len(shifts))
    evidence = _Evidence(contacts)
    gaps = _gaps(shifts, skills, evidence)
    estimate = IntervalEstimate.fit((gap.low_us, gap.high_us) for gap in gaps)
    rng = random.Random(seed)
    breaks, idle = _fill(gaps, estimate, rng)
    agents: dict[str, Agent] = {}
    for number, ((name, part), serves) in enumerate(zip(shifts, skills, strict=True)):
        agent = agents.setdefault(name, Agent(name, {}))
        agent.skills.update(dict.fromkeys(serves.skills, LEVEL))
        first, last = part[0].start_us, max(leg.end_us for leg in part)
        first = max(0, first - min(evidence.quiet_before(serves.sure, first), rng.choice(idle) if idle else 0))
        agent.shifts.append(Shift(first, last, serves.skills, breaks[number]))
        say("presence", number + 1, len(shifts))
    for agent in agents.values():
        agent.skills = dict(sorted(agent.skills.items()))
    exact = sum(1 for gap in gaps if gap.low_us == gap.high_us)
    notes = {
        "shifts": len(shifts),
        "gaps_between_calls": len(gaps),
        "gaps_known_exactly": exact,
        "breaks": sum(len(each) for each in breaks.values()),
        "service_cut_at_next_call": cut,
    }
    return Presence(list(agents.values()), notes)


def _legs(contacts: Iterable[Contact]) -> tuple[dict[str, list[Leg]], int]:
    """Each agent's calls by their start, none running over the next; and how many had to be cut."""
    legs: defaultdict[str, list[Leg]] = defaultdict(list)
    for contact in contacts:
        if contact.agent is not None and contact.answered_us is not None and contact.service_us is not None:
            end = contact.answered_us + contact.service_us
            legs[contact.agent].append(Leg(contact, contact.answered_us, end))
    cut = 0
    for own in legs.values():
        own.sort(key=lambda leg: (leg.start_us, leg.end_us, leg.contact.id))
        for leg, following in pairwise(own):
            if following.start_us < leg.end_us:
                leg.end_us = following.start_us
                leg.contact.service_us = leg.end_us - leg.start_us
                cut += 1
    return dict(legs), cut


def _split(legs: list[Leg]) -> list[list[Leg]]:
    """One agent's calls, parted where nothing was taken for longer than any break."""
    parts = [[legs[0]]]
    for leg in legs[1:]:
        if leg.start_us - parts[-1][-1].end_us > SHIFT_GAP_US:
            parts.append([])
        parts[-1].append(leg)
    return parts


class _Evidence:
    """When somebody of a set of queues was waiting, as intervals that neither meet nor overlap."""

    def __init__(self, contacts: Iterable[Contact]) -> None:
        self._waits: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for contact in contacts:
            if contact.wait_us:
                self._waits[contact.queue].append((contact.arrival_us, contact.arrival_us + contact.wait_us))
        self._merged: dict[frozenset[str], tuple[list[int], list[int]]] = {}

    def last_before(self, queues: frozenset[str], time_us: int) -> int | None:
        """The last moment before `time_us` at which somebody waited; `time_us` where they wait still."""
        starts, ends = self._intervals(queues)
        place = bisect_left(starts, time_us) - 1
        return min(ends[place], time_us) if place >= 0 else None

    def quiet_before(self, queues: frozenset[str], time_us: int) -> int:
        """How long nobody had waited at `time_us`; 0 where somebody did until just before."""
        last = self.last_before(queues, time_us)
        quiet = time_us if last is None else time_us - last
        return quiet if quiet > PICK_UP_US else 0

    def _intervals(self, queues: frozenset[str]) -> tuple[list[int], list[int]]:
        if queues not in self._merged:
            starts: list[int] = []
            ends: list[int] = []
            for start, end in sorted(wait for queue in sorted(queues) for wait in self._waits[queue]):
                if ends and start <= ends[-1]:
                    ends[-1] = max(ends[-1], end)
                else:
                    starts.append(start)
                    ends.append(end)
            self._merged[queues] = (starts, ends)
        return self._merged[queues]


def _gaps(shifts: Sequence[Worked], skills: Sequence[Served], evidence: _Evidence) -> list[_Gap]:
    out = []
    for number, ((_, legs), serves) in enumerate(zip(shifts, skills, strict=True)):
        for leg, following in pairwise(legs):
            high = following.start_us - leg.end_us
            last = evidence.last_before(serves.sure, following.start_us)
            low = 0 if last is None else max(0, last - leg.end_us)
            if low >= high - PICK_UP_US:
                low = high
            out.append(_Gap(number, leg, low, high))
    return out


def _fill(
    gaps: Sequence[_Gap], estimate: IntervalEstimate, rng: random.Random
) -> tuple[defaultdict[int, list[Break]], list[int]]:
    """Decides each absence within its bounds: short ones into the contact, long ones as breaks of the shift.

    Also gives how long agents then sat idle before their next call, one time for each gap.
    """
    breaks: defaultdict[int, list[Break]] = defaultdict(list)
    idle = []
    for gap in gaps:
        away = gap.low_us if gap.low_us == gap.high_us else estimate.draw(gap.low_us, gap.high_us, rng)
        idle.append(gap.high_us - away)
        if away > WRAP_UP_MOST_US:
            breaks[gap.shift].append(Break(gap.leg.end_us, away))
        else:
            gap.leg.contact.wrap_up_us = away
    return breaks, idle
