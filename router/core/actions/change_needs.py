"""Other needs for a queue: lower, so that more people can serve it, or higher, so that only the best do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction
from router.core.needs.want import Want, both, either, said

if TYPE_CHECKING:
    from router.core import settings as of


class ChangeNeeds(QueueAction, frozen=True, tag="change_needs"):
    """First `needs` in the place of the queue's, then `add` must hold too, then who meets `also` may serve as well.
    What contacts ask themselves stays."""

    what: ClassVar[str] = "needs"
    needs: Want | None = None
    add: Want | None = None
    also: Want | None = None

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        want = settings.needs if self.needs is None else self.needs
        if self.add is not None:
            want = both(want, self.add)
        if self.also is not None:
            want = either(want, self.also)
        return replace(settings, needs=want)

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        return said(settings.needs)
