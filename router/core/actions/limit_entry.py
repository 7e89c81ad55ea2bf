"""How many a queue lets in: at most so many waiting, or nobody at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction, shown_treatment, treated

if TYPE_CHECKING:
    from router.core import settings as of


class LimitEntry(QueueAction, frozen=True, tag="limit_entry"):
    """Who comes while so many wait is refused as `full`, with this treatment or the queue's own. Nobody who waits
    already is sent away."""

    what: ClassVar[str] = "waiting_max"
    waiting_max: int = 0
    message: str = ""
    to: str = ""
    """Another queue; else the message; else as the queue says."""

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`. It never lets more in than configuration does."""
        most = min(self.waiting_max, settings.waiting_max)
        return treated(replace(settings, waiting_max=most), "full", self.message, self.to)

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        return f"{settings.waiting_max} {shown_treatment(settings, 'full')}".strip()


class CloseEntry(QueueAction, frozen=True, tag="close_entry"):
    """Nobody comes in: refused as `closed`, with this treatment or the queue's own. Who waits is served all the same.
    A person's hand on the queue's door goes before it."""

    what: ClassVar[str] = "open"
    message: str = ""
    to: str = ""

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        return treated(replace(settings, open=False), "closed", self.message, self.to)

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        return f"{'open' if settings.open else 'closed'} {shown_treatment(settings, 'closed')}".strip()
