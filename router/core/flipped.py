"""What the step that switches to another version of the settings leaves to do: who is to cross, and to be looked at."""

from __future__ import annotations

from msgspec import Struct

from router.core.line import Line
from router.core.queue import Queue


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
