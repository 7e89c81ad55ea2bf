"""What is kept of a visit that is off the agents' hands for a while, and of a written conversation.

A contact has one only once it was parked, has changed its channel, or its gateway reports who writes. It must not know
how contacts are parked (`parking.py`); the way in which a visit ends asks here whether it was answered before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    pass


class Pause(Struct, omit_defaults=True, gc=False):
    """Part of a contact's `extra`."""

    answered: bool = False
    """An agent had it before: whatever follows in this queue, the visit counts as answered, once."""
    agent: str = ""
    """The agent who had it last: it comes back to them first."""
    offer: str = ""
    """The offer that they had it under."""
    waited_us: int = 0
    """Its wait until it was answered first."""
    since_us: int = 0
    """Parked since; 0: not parked now."""
    parked_us: int = 0
    """Time that it was parked before that."""
    times: int = 0
    """How often it was parked."""
    channels: tuple[str, ...] = ()
    """The channels that it came by before it switched, in their order."""


class Chat(Struct, omit_defaults=True, gc=False):
    """Part of a contact's `extra`: who wrote when."""

    customer_us: int = 0
    agent_us: int = 0
    replied_us: int = -1
    """Its wait until an agent wrote first, time parked not counted; -1: nobody has."""
