"""The service that delivers the engine's notices, and tells the engine what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.effects import NoticeOut
from router.core.internal import NoticeDone, NoticesAgain
from router.server.hub import no_delivery
from router.webhooks.delivery import Webhooks

if TYPE_CHECKING:
    from router.daemon.daemon import Daemon


class Notices:
    """See the module."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._webhooks: Webhooks | None = None

    async def start(self) -> None:
        """Deliver what waits, and what comes."""
        configuration = self._daemon.configuration
        self._webhooks = Webhooks(
            configuration.settings.site,
            configuration.webhooks,
            self._done,
            most=configuration.settings.limits.notices_max,
        )
        self._daemon.hub.on_notice = self._post
        if self._daemon.loop is not None:
            # What is kept from before comes once more, as everything does: after it is kept.
            self._daemon.loop.tell_engine(NoticesAgain())

    async def stop(self) -> None:
        """What is not delivered by now is by the next start."""
        self._daemon.hub.on_notice = no_delivery
        if self._webhooks is not None:
            await self._webhooks.stop()

    def _post(self, notice: NoticeOut) -> None:
        assert self._webhooks is not None
        # A reload may have brought others.
        self._webhooks.take_settings(self._daemon.configuration.webhooks)
        self._webhooks.post(notice)

    def _done(self, number: int, failed: str) -> None:
        if self._daemon.loop is not None:
            self._daemon.loop.tell_engine(NoticeDone(number, failed))
