"""At most so much of an agent's time for a queue."""

from __future__ import annotations

from typing import ClassVar

from router.core.actions.base import Action, Target
from router.terms import SECOND_US

SHARE = "share"


class ShareOfTime(Action, frozen=True, tag="share"):
    """An agent who has spent a greater share of their ready time on contacts of the queue is offered no more of them
    until it has fallen. Who waits for them by name is given to them all the same."""

    what: ClassVar[str] = "share"
    queues: tuple[str, ...] = ()
    team: str = ""
    """The agents that it is about; empty: all who serve the queue."""
    share_most: float = 1.0
    window_us: int = 3600 * SECOND_US
    """Counted over this time past, from the beginning of the layer."""

    def targets(self) -> tuple[Target, ...]:
        """A layer a queue."""
        return tuple((SHARE, name) for name in self.queues)
