"""A special announcement: today's situation, as a message that the IVR knows, with what is to be filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction
from router.core.actions.laid import Announcement

if TYPE_CHECKING:
    from router.core import settings as of


class AnnounceSpecial(QueueAction, frozen=True, tag="announce"):
    """Gateways are told at its start and at its end, and when they connect meanwhile."""

    what: ClassVar[str] = "announcement"
    message: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    expires_us: int = 0

    @property
    def lasts_us(self) -> int:
        """See `Action`."""
        return self.expires_us

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        return replace(settings, laid=replace(settings.laid, announcement=Announcement(self.message, self.parameters)))

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        said = settings.laid.announcement
        if said is None:
            return "none"
        return " ".join([said.message, *(f"{name}={value}" for name, value in said.parameters)])
