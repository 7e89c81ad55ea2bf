"""A roster as a table: one line a time of an agent's day, by the clock on the wall of a named zone.

    agent,from,to,activity,time zone
    ann,2026-11-23 08:00,2026-11-23 16:30,work,Europe/Berlin
    ann,2026-11-23 12:00,12:30,lunch,Europe/Berlin
    bob,2026-11-23,,off,Europe/Berlin

It must not know who keeps it. The one idea: every wrong line is named with its number and what to do, and
then nothing of the table is taken. A time that the clock does not show, or shows twice, is a wrong line: nobody guesses
which was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from router.config.faults import Findings, Where
from router.config.kinds.fields import NAME_REMEDY
from router.config.roster import TableSource, csv_rows
from router.config.zones import zone_wrong
from router.core.commands.rota import ENTRIES_MOST
from router.core.rota import OFF, WORK
from router.terms import is_id

COLUMNS: Final = ("agent", "from", "to", "activity", "time zone")
LIKEWISE: Final = {"zone": "time zone", "timezone": "time zone", "time_zone": "time zone", "until": "to"}
"""Other headings for the same."""
LINES_MAX: Final = 500_000
"""A month of 5,000 people with three times a day."""
LONGEST_H: Final = 36
"""No shift lasts longer: a date was mistyped."""
ACTIVITY_MAX: Final = 64
WRITTEN: Final = "write 2026-11-23 08:00"

_TIME = re.compile(r"(?:(\d{4}-\d\d-\d\d)(?:[T ]+|\Z))?(?:(\d\d?:\d\d(?::\d\d)?)([+-]\d\d:\d\d|Z)?)?")


class Time(NamedTuple):
    """One line: Unix seconds."""

    from_s: int
    until_s: int
    activity: str
    line: int


class Day(NamedTuple):
    """One day of one agent; without times nothing is planned. `line`: its first."""

    agent: str
    day: str
    times: list[Time]
    line: int


def read(text: str, file: str, findings: Findings, zone: str = "") -> list[Day]:
    """The days of a table, by agent and day; `zone`: where a line names none. Of no use where `findings` has errors."""
    top = Where(TableSource(file))
    rows = csv_rows(text, top, findings)
    header = next(rows, None)
    if header is None:
        if not findings.errors_in(file):
            findings.error(top._replace(known_line=1), "is empty", f"begin it with {','.join(COLUMNS)}")
        return []
    columns = _header(header[1], top._replace(known_line=header[0]), findings)
    if columns is None:
        return []
    days: dict[tuple[str, str], Day] = {}
    for number, (line, cells) in enumerate(rows):
        where = top._replace(known_line=line)
        if number >= LINES_MAX:
            findings.error(where, f"has more than {LINES_MAX} lines", "import it in several files")
            break
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            findings.error(where, f"has {len(cells)} cells under {len(columns)} headings", "check the separators")
            continue
        named = {column: cell for column, cell in zip(columns, cells, strict=False) if cell}
        _Line(where, findings, named.get("time zone", zone)).into(days, named)
    return sorted(days.values(), key=lambda day: (day.agent, day.day))


def _header(cells: list[str], where: Where, findings: Findings) -> list[str] | None:
    names = [cell.lower() for cell in cells]
    columns = [LIKEWISE.get(name, name) for name in names]
    wrong = [cell for cell, column in zip(cells, columns, strict=True) if column not in COLUMNS]
    missing = [column for column in ("agent", "from", "to") if column not in columns]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    for what, found in (("has no column", missing), ("has a column of no meaning", wrong), ("has twice", twice)):
        if found:
            findings.error(where, f"{what}: {', '.join(found)[:80]}", f"the columns are {','.join(COLUMNS)}")
    return None if missing or wrong or twice else columns


class _Line:
    """One line of the table."""

    def __init__(self, where: Where, findings: Findings, zone: str) -> None:
        self._where = where
        self._findings = findings
        self._zone = zone

    def into(self, days: dict[tuple[str, str], Day], named: dict[str, str]) -> None:
        """Put it into its day, or say what is wrong with it."""
        agent, activity = named.get("agent", ""), named.get("activity", WORK)
        if not is_id(agent):
            self._wrong(f"{agent[:40]!r} is no name of an agent" if agent else "has no agent", NAME_REMEDY)
            return
        if len(activity) > ACTIVITY_MAX:
            self._wrong(f"has an activity of {len(activity)} letters", f"use at most {ACTIVITY_MAX}")
            return
        if not self._zone:
            self._wrong("has no time zone", 'name one, such as Europe/Berlin, in the column "time zone" or by --zone')
            return
        bad = zone_wrong(self._zone)
        if bad is not None:
            self._wrong(f"time zone {bad.what}", bad.remedy)
            return
        found = self._times(named, activity)
        if found is None:
            return
        day, time = found
        known = days.setdefault((agent, day), Day(agent, day, [], self._line))
        if time is not None:
            known.times.append(time)
        if (activity == OFF and known.line != self._line) or (time is not None and _is_off(known)):
            self._wrong(f"{agent} is off on {day} and has times", "leave out one of them")
        elif len(known.times) > ENTRIES_MOST:
            self._wrong(f"{agent} has more than {ENTRIES_MOST} times on {day}", "join some of them")

    @property
    def _line(self) -> int:
        return self._where.known_line or 0

    def _times(self, named: dict[str, str], activity: str) -> tuple[str, Time | None] | None:
        """(the day, its time); no time where the agent is off. None where something is wrong."""
        begins = self._parsed("from", named.get("from", ""))
        if begins is None:
            return None
        on, clock, offset = begins
        if on is None:
            self._wrong("`from` has no date", WRITTEN)
            return None
        if activity == OFF:
            return on.isoformat(), None
        ends = self._parsed("to", named.get("to", ""))
        if ends is None:
            return None
        if not clock or not ends[1]:
            self._wrong(f"`{'to' if clock else 'from'}` has no time of day", f"{WRITTEN}; only `{OFF}` needs none")
            return None
        from_s = self._utc_s("from", on, clock, offset)
        until_on = ends[0] or (on if _minutes(ends[1]) > _minutes(clock) else on + timedelta(days=1))
        until_s = self._utc_s("to", until_on, ends[1], ends[2])
        if from_s is None or until_s is None:
            return None
        if not from_s < until_s <= from_s + LONGEST_H * 3600:
            what = "ends before it begins" if until_s <= from_s else f"lasts longer than {LONGEST_H} hours"
            self._wrong(what, "mend `from` or `to`")
            return None
        return on.isoformat(), Time(from_s, until_s, activity, self._line)

    def _parsed(self, name: str, cell: str) -> tuple[date | None, str, str] | None:
        """(date, time of day, offset) as far as they are written."""
        found = _TIME.fullmatch(cell)
        if not cell or found is None:
            self._wrong(f"`{name}` is {cell[:40]!r}" if cell else f"has no `{name}`", WRITTEN)
            return None
        day, clock, offset = found.groups("")
        try:
            return date.fromisoformat(day) if day else None, clock, offset
        except ValueError:
            self._wrong(f"`{name}`: there is no day {day}", WRITTEN)
            return None

    def _utc_s(self, name: str, on: date, clock: str, offset: str) -> int | None:
        """Unix seconds of a time on the wall; None, and a fault, where the clock does not show it, or twice."""
        day, clock = on, clock.zfill(5 if clock.count(":") == 1 else 8)
        if clock.startswith("24:00"):
            day, clock = on + timedelta(days=1), clock.replace("24", "00", 1)
        try:
            local = datetime.fromisoformat(f"{day} {clock}")
        except ValueError:
            self._wrong(f"`{name}`: there is no time {clock}", WRITTEN)
            return None
        zone = ZoneInfo(self._zone)
        first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        shown = [moment for moment in (first, second) if _back(moment, zone) == local]
        if offset:
            # By their seconds: around such a night moments of two zones never count as equal.
            said_s = int(datetime.fromisoformat(f"{local}{offset}").timestamp())
            if said_s not in [int(moment.timestamp()) for moment in shown]:
                self._wrong(
                    f"`{name}`: {local} is not {offset} in {self._zone}", "leave out what does not belong there"
                )
                return None
            return said_s
        if not shown:
            later = datetime.fromtimestamp(first.timestamp(), zone).strftime("%H:%M")
            self._wrong(f"`{name}`: {self._zone} sets its clocks forward over {clock} on {day}", f"write {later}")
            return None
        if first.utcoffset() != second.utcoffset():
            both = " or ".join(moment.isoformat(" ", "minutes") for moment in (first, second))
            self._wrong(f"`{name}`: {clock} comes twice on {day} in {self._zone}", f"write {both}")
            return None
        return int(first.timestamp())

    def _wrong(self, what: str, remedy: str) -> None:
        self._findings.error(self._where, what, remedy)


def _is_off(day: Day) -> bool:
    """Was its first line one that says so?"""
    return all(time.line != day.line for time in day.times)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _back(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock shows at that moment."""
    return datetime.fromtimestamp(moment.timestamp(), zone).replace(tzinfo=None)


def pieces(days: list[Day], days_most: int, times_most: int) -> Iterator[list[Day]]:
    """The days in pieces of at most so many days and times."""
    piece: list[Day] = []
    times = 0
    for day in days:
        if piece and (len(piece) == days_most or times + len(day.times) > times_most):
            yield piece
            piece, times = [], 0
        piece.append(day)
        times += len(day.times)
    if piece:
        yield piece
