"""Core time: integer microseconds that never go backwards and go on over restarts.

It is advanced by CLOCK_BOOTTIME, which no operator sets and which counts a machine's sleep. The wall clock is
read for calendars, and once at a start on a new boot, to tell how long we were away.

The one idea: what core time is depends only on the stamp of the last commit and on how long ago that was.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from router.store.base import Stamp
from router.terms import SECOND_US

START_US: Final = SECOND_US
"""Core time of a new store; above 0, which means `no time` in the core."""

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")

_BOOT_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Where there is no CLOCK_BOOTTIME (not Linux), the monotonic clock: a sleeping machine then does not age
calls."""


def boot_us() -> int:
    """Microseconds since the machine started."""
    return time.clock_gettime_ns(_BOOT_CLOCK) // 1000


def wall_us() -> int:
    """Unix time in microseconds."""
    return time.time_ns() // 1000


def boot_id() -> str:
    """Another text after each boot; empty where the system has none, and then no two starts share a boot."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


class Resumed(NamedTuple):
    """Where core time goes on after a start, and why there."""

    core_us: int
    gap_us: int
    """Core time that passed while nobody counted it."""
    how: str
    """`new`: there was no time before; `same_boot`; `new_boot`: the gap is by wall clock; `clock_set_back`: a
    new boot, and the wall clock stands before the last commit, so the gap counts as none."""


def resume(stamp: Stamp | None, now: Stamp, speed: int = 1) -> Resumed:
    """Core time at a start. `now` says what the clocks show (its `core_us` is not read), `stamp` what they
    showed at the last commit. The gap is never negative."""
    if stamp is None:
        return Resumed(START_US, 0, "new")
    if stamp.boot_id and stamp.boot_id == now.boot_id and now.boot_us >= stamp.boot_us:
        gap_us, how = now.boot_us - stamp.boot_us, "same_boot"
    elif now.wall_us >= stamp.wall_us:
        gap_us, how = now.wall_us - stamp.wall_us, "new_boot"
    else:
        gap_us, how = 0, "clock_set_back"
    return Resumed(stamp.core_us + gap_us * speed, gap_us * speed, how)


class Clock:
    """Tells core time. `speed` times as fast as the boot clock, from `core_us` on."""

    __slots__ = ("_boot_id", "_boot_us", "_last_us", "_offset_us", "_speed", "_wall_start_us", "_wall_us")

    def __init__(
        self,
        core_us: int,
        speed: int = 1,
        boot: Callable[[], int] = boot_us,
        wall: Callable[[], int] = wall_us,
        boot_name: str = "",
    ) -> None:
        self._boot_us = boot
        self._wall_us = wall
        self._boot_id = boot_name
        self._speed = speed
        self._offset_us = core_us - boot() * speed
        self._last_us = core_us
        self._wall_start_us = wall() - core_us
        """Unix time less core time, at the start: what the calendars of a faster clock go by."""

    @property
    def speed(self) -> int:
        """Seconds of core time in a second."""
        return self._speed

    def now_us(self) -> int:
        """Core time now."""
        now_us = self._boot_us() * self._speed + self._offset_us
        # The kernel keeps CLOCK_BOOTTIME monotonic; a clock that isn't must not reach the core.
        if now_us < self._last_us:
            return self._last_us
        self._last_us = now_us
        return now_us

    def utc_s(self) -> int:
        """Unix time for calendars. At another speed than 1 it runs with core time."""
        if self._speed != 1:
            return (self.now_us() + self._wall_start_us) // SECOND_US
        return self._wall_us() // SECOND_US

    def stamp(self, core_us: int) -> Stamp:
        """The stamp of a commit at that core time."""
        return Stamp(core_us, self._boot_us(), self._wall_us(), self._boot_id)
