"""Rosters in the words of a story. All times are UTC.

boss  roster "ann 2026-11-20 08:00-17:00; ann 2026-11-20 12:00-12:30 lunch; bob 2026-11-20 off"
-> boss roster 2 fresh 2
-> boss day ann 2026-11-20 "08:00-17:00 work, 12:00-12:30 lunch"       after `rosters`
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from router.core import commands as ask

ENTRY = re.compile(r"(\S+) (\d{4}-\d\d-\d\d) (?:off|(\d\d:\d\d)-(\d\d:\d\d)(?: (\S+))?)")


def days_of(text: str) -> list[dict[str, Any]]:
    """The days of a message. Raises `ValueError`."""
    days: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for part in text.split(";"):
        found = ENTRY.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"{part.strip()!r} is no time of a roster: ann 2026-11-20 08:00-17:00 lunch")
        agent, day, begins, ends, activity = found.groups()
        entries = days.setdefault((agent, day), [])
        if begins:
            from_s, until_s = _utc_s(day, begins), _utc_s(day, ends)
            times = {"from_utc_s": from_s, "until_utc_s": until_s + (86_400 if until_s <= from_s else 0)}
            entries.append(times | {"activity": activity or "work"})
    return [{"agent": agent, "day": day, "entries": entries} for (agent, day), entries in days.items()]


def _utc_s(day: str, time: str) -> int:
    return int(datetime.fromisoformat(f"{day} {time}").replace(tzinfo=UTC).timestamp())


def day_words(day: ask.RosterDay) -> tuple[str, ...]:
    """One day, as `rosters` tells it."""
    times = [f"{_clock(each.from_utc_s)}-{_clock(each.until_utc_s)} {each.activity}" for each in day.entries]
    return "day", day.agent, day.day, ", ".join(times)


def _clock(utc_s: int) -> str:
    return datetime.fromtimestamp(utc_s, UTC).strftime("%H:%M")
