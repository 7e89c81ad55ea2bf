"""Who should be there when: the roster as it was imported, a day of an agent at a time.

What lives here: the days that are kept, and the times at work that follow from them. It must not know who is there, nor
what anybody makes of it: nothing is decided by a roster. It says who is missing, and lets estimates know who comes and
goes (`estimates/coming.py`).

The one idea: a day of an agent is replaced as a whole and is one record; times are Unix seconds, since a roster is
written for the clock on the wall. A day goes an hour after its last entry has ended.
"""

from __future__ import annotations

from bisect import bisect_right
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.msgpack import Encoder

from router.core.entity import Entity
from router.terms import SECOND_US

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from router.core.entities import Agent
    from router.core.world import World

WORK = "work"
"""The activity in which an agent takes contacts. Any other is time away, also in the middle of work."""
OFF = "off"
"""In a table: nothing is planned that day."""
KEPT_S = 3600
"""A day is kept so long after its last entry: who works longer is not forgotten with the minute."""
DROPPED_A_TELL = 256
"""Days dropped each time that the clock is told: some microseconds each."""
SCHEMA = 1

_encode = Encoder().encode

Entry = tuple[int, int, str]
"""(from, until, activity): Unix seconds."""
Span = tuple[int, int]
"""(from, until) at work."""
Key = tuple[str, str]
"""(tenant, agent)."""


class RotaDay(Entity, eq=False, gc=False):
    """One day of one agent."""

    tenant: str
    agent: str
    day: str
    entries: tuple[Entry, ...]
    """Sorted."""

    @property
    def key(self) -> str:
        """tenant/agent/day."""
        return f"{self.tenant}/{self.agent}/{self.day}"


class RosterRecord(Struct, array_like=True, gc=False):
    """See `RotaDay`."""

    schema: int
    tenant: str
    agent: str
    day: str
    entries: tuple[Entry, ...]


class Missing(NamedTuple):
    """Somebody who should be at work: since when they are not (Unix seconds)."""

    agent: Agent
    since_s: int


class Rota:
    """All days that are kept. `at_work`: when an agent is planned to take contacts, in order, without overlaps."""

    __slots__ = ("_ends", "at_work", "count", "days", "version")

    def __init__(self) -> None:
        self.days: dict[Key, dict[str, RotaDay]] = {}
        self.at_work: dict[Key, tuple[Span, ...]] = {}
        self.count = 0
        self.version = 0
        """Raised by each change."""
        self._ends: list[tuple[int, str, str, str]] = []
        """(end, tenant, agent, day), the next one first; replaced days leave theirs behind."""

    def everything(self) -> Iterator[RotaDay]:
        """Every day."""
        for days in self.days.values():
            yield from days.values()

    def put(self, day: RotaDay) -> None:
        """Keep a day, in the place of what was there."""
        key = (day.tenant, day.agent)
        days = self.days.setdefault(key, {})
        self.count += day.day not in days
        days[day.day] = day
        heappush(self._ends, (_end(day), day.tenant, day.agent, day.day))
        self._changed(key)

    def drop(self, day: RotaDay) -> None:
        """Keep it no more."""
        key = (day.tenant, day.agent)
        del self.days[key][day.day]
        self.count -= 1
        if not self.days[key]:
            del self.days[key]
        self._changed(key)

    def past(self, now_s: int) -> RotaDay | None:
        """A day that is over for long enough, if there is one."""
        while self._ends and self._ends[0][0] + KEPT_S <= now_s:
            end_s, tenant, agent, name = heappop(self._ends)
            day = self.days.get((tenant, agent), {}).get(name)
            if day is not None and _end(day) == end_s:
                return day
        return None

    def planned(self, key: Key, now_s: int) -> Span | None:
        """The time at work that goes on now, or that is the next one."""
        spans = self.at_work.get(key, ())
        at = bisect_right(spans, now_s, key=_until)
        return spans[at] if at < len(spans) else None

    def outlook(self, key: Key, now_s: int) -> tuple[int, Span | None, int]:
        """(end of the last time at work that is over, the one that goes on or comes next, begin of the one after it);
        0 and None where there is none."""
        spans = self.at_work.get(key, ())
        at = bisect_right(spans, now_s, key=_until)
        over_s = spans[at - 1][1] if at else 0
        if at == len(spans):
            return over_s, None, 0
        return over_s, spans[at], spans[at + 1][0] if at + 1 < len(spans) else 0

    def _changed(self, key: Key) -> None:
        self.version += 1
        spans = spans_of(entry for day in self.days.get(key, {}).values() for entry in day.entries)
        if spans:
            self.at_work[key] = spans
        else:
            self.at_work.pop(key, None)


def _end(day: RotaDay) -> int:
    return max(until_s for _, until_s, _ in day.entries)


def _until(span: Span) -> int:
    return span[1]


def spans_of(entries: Iterable[Entry]) -> tuple[Span, ...]:
    """Times at work: those entries joined, less all others."""
    work: list[Span] = []
    away: list[Span] = []
    for from_s, until_s, activity in sorted(entries):
        into = work if activity == WORK else away
        if into and from_s <= into[-1][1]:
            into[-1] = (into[-1][0], max(into[-1][1], until_s))
        else:
            into.append((from_s, until_s))
    found: list[Span] = []
    at = 0
    for from_s, until_s in work:
        while at < len(away) and away[at][1] <= from_s:
            at += 1
        begin_s = from_s
        for gone_s, back_s in away[at:]:
            if gone_s >= until_s:
                break
            if gone_s > begin_s:
                found.append((begin_s, gone_s))
            begin_s = max(begin_s, back_s)
        if begin_s < until_s:
            found.append((begin_s, until_s))
    return tuple(found)


def utc_s(world: World) -> int:
    """The wall clock, by core time; 0: nobody has told it yet."""
    return (world.now_us + world.ahead_us) // SECOND_US if world.ahead_us else 0


def replace(world: World, tenant: str, agent: str, name: str, entries: tuple[Entry, ...]) -> None:
    """The agent's day is this from now on; without entries nothing is known of it any more."""
    day = world.rota.days.get((tenant, agent), {}).get(name)
    if not entries:
        if day is not None:
            _forget(world, day)
        return
    if day is None:
        day = RotaDay(tenant, agent, name, entries)
    day.entries = entries
    world.rota.put(day)
    world.changed[day] = None


def _forget(world: World, day: RotaDay) -> None:
    world.rota.drop(day)
    world.changed.pop(day, None)
    world.dropped.append(("roster", day.key))


def pass_time(world: World) -> None:
    """The clock was told: some of the days that are over go."""
    now_s = utc_s(world)
    for _ in range(DROPPED_A_TELL):
        day = world.rota.past(now_s)
        if day is None:
            return
        _forget(world, day)


def missing(world: World, tenant: str) -> list[Missing]:
    """Who should be at work for longer than the grace and is signed out or on a break, those first who are longest."""
    now_s, grace_s = utc_s(world), world.settings.estimates.roster_grace_us // SECOND_US
    found: list[Missing] = []
    for key in world.rota.at_work if now_s else ():
        agent = world.agents.get(key)
        if key[0] != tenant or agent is None or agent.state not in ("offline", "not_ready") or agent.offers:
            continue
        span = world.rota.planned(key, now_s)
        if span is None:
            continue
        left_s = (agent.since_us + world.ahead_us) // SECOND_US if agent.since_us else 0
        since_s = max(span[0], left_s)
        # Of who is to come later this is ahead.
        if now_s - since_s >= grace_s:
            found.append(Missing(agent, since_s))
    found.sort(key=lambda each: (each.since_s, each.agent.name))
    return found


def of_day(day: RotaDay) -> bytes:
    """The stored form of a day."""
    return _encode((SCHEMA, day.tenant, day.agent, day.day, day.entries))


def take_up(world: World, records: Iterable[RosterRecord]) -> None:
    """The days of the records are known again."""
    for record in sorted(records, key=lambda record: (record.tenant, record.agent, record.day)):
        if record.entries:
            world.rota.put(RotaDay(record.tenant, record.agent, record.day, record.entries))


def check_rota(world: World) -> Iterator[tuple[str, str]]:
    """What must hold: each day stands under its own name, and counts and times at work are those of the days."""
    rota = world.rota
    count = 0
    for (tenant, agent), days in rota.days.items():
        count += len(days)
        for name, day in days.items():
            if (day.tenant, day.agent, day.day) != (tenant, agent, name) or not day.entries:
                yield "index", f"roster: {day.key} stands under {tenant}/{agent}/{name}"
        spans = spans_of(entry for day in days.values() for entry in day.entries)
        if spans != rota.at_work.get((tenant, agent), ()):
            yield "index", f"roster: {tenant}/{agent} is at work {rota.at_work.get((tenant, agent))}, found {spans}"
    if count != rota.count:
        yield "index", f"roster: {rota.count} days counted, {count} found"
    for key in rota.at_work.keys() - rota.days.keys():
        yield "index", f"roster: {key} is at work without a day"
