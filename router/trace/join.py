"""Several days in one trace: for estimates that rest on a month, and for a file that reads at once.

The one idea: a trace's times are from its start, so the days are moved apart by their dates, and all else stays.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from router.terms import SECOND_US
from router.trace.records import Agent, Break, Contact, Day, Shift, Trace, TraceError


def join(traces: Sequence[Trace]) -> Trace:
    """One trace of these, in the order of their days; ids that occur twice get a number behind them.

    Raises TraceError where two of them have a day in common, other time zones, or there are none.
    """
    if not traces:
        raise TraceError("no_such_day", "no trace to join", remedy="name at least one")
    ordered = sorted(traces, key=lambda trace: trace.header.start)
    first = ordered[0].header
    days: list[Day] = []
    contacts: list[Contact] = []
    shifts: defaultdict[str, list[Shift]] = defaultdict(list)
    skills: defaultdict[str, dict[str, int]] = defaultdict(dict)
    ids: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    for trace in ordered:
        header = trace.header
        if header.time_zone != first.time_zone:
            what = f"one is of time zone {first.time_zone}, another of {header.time_zone}"
            raise TraceError("unknown_time_zone", what, remedy="join traces of one time zone")
        offset_us = _offset_us(first.start, header.start)
        if days and offset_us < days[-1].to_us:
            raise TraceError("bad_time", f"{header.start[:10]} is in two of them", remedy="name each day once")
        days += [Day(day.date, day.from_us + offset_us, day.to_us + offset_us) for day in header.days]
        for contact in trace.contacts:
            ids[contact.id] += 1
            contacts.append(_moved(contact, offset_us, ids[contact.id]))
        for agent in trace.agents:
            skills[agent.name] |= agent.skills
            shifts[agent.name] += [_later(shift, offset_us) for shift in agent.shifts]
        left_out += Counter(header.left_out)
        notes += Counter(header.notes)
    sources = [trace.header.source for trace in ordered]
    header = replace(
        first,
        source=sources[0] if len(sources) == 1 else f"{sources[0]} to {sources[-1]}",
        presence=first.presence if len({trace.header.presence for trace in ordered}) == 1 else "mixed",
        acknowledgement="; ".join(dict.fromkeys(each for each in (t.header.acknowledgement for t in ordered) if each)),
        queues={name: title for trace in ordered for name, title in trace.header.queues.items()},
        days=days,
        left_out=dict(sorted(left_out.items())),
        notes=dict(sorted(notes.items())),
    )
    return Trace(header, [Agent(name, skills[name], _joined(shifts[name])) for name in sorted(shifts)], contacts)


def _offset_us(first: str, start: str) -> int:
    """From one start to another. Without a time zone days are of 24 hours."""
    return round((datetime.fromisoformat(start) - datetime.fromisoformat(first)).total_seconds()) * SECOND_US


def _moved(contact: Contact, offset_us: int, times: int) -> Contact:
    answered_us = contact.answered_us
    return replace(
        contact,
        id=contact.id if times == 1 else f"{contact.id[:56]}+{times}",
        arrival_us=contact.arrival_us + offset_us,
        answered_us=None if answered_us is None else answered_us + offset_us,
    )


def _later(shift: Shift, offset_us: int) -> Shift:
    breaks = [Break(pause.from_us + offset_us, pause.for_us) for pause in shift.breaks]
    return Shift(shift.from_us + offset_us, shift.to_us + offset_us, shift.skills, breaks)


def _joined(shifts: list[Shift]) -> list[Shift]:
    """By their begin; one that ran over its day's end is cut where the next begins."""
    ordered = sorted(shifts, key=lambda shift: shift.from_us)
    for shift, following in pairwise(ordered):
        shift.to_us = min(shift.to_us, following.from_us)
    return ordered
