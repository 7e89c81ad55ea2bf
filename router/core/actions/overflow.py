"""Who waits goes over to another queue: at once, or after a while; who finds no way there keeps the place."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core import settings as of


class Overflow(QueueAction, frozen=True, tag="overflow"):
    """By the ways of treatments: where the other queue does not let it in, its own treatment leads on, and nobody is
    sent on more often than `hops_max` allows."""

    what: ClassVar[str] = "overflow"
    to: str = ""
    after_us: int = 0
    """Once they have waited so long in this queue; 0: whoever does not find an agent at once."""

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        return replace(settings, laid=replace(settings.laid, overflow_to=self.to, overflow_after_us=self.after_us))

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        if not settings.laid.overflow_to:
            return "none"
        return f"to {settings.laid.overflow_to} after {settings.laid.overflow_after_us / SECOND_US:g} s"
