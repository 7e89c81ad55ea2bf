"""Windows: half-hours of local time, by arrival.

Time zones come in as a function from UTC seconds to the zone's offset: tables of zones are files, and this
is pure. The one idea: a half-hour is known by its local start and its offset together, so the hour that
comes twice in autumn is four half-hours, and the one that is left out in spring none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeVar

HALF_HOUR_S: Final = 1_800

OffsetOf = Callable[[int], int]
"""UTC seconds -> seconds that local time is ahead of UTC at that moment."""

Item = TypeVar("Item")


class HalfHour(NamedTuple):
    """A window of local time. `local_s` counts as UTC seconds do, from 1970-01-01 00:00 on the local clock."""

    local_s: int
    offset_s: int

    @property
    def utc_s(self) -> int:
        """When it begins; they sort and join by this."""
        return self.local_s - self.offset_s


def half_hour(utc_s: int, offset_of: OffsetOf) -> HalfHour:
    """The half-hour in which that moment lies."""
    offset_s = offset_of(utc_s)
    local_s = utc_s + offset_s
    return HalfHour(local_s - local_s % HALF_HOUR_S, offset_s)


def by_half_hour(
    items: Iterable[Item], arrived_utc_s: Callable[[Item], int], offset_of: OffsetOf
) -> dict[HalfHour, list[Item]]:
    """The items by the half-hour of their arrival, in order of time. A half-hour without arrivals is not
    there: its figures are unknown."""
    windows: dict[HalfHour, list[Item]] = {}
    for item in items:
        windows.setdefault(half_hour(arrived_utc_s(item), offset_of), []).append(item)
    return dict(sorted(windows.items(), key=lambda window: window[0].utc_s))
