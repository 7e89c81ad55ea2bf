"""Another target for a queue: what its waits are weighed by, and its service level is counted by."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core import settings as of


class ChangeTarget(QueueAction, frozen=True, tag="change_target"):
    """Contacts whose segment has a target of its own keep that."""

    what: ClassVar[str] = "target"
    target_us: int = 20 * SECOND_US

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        return replace(settings, target_us=self.target_us)

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        return f"{settings.target_us / SECOND_US:g} s"
