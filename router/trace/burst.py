"""Puts an incident into a trace: for some minutes more callers of the same kind.

It changes nothing else: whoever was in the trace is there still, and so are the agents. It must not know what rules
make of it.

The one idea: the callers of a burst are drawn from those who came in the same minutes, so they ask for the same
services, talk as long, and have the patience that the queue's callers have (`patience.draws`).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from router.terms import SECOND_US
from router.trace.records import Contact, Trace, TraceError

KINDS_LEAST: Final = 20
"""Callers to draw from: with fewer in the minutes of the burst, those of the hour before and after count too."""
AROUND_US: Final = 3_600 * SECOND_US
FACTOR_MOST: Final = 1_000.0
"""A typing mistake, not an incident: bounds what is made."""


def burst(trace: Trace, at_us: Iterable[int], *, factor: float, for_us: int, seed: int = 1) -> Trace:
    """A trace with `factor` times the arrivals in the `for_us` microseconds from each of `at_us`; the same for the same
    seed. New contacts are named `burst-1`, `burst-2`, ..., nobody knows their customer, and they have no outcome.

    Raises TraceError where nobody is there to draw from, or a figure makes no sense.
    """
    if not 1.0 < factor <= FACTOR_MOST:
        raise TraceError("bad_factor", f"a factor of {factor:g}", remedy=f"give one over 1 and up to {FACTOR_MOST:g}")
    if for_us <= 0:
        raise TraceError("bad_time", "a burst of no minutes", remedy="say how long it lasts")
    rng = random.Random(seed)
    taken = {contact.id for contact in trace.contacts}
    made: list[Contact] = []
    for begin_us in at_us:
        inside = _between(trace, begin_us, begin_us + for_us)
        kinds = (
            inside
            if len(inside) >= KINDS_LEAST
            else _between(trace, begin_us - AROUND_US, begin_us + for_us + AROUND_US)
        )
        if not inside:
            what = f"nobody arrives in the {for_us / 60 / SECOND_US:g} minutes from {clock(trace, begin_us)}"
            raise TraceError("nobody_there", what, remedy="give a time at which the centre was open")
        for _ in range(round(len(inside) * (factor - 1))):
            made.append(_like(rng.choice(kinds), _name(len(made) + 1, taken), begin_us + rng.randrange(for_us)))
    contacts = sorted([*trace.contacts, *made], key=lambda each: (each.arrival_us, each.id))
    notes = {**trace.header.notes, "burst_contacts": trace.header.notes.get("burst_contacts", 0) + len(made)}
    header = replace(trace.header, source=f"{trace.header.source}, with bursts", notes=dict(sorted(notes.items())))
    return replace(trace, header=header, contacts=contacts)


def moment(trace: Trace, text: str) -> int:
    """A local date and time as microseconds of the trace. Raises TraceError where it is none, or lies outside."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise TraceError("bad_time", f"{text!r} is no date and time", remedy="write 1999-02-08T10:30") from None
    start = datetime.fromisoformat(trace.header.start)
    if when.tzinfo is None:
        when = when.replace(tzinfo=start.tzinfo)
    elif start.tzinfo is None:
        raise TraceError("bad_time", f"{text!r} has an offset and the trace none", remedy="leave the offset out")
    at_us = round((when - start).total_seconds() * SECOND_US)
    days = trace.header.days
    if days and not days[0].from_us <= at_us < days[-1].to_us:
        remedy = f"name one from {days[0].date} to {days[-1].date}"
        raise TraceError("bad_time", f"{text} is not in the trace", remedy=remedy)
    return at_us


def clock(trace: Trace, at_us: int) -> str:
    """The local date and time of a moment of the trace."""
    when = datetime.fromisoformat(trace.header.start) + timedelta(microseconds=at_us)
    return when.isoformat(timespec="minutes")


def _between(trace: Trace, from_us: int, to_us: int) -> list[Contact]:
    return [contact for contact in trace.contacts if from_us <= contact.arrival_us < to_us]


def _name(number: int, taken: set[str]) -> str:
    name = f"burst-{number}"
    while name in taken:
        name += "+"
    taken.add(name)
    return name


def _like(kind: Contact, name: str, arrival_us: int) -> Contact:
    """Somebody who asks for the same; how long they would wait is left for a replay to draw."""
    return Contact(
        id=name,
        arrival_us=arrival_us,
        queue=kind.queue,
        channel=kind.channel,
        priority=kind.priority,
        head_start_s=kind.head_start_s,
        service_us=kind.service_us,
        wrap_up_us=kind.wrap_up_us,
    )
