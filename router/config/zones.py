"""Time zones as tables: the offsets of a zone over the years that calendars are made for.

The engine's core reads no file, so what the data base of zones says is put into the settings as numbers. The one idea:
a zone is its list of (UTC second, offset from then on), found by looking once a day and halving where two days differ.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from router.config.faults import alike
from router.config.kinds.fields import Wrong

FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2045
"""Calendars are exact in these years; after the last one its winter's offset holds on, and there are no holidays."""
DAY_S: Final = 86_400

Offsets = tuple[tuple[int, int], ...]


def zone_wrong(name: str) -> Wrong | None:
    """What is wrong with the name of a zone, None where it is known."""
    # The data base of zones may be missing on a small machine; UTC needs none.
    if name == "UTC":
        return None
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        # An unknown zone is a KeyError; a name that leads out of the data base, or to a folder in it, the
        # others.
        zones = available_timezones()
        remedy = 'use the name of a place, such as "Europe/Berlin"' if zones else 'use "UTC", or install tzdata'
        meant = _meant(name, zones)
        return Wrong(f'is "{name}", no time zone', f'did you mean "{meant}"?' if meant else remedy)
    return None


def _meant(name: str, zones: set[str]) -> str | None:
    """The zone that a name was meant to be. CEST is near EST, and half the world away: without its region a name is
    that of a city, or nothing that could be guessed."""
    if "/" in name:
        return alike(name, zones)
    word = name.casefold()
    return min((zone for zone in zones if word in (zone.casefold(), zone.casefold().rpartition("/")[2])), default=None)


@lru_cache(maxsize=64)
def offsets(zone: str, first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> Offsets:
    """(UTC second, seconds that local time is ahead of UTC from then on), sorted; the first one holds before, too.

    Raises what `ZoneInfo` raises for a zone that is not known.
    """
    if zone == "UTC":
        return ((0, 0),)
    info = ZoneInfo(zone)
    at_s = int(datetime(first_year, 1, 1, tzinfo=UTC).timestamp())
    end_s = int(datetime(last_year + 1, 1, 1, tzinfo=UTC).timestamp())
    offset_s = _offset_s(info, at_s)
    found = [(at_s, offset_s)]
    while at_s < end_s:
        next_s = at_s + DAY_S
        next_offset_s = _offset_s(info, next_s)
        if next_offset_s != offset_s:
            found.append((_change_s(info, at_s, next_s), next_offset_s))
            offset_s = next_offset_s
        at_s = next_s
    return tuple(found)


def _offset_s(info: ZoneInfo, utc_s: int) -> int:
    offset = datetime.fromtimestamp(utc_s, info).utcoffset()
    assert offset is not None, "a zone always has an offset"
    return int(offset.total_seconds())


def _change_s(info: ZoneInfo, before_s: int, after_s: int) -> int:
    """The first second with the offset of `after_s`: between the two it changes once."""
    wanted_s = _offset_s(info, after_s)
    while after_s - before_s > 1:
        middle_s = (before_s + after_s) // 2
        if _offset_s(info, middle_s) == wanted_s:
            after_s = middle_s
        else:
            before_s = middle_s
    return after_s
