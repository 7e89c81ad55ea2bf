"""Another way for who waits or comes: self-service, another channel, or to be called back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction
from router.core.routes.settings import Steer

if TYPE_CHECKING:
    from router.core import settings as of

GIVEN = "layer."
"""What the advice of an action is called by: this and where it leads."""


def _with(settings: of.Queue, steer: Steer) -> of.Queue:
    return replace(settings, laid=replace(settings.laid, steers=(*settings.laid.steers, steer)))


def _shown(settings: of.Queue, to: str) -> str:
    """`chat in chats`."""
    found = [f"{steer.to} in {steer.queue}" if steer.queue else steer.to for steer in settings.laid.steers]
    return ", ".join(each for each in found if (each == "callback") == (to == "callback")) or "none"


class SteerAway(QueueAction, frozen=True, tag="steer"):
    """The gateway is told, for those who wait now and who come later, where they are better served. The customer
    decides."""

    what: ClassVar[str] = "steer"
    to: str = "self_service"
    """`self_service`, or a channel."""
    queue: str | None = None
    """Where that channel is served."""
    gain_least_us: int = 0
    """Only where so much expected wait is gained; 0: whatever the wait, also where it is unknown."""

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        steer = Steer(GIVEN + self.to, settings.tenant, to=self.to, queue=self.queue, gain_least_us=self.gain_least_us)
        return _with(settings, steer)

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        return _shown(settings, self.to)


class OfferCallback(QueueAction, frozen=True, tag="offer_callback"):
    """The gateway is told, for those who wait now and who come later, to offer a call-back: it asks for one with
    `take_callback`, and the place is kept."""

    what: ClassVar[str] = "callback"
    gain_least_us: int = 0

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        steer = Steer(GIVEN + "callback", settings.tenant, to="callback", gain_least_us=self.gain_least_us)
        return _with(settings, steer)

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        return _shown(settings, "callback")
