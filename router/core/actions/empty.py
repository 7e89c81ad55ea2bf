"""Empty a queue: who waits now is moved, offered a call-back, or told and ended. It can't be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from router.core.actions.base import Action, Target

if TYPE_CHECKING:
    from router.core.layers.layer import Layer
    from router.core.world import World


class Empty(Action, frozen=True, tag="empty"):
    """Each of them in the order: to the other queue, where it lets them in; else a call-back; else the message, and the
    visit is over. Where nothing of that is given, or possible, they wait on. Offers that ring, talks, tickets and
    promised call-backs are left alone, and who comes later is let in as always."""

    what: ClassVar[str] = "waiting"
    undone: ClassVar[bool] = False
    queues: tuple[str, ...] = ()
    to: str = ""
    callback: bool = False
    message: str = ""

    def targets(self) -> tuple[Target, ...]:
        """A layer a queue."""
        return tuple(("queue", name) for name in self.queues)

    def do(self, world: World, layer: Layer) -> None:
        """Begin; it goes on in slices."""
        from router.core.doors import emptying

        emptying.begin(world, layer.source.tenant, layer.target[1], self)
