"""Keep agents idle on purpose: of those able to serve a queue, the last so many are given nothing of other queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction

if TYPE_CHECKING:
    from router.core import settings as of


class KeepIdle(QueueAction, frozen=True, tag="keep_idle"):
    """Whoever is kept for a queue takes its contacts at once. Who waits for an agent by name is given to them all the
    same, and so is what is urgent enough."""

    what: ClassVar[str] = "keep_idle"
    agents: int = 1
    """In each channel of the queue."""
    but_class: int = 0
    """Contacts of other queues of this class or above are given to them; 0: none are."""

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        return replace(settings, laid=replace(settings.laid, keep_idle=self.agents, keep_idle_but=self.but_class))

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        laid = settings.laid
        but = f" but for class {laid.keep_idle_but}" if laid.keep_idle_but else ""
        return f"{laid.keep_idle}{but}"
