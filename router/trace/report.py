"""What became of a trace's contacts, in figures: the same for the record and for a replay of it.

It takes visits, not the engine's effects, so both sides are counted by the same lines. It must not know who
produced the visits.

The one idea: every share is of all who queued or were answered, and nothing counted is unknown (None), not
0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from router.terms import SECOND_US
from router.trace.records import Trace

WITHIN_S: Final = 20
"""Seconds of `within_20s_share`: the target that the field quotes most."""


class Visit(NamedTuple):
    """How one contact fared. A contact that was taken at once waited 0."""

    queue: str
    answered: bool
    wait_us: int


@dataclass(slots=True, frozen=True)
class Figures:
    """Counts, and shares of all contacts counted; waits in seconds."""

    contacts: int
    served: int
    abandoned: int
    """Everyone who left without an agent, also by key, by time-out or turned away."""
    mean_wait_s: float | None
    """Of the served (the speed of answer)."""
    p90_wait_s: float | None
    """The wait that nine in ten of the served did not exceed."""
    abandoned_share: float | None
    within_20s_share: float | None
    """Served after at most 20 s, of all."""


def figures(visits: Iterable[Visit]) -> Figures:
    """The figures of these visits."""
    waits: list[int] = []
    abandoned = 0
    for visit in visits:
        if visit.answered:
            waits.append(visit.wait_us)
        else:
            abandoned += 1
    waits.sort()
    served, contacts = len(waits), len(waits) + abandoned
    quick = sum(1 for wait in waits if wait <= WITHIN_S * SECOND_US)
    return Figures(
        contacts=contacts,
        served=served,
        abandoned=abandoned,
        mean_wait_s=sum(waits) / served / SECOND_US if served else None,
        p90_wait_s=waits[(served * 9 + 9) // 10 - 1] / SECOND_US if served else None,
        abandoned_share=abandoned / contacts if contacts else None,
        within_20s_share=quick / contacts if contacts else None,
    )


def by_queue(visits: Iterable[Visit]) -> dict[str, Figures]:
    """The figures of each queue, by its name."""
    queues: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        queues[visit.queue].append(visit)
    return {queue: figures(queues[queue]) for queue in sorted(queues)}


def recorded(trace: Trace) -> Iterator[Visit]:
    """The visits as they were recorded; generated contacts have no record and are passed by."""
    for contact in trace.contacts:
        if contact.outcome is not None:
            yield Visit(contact.queue, contact.outcome == "answered", contact.wait_us or 0)
