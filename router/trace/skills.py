"""Which queues an agent served, told from the calls they took and from those they passed over.

Works on recorded visits alone. It must not know where they were recorded, nor anything of presence.

The one idea: an agent who takes a caller while an earlier one waits in another queue does not serve that
queue, at least not in that shift. Calls taken speak for a queue, calls passed over against it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from router.terms import SECOND_US
from router.trace.records import Contact

TAKEN_LEAST: Final = 2
"""A queue served once in the whole record is a stray (a transfer, a wrong key)."""
SHARE_LEAST: Final = 0.1
"""Least part of the calls that would fall to the agent if all served the queue alike; below it they are
strays."""
TAKEN_PER_PASSED: Final = 0.5
"""A queue is served in a shift if at least this many of its calls were taken for each one passed over. Also
someone who serves it passes some over: real centres do not keep their order to the second."""
SURE_PER_PASSED: Final = 2.0
"""From this many taken for each passed over, a waiting caller of the queue proves that the agent was not
free."""
SLACK_US: Final = 5 * SECOND_US
"""The caller passed over must have been ahead by more than the clocks of a record may differ."""
LEAVING_US: Final = 2 * SECOND_US
"""A caller who left the queue this soon afterwards was just being given to somebody else."""


@dataclass(slots=True)
class Leg:
    """One answered call as its agent lived it: talk from `start_us` to `end_us`."""

    contact: Contact
    start_us: int
    end_us: int


@dataclass(slots=True)
class Served:
    """What an agent served in one shift."""

    skills: tuple[str, ...]
    sure: frozenset[str]
    """Those of them whose waiting callers are evidence of absence."""


Worked: TypeAlias = tuple[str, list[Leg]]
"""An agent's name and the calls of one shift, by their start."""


def served(contacts: Iterable[Contact], shifts: Sequence[Worked]) -> list[Served]:
    """For each shift, the queues served in it. Contacts are all that waited, answered or not."""
    by_agent: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, legs in shifts:
        by_agent[name].update(leg.contact.queue for leg in legs)
    usual = _usual(by_agent)
    passed = _passed_over(contacts, shifts)
    return [
        _judge(Counter(leg.contact.queue for leg in legs), over, usual[name])
        for (name, legs), over in zip(shifts, passed, strict=True)
    ]


def _usual(by_agent: dict[str, Counter[str]]) -> dict[str, set[str]]:
    """The queues that each agent serves at all, strays set aside."""
    everybody: Counter[str] = Counter()
    for taken in by_agent.values():
        everybody += taken
    total = everybody.total()
    return {
        name: {
            queue
            for queue, count in taken.items()
            if count >= TAKEN_LEAST and count >= SHARE_LEAST * everybody[queue] * taken.total() / total
        }
        for name, taken in by_agent.items()
    }


def _judge(taken: Counter[str], passed: Counter[str], usual: set[str]) -> Served:
    skills = {
        queue
        for queue in usual | set(taken)
        if (taken[queue] >= TAKEN_LEAST or queue in usual) and taken[queue] >= TAKEN_PER_PASSED * passed[queue]
    }
    sure = {
        queue for queue in skills if taken[queue] >= TAKEN_LEAST and taken[queue] >= SURE_PER_PASSED * passed[queue]
    }
    # Whoever took calls served something: where nothing passes, it is what they took most of.
    most = min(taken, key=lambda queue: (-taken[queue], queue))
    return Served(tuple(sorted(skills or {most})), frozenset(sure or {most}))


def _passed_over(contacts: Iterable[Contact], shifts: Sequence[Worked]) -> list[Counter[str]]:
    """For each shift, how often an earlier caller of each queue was left waiting when a call was taken."""
    shift_of = {leg.contact.id: number for number, (_, legs) in enumerate(shifts) for leg in legs}
    moves = []
    for contact in contacts:
        if contact.wait_us:
            moves.append((contact.arrival_us, 0, contact))
            moves.append((contact.arrival_us + contact.wait_us, 1, contact))
    moves.sort(key=lambda move: (move[0], move[1], move[2].id))
    waiting: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    passed: list[Counter[str]] = [Counter() for _ in shifts]
    for now, leaves, contact in moves:
        key = contact.arrival_us - contact.head_start_s * SECOND_US
        place = (key, contact.arrival_us + (contact.wait_us or 0))
        line = waiting[contact.queue]
        if not leaves:
            insort(line, place)
            continue
        del line[bisect_left(line, place)]
        number = shift_of.get(contact.id)
        if number is not None:
            passed[number].update(_overtaken(waiting, key - SLACK_US, now + LEAVING_US))
    return passed


def _overtaken(waiting: dict[str, list[tuple[int, int]]], before: int, until: int) -> Iterable[str]:
    """Queues with a caller who was ahead of `before` and still waits after `until`."""
    for queue, line in waiting.items():
        for key, leaves in line:
            if key >= before:
                break
            if leaves > until:
                yield queue
                break
