"""From the tables of `calendars.toml` to the core's calendars: with the zone and the holidays as numbers."""

from __future__ import annotations

from msgspec.structs import replace

from router.config.catalogue.calendars import DAY_MINUTES, WEEK, WEEKDAYS
from router.config.faults import Findings
from router.config.public_holidays import holidays_of
from router.config.read import Found
from router.config.zones import offsets
from router.core.settings import Calendar, Queue


def calendars(found: Found, findings: Findings) -> tuple[Calendar, ...]:
    """All calendars, sorted; every mistake in them is among the findings."""
    made = [_calendar(table, findings) for table in found.tables("calendars")]
    return tuple(sorted(made, key=lambda calendar: calendar.name))


def _calendar(table: Found, findings: Findings) -> Calendar:
    weekdays = {day: table.values["weekdays"] for day in WEEKDAYS if "weekdays" in table.values}
    calendar: Calendar = table.fill(replace(Calendar(table.key), **weekdays), "weekdays")
    closed = {day for region in calendar.holidays for day in holidays_of(region)}
    _nights(calendar, table, findings)
    return replace(calendar, closed=tuple(sorted(closed)), offsets=offsets(calendar.time_zone))


def _nights(calendar: Calendar, table: Found, findings: Findings) -> None:
    """Hours that go on into the next day must be over before its own begin."""
    week = calendar.weekly
    for index, hours in enumerate(week):
        following = week[(index + 1) % 7]
        if hours and following and hours[-1][1] - DAY_MINUTES > following[0][0]:
            day = WEEK[(index + 1) % 7]
            setting = day if day in table.values else "weekdays"
            findings.error(
                table.at(setting),
                f"{day.capitalize()}'s hours begin before those of {WEEK[index].capitalize()} are over",
                "end the night sooner, or begin the day later",
            )
            return


def never_open(calendar: Calendar) -> bool:
    """Has it no hours at all?"""
    return not any(calendar.weekly) and not any(hours for _, hours in calendar.days)


def hours_of_queues(
    queues: tuple[Queue, ...], places: dict[tuple[str, str], Found], known: tuple[Calendar, ...], findings: Findings
) -> None:
    """The calendar of each queue: it must be there, and should open now and then."""
    by_name = {calendar.name: calendar for calendar in known}
    for queue in queues:
        table = places[queue.tenant, queue.name]
        calendar = by_name.get(queue.calendar)
        if calendar is None:
            _without_calendar(queue, table, by_name, findings)
        elif never_open(calendar):
            what = f"calendar {queue.calendar} never opens, so nobody will be let in"
            findings.warn(table.at("calendar"), what, "give it hours in calendars.toml")


def _without_calendar(queue: Queue, table: Found, known: dict[str, Calendar], findings: Findings) -> None:
    if queue.calendar:
        meant = findings.alike(queue.calendar, sorted(known))
        remedy = f"did you mean {meant}?" if meant else "add it to calendars.toml: [calendars.NAME]"
        findings.error(table.at("calendar"), f"there is no calendar {queue.calendar}", remedy)
        return
    for setting in ("last_admission_s", "last_admission_by_estimate", "serve_out_s"):
        if table.values.get(setting):
            findings.error(table.at(setting), "has no effect without a calendar", 'add calendar = "..."')
