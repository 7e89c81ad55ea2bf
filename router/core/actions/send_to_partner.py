"""Who waits goes to a partner outside, within its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction
from router.core.actions.laid import Sending
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core import settings as of


class SendToPartner(QueueAction, frozen=True, tag="send_to_partner"):
    """The most urgent of those who have waited long enough goes to the first of the partners that may take one more.
    Ending it sends nobody any more; whoever was sent stays sent."""

    what: ClassVar[str] = "partners"
    partners: tuple[str, ...] = ()
    """In their order."""
    after_us: int = 0
    """Once they have waited so long in this queue; 0: whoever does not find an agent at once."""
    share: float = 1.0
    """Of what comes into the queue, to each of the partners; never more than its contract allows."""

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        sending = Sending(self.partners, self.after_us, self.share)
        return replace(settings, laid=replace(settings.laid, sending=sending))

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        sending = settings.laid.sending
        if sending is None:
            return "none"
        words = f"{', '.join(sending.partners)} after {sending.after_us / SECOND_US:g} s"
        return words if sending.share == 1 else f"{words}, {sending.share:g} of what comes"
