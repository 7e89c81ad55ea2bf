"""Let a balance decide about queues that are in it, or not: see `router/core/match/balance.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction

if TYPE_CHECKING:
    from router.core import settings as of


class SwitchBalance(QueueAction, frozen=True, tag="balance"):
    """Off, its contacts are taken by urgency again; the balance goes on learning how many come."""

    what: ClassVar[str] = "balanced"
    on: bool = True

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        return replace(settings, balanced=self.on)

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        return "on" if settings.balanced else "off"
