"""One service, a queue on one channel: what was learned of its talks, wrap-ups, pick-ups and of its callers' patience.

All lines of a queue and channel learn together: contacts with needs of their own are few, and talk as long as others.
`kept` is what its record says; it changes by a timer, so that a store is not written for each call.
"""

from __future__ import annotations

from typing import Any

from router.ewt.laws import QueueLaws
from router.ewt.lines import Line as Known
from router.ewt.settings import EwtSettings

SCHEMA = 1
"""Of what was learned; another one is not taken up, and learning begins anew."""


class Service(Known):
    """See the module. `name` is tenant/queue/channel."""

    __slots__ = ("channel", "dirty", "kept", "laws_on", "queue", "tenant", "used")

    def __init__(self, tenant: str, queue: str, channel: str, settings: EwtSettings) -> None:
        super().__init__(f"{tenant}/{queue}/{channel}", settings)
        self.tenant = tenant
        self.queue = queue
        self.channel = channel
        self.kept: dict[str, Any] | None = None
        """What its record holds; None: it has none."""
        self.dirty = False
        """Something was learned since then."""
        self.laws_on: dict[float, QueueLaws] = {}
        """The laws by grid step: of its own channel, and of others whose agents it keeps busy."""
        self.used = False
        """Its laws were asked for since they were built."""

    @property
    def known(self) -> bool:
        """Have enough talks ended for an estimate that is more than the closed form?"""
        return self.talk.lives >= self.settings.low_confidence_lives

    def keep(self) -> None:
        """What was learned by now is what its record holds from now on."""
        self.kept = self.dump()
        self.dirty = False

    def with_settings(self, settings: EwtSettings) -> Service:
        """The same service under other settings: what was learned goes on, the laws are built anew."""
        other = Service(self.tenant, self.queue, self.channel, settings)
        other.load(self.dump())
        other.kept, other.dirty = self.kept, self.dirty
        return other
