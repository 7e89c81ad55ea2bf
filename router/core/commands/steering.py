"""Which channel fits better, and whether the customer took it."""

from __future__ import annotations

from router.core.commands.base import Request
from router.terms import Id, NewId


class Steer(Request, tag="steer"):
    """Does another channel fit this waiting customer and their business better now? Changes nothing."""

    contact: Id
    answers = ("steering",)
    errors = ("unknown_contact", "bad_state")
    numbered = False


class Steered(Request, tag="steered"):
    """A customer took an advice before they were enqueued (`probe`). Who waits already ends with reason `steered`."""

    steer: Id
    customer: NewId | None = None
    channel: Id = "voice"
    """The channel by which they came."""
    errors = ("unknown_steer",)
