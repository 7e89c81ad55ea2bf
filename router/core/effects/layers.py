"""What gateways are told because of layers: special announcements, and better ways for those who wait."""

from __future__ import annotations

from msgspec import field

from router.core.effects.base import Message
from router.core.effects.replies import SteerTo


class QueueAnnouncement(Message, tag="queue_announcement"):
    """To every gateway of the tenant, and after `sync_end`: from now on this is said to whoever comes into the queue or
    waits in it, in the place of what was said before; empty: nothing special any more."""

    queue: str
    """The queue."""
    message: str = ""
    """As the gateway knows it."""
    parameters: dict[str, str] = field(default_factory=dict)
    """What is to be filled in."""
    expires_in_ms: int | None = None
    """When it ends at the latest; nil: when it is said so."""


class Advice(Message, tag="advice"):
    """To the contact's gateway: by a decision of this moment another channel, self-service or a call-back is better for
    those who wait in its queue. The customer decides, as after `steer`."""

    contact: str
    steer: SteerTo
    """What to offer."""
