"""What is known before the step that switches to another version of the settings, and what it leaves to do: what is
other about which queues; who is to cross, and to be looked at."""

from __future__ import annotations

from msgspec import Struct

from router.core import settings as of
from router.core.line import Line
from router.core.queue import Queue

MOVING = ("needs", "relax", "language_level", "preferred_for_us", "contact_class")
"""Settings of a queue that decide in which line a contact stands."""


class Flipped(Struct, gc=False):
    """What the step has left to do."""

    outdated: dict[Line, None] = {}
    """Lines that were set aside: whoever is in one crosses to the line of the new version."""
    queues: dict[Queue, None] = {}
    """Queues that have changed."""
    waits: dict[Queue, None] = {}
    """Those of them where people wait as long as before, or ring at as many, no more."""
    steers: dict[Queue, None] = {}
    """Those whose waiting are told of something better."""
    callbacks: dict[Queue, None] = {}
    """Those with other rules for call-backs."""
    schedules: dict[Queue, None] = {}
    """Those that announce otherwise."""
    removed: dict[Queue, None] = {}
    """Those that are no more: who waits in others too leaves them."""
    segments: bool = False
    """Segments have other targets or tolerances, or are gone."""
    channels: bool = False
    """Channels have changed."""


class Compared(Struct, gc=False):
    """What differs between two settings of a queue: looked at before the step that switches."""

    old: of.Queue
    new: of.Queue
    lines: bool
    """Those who wait stand in other lines, or in another order."""
    target_class: bool
    """Its own contacts have another target class."""
    waits: bool
    """Those who wait have other limits."""
    callbacks: bool
    schedules: bool


def compare(old: of.Queue, new: of.Queue) -> Compared:
    """Two settings of one queue."""
    return Compared(
        old,
        new,
        any(getattr(old, name) != getattr(new, name) for name in MOVING)
        or (old.order == "newest") != (new.order == "newest"),
        old.target_class != new.target_class,
        _waits_otherwise(old, new),
        old.callback != new.callback,
        (old.announce, old.announcing) != (new.announce, new.announcing),
    )


def _waits_otherwise(old: of.Queue, new: of.Queue) -> bool:
    """Do those who wait have other limits now?"""
    whys = ("nobody_left", "waited_too_long")
    left = [[why for why, _ in queue.treatments if why in whys] for queue in (old, new)]
    waits = [(queue.wait_most_us, queue.enter_unstaffed, queue.ring_several) for queue in (old, new)]
    spills = [(queue.laid.overflow_to, queue.laid.overflow_after_us, queue.laid.sending) for queue in (old, new)]
    return waits[0] != waits[1] or left[0] != left[1] or old.direct != new.direct or spills[0] != spills[1]
