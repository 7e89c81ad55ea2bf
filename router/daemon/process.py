"""The process itself: descriptors, garbage collection, the event loop.

It knows nothing of contacts. The one idea: what a process inherits from where it was started is set once,
here.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import resource
from collections.abc import Callable, Iterator
from typing import Final

DESCRIPTORS_MOST: Final = 1_048_576
"""More than any number of connections that one process can serve; some hard limits are far above and mean
`any`."""

YOUNG_OBJECTS: Final = 5_000
"""Objects made before the youngest generation is looked through: half a millisecond's work, two where memory is
slow."""

MIDDLE_ROUNDS: Final = 5
"""Rounds of these before what has outlived one is looked through again: 100,000 objects held the loop up for 45 ms of
CPU while 10,000 agents signed in."""

SWEEP_AFTER_US: Final = 5_000
"""Work of the loop before young objects are looked through whatever their number: that takes a tenth of it at most."""

NEVER: Final = 1_000_000_000
"""Rounds before a full collection: it stops the loop for 190 ms a million live records, and finds nothing,
since records hold no cycles."""


def raise_descriptors() -> int:
    """Take as many descriptors as the system lets us have. Returns the limit in force."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS_MOST if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS_MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # Under systemd's @resources filter this is refused; its LimitNOFILE has set both limits already.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return wanted
    return soft


def pause_garbage() -> None:
    """Before loading: a million records that all stay are not worth looking through again and again."""
    gc.disable()


def settle_garbage() -> None:
    """After loading: put what lives out of the collector's sight, and never collect everything by itself
    again. Young objects are still looked through: that finds the cycles of exceptions and closures."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, MIDDLE_ROUNDS, NEVER)


class Sweeper:
    """Has young objects looked through after so much work. The collector's own count is of what was made less what was
    freed: where new things take the place of old ones it hardly grows, and then tens of thousands are looked through at
    once (34,000 in one step of 500 queues, for 17 ms of CPU)."""

    __slots__ = ("_older", "_worked_us")

    def __init__(self) -> None:
        self._worked_us = 0
        self._older = False

    def worked(self, took_us: int) -> None:
        """The loop has worked for so long. Every second time what outlived one look is looked through once more."""
        self._worked_us += took_us
        if self._worked_us >= SWEEP_AFTER_US and gc.isenabled():
            self._worked_us = 0
            gc.collect(1 if self._older else 0)
            self._older = not self._older


def clear_garbage() -> None:
    """Between two turns of leading, when nobody is served: collect what lived in the turn that is over."""
    gc.unfreeze()
    gc.collect()


@contextlib.contextmanager
def out_of_sight() -> Iterator[None]:
    """What is made meanwhile stays: it is put out of the collector's sight at once, like what was loaded. Looking
    through a new configuration of 10,000 agents held the loop up for a tenth of a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop where it is installed, else asyncio's own."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
