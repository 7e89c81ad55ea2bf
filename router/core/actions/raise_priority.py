"""Raise (or lower) a queue among the others: one number in each of its lines, whatever their length."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core import settings as of


class RaisePriority(QueueAction, frozen=True, tag="raise_priority"):
    """Urgency = boost + (waited + head start) / target. A head start that all of a queue have is `head_start / target`
    more boost, so it reorders nobody within a line and costs one write a line."""

    what: ClassVar[str] = "boost"
    boost: float = 0.0
    """Added to the queue's; negative: others come first."""
    head_start_us: int = 0
    """As if everybody in it had come so much earlier."""

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        return replace(settings, boost=settings.boost + self.boost + self.head_start_us / settings.target_us)

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        return f"{settings.boost:g}"

    @property
    def head_start_s(self) -> int:
        """In whole seconds."""
        return self.head_start_us // SECOND_US
