"""Tell somebody outside: a message to a webhook, delivered by the daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from router.core.actions.base import Action, Target

if TYPE_CHECKING:
    from router.core.layers.layer import Layer
    from router.core.world import World


class Notify(Action, frozen=True, tag="notify"):
    """It is kept until it is delivered, or given up; routing never waits for it. It can't be undone."""

    what: ClassVar[str] = "notice"
    undone: ClassVar[bool] = False
    webhook: str = ""
    text: str = ""

    def targets(self) -> tuple[Target, ...]:
        """The webhook."""
        return (("webhook", self.webhook),)

    def do(self, world: World, layer: Layer) -> None:
        """Write it down for whoever delivers."""
        from router.core import notices

        notices.post(world, layer.source, self.webhook, self.text)
