"""What only rules and plans say of a queue: no file has it, so without layers all of it is empty."""

from __future__ import annotations

from msgspec import Struct

from router.core.routes.settings import Steer


class Announcement(Struct, frozen=True):
    """What is said in a queue besides all else."""

    message: str
    parameters: tuple[tuple[str, str], ...] = ()
    """Sorted by name."""


class Sending(Struct, frozen=True):
    """Who waits goes to partners outside."""

    partners: tuple[str, ...]
    """In their order."""
    after_us: int = 0
    share: float = 1.0
    """Of what comes into the queue, to each of them."""


class Laid(Struct, frozen=True):
    """Part of a queue's settings as they are in effect."""

    overflow_to: str = ""
    """The queue that takes who waits here."""
    overflow_after_us: int = 0
    """Once they have waited so long."""
    steers: tuple[Steer, ...] = ()
    """Where those who wait or come are better served, before what `routes.toml` says."""
    announcement: Announcement | None = None
    """Today's situation, for the IVR."""
    keep_idle: int = 0
    """So many of those able to serve the queue are given nothing of other queues."""
    keep_idle_but: int = 0
    """But contacts of this class or above; 0: nothing."""
    sending: Sending | None = None
    """The partners that take who waits here."""
