"""What one contact was told while it waited in its present queue: part of its `extra`, so that a restart goes on.

Numbers and names only. Times are core time in microseconds. It must not know what is told when (`announcements.py`).
"""

from __future__ import annotations

from msgspec import Struct

from router.ewt.policy import Told
from router.terms import SECOND_US

FOR_EVER_US = 2**62
"""The end of a promise that names no time: more than the longest bucket."""


class Promise(Struct, array_like=True, gc=False):
    """What a contact was told of its wait."""

    told_us: int
    """When, also where it was only a position."""
    position: int
    """The last one told, which none may exceed; 0: none."""
    bucket: int = 0
    until_us: int = 0
    """What the time that was told promises; 0: none was told."""
    raised: bool = False
    first_until_us: int = 0
    """The end of the first promise, by which it is counted as kept or broken; 0: none was made."""


class Heard(Struct, omit_defaults=True, gc=False):
    """See the module."""

    began_us: int
    """The schedule counts from here: it came to wait, or to wait again before anything was said."""
    number: int = 0
    """Of its last announcement; they count from 1 in each queue."""
    last_us: int = 0
    """When that was."""
    open_kind: str = ""
    """What it was, while the gateway has not said what became of it."""
    said: dict[str, int] = {}
    """Text of a row, or name of a special message -> when it was said last."""
    promise: Promise | None = None
    before: Promise | None = None
    """What held before the last announcement, while that may still turn out not to have been played."""
    keys: str = ""
    """Text of the row whose keys were offered last."""
    look_us: int = 0
    """When its schedule is looked at next; 0: not until it stands again."""
    look_number: int = 0
    queue: str = ""
    """Of one that waits in several queues: the one whose schedule this is."""

    def told(self) -> Told | None:
        """The promise as the policy takes it: seconds from when the schedule began."""
        promise = self.promise
        if promise is None:
            return None
        until_us = promise.until_us
        until_s = float("inf") if until_us >= FOR_EVER_US else (until_us - self.began_us) / SECOND_US
        return Told(
            (promise.told_us - self.began_us) / SECOND_US,
            promise.bucket if until_us else None,
            promise.position or None,
            until_s if until_us else None,
            promise.raised,
        )
