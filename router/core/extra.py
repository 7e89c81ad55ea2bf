"""What only some contacts carry, a field a topic: an ordinary call has none of it and pays one pointer.

Stored with the contact's record as a map by field name, so that a topic comes without another schema. Values are names
and numbers only, never links to what lives. It must not know what the topics do.
"""

from __future__ import annotations

from msgspec import Struct

from router.core.consulting import Consult
from router.core.pause import Chat, Pause
from router.core.routed import Routed


class Extra(Struct, omit_defaults=True, gc=False):
    """The special parts of one contact."""

    route: Routed | None = None
    clock: str | None = None
    """The calendar whose open time its wait is counted by; none: core time."""
    pause: Pause | None = None
    chat: Chat | None = None
    consult: Consult | None = None
    conference: tuple[str, ...] = ()
    """The agents who talk with the customer together, in the order in which they came; else empty."""

    def kept(self) -> Extra | None:
        """Itself, or nothing where nothing is in it any more."""
        return self if self != Extra() else None
