"""Metrics and the HTTP listener that shows them, as a service of the daemon.

The one idea: neither knows the daemon; here one is given functions that read the other.
"""

from __future__ import annotations

from time import monotonic_ns
from typing import TYPE_CHECKING

from router import logs
from router.metrics import CONTENT_TYPE, Exposition, Sources

if TYPE_CHECKING:
    from router.admin import AdminServer, Readiness, State
    from router.daemon.daemon import Daemon

_log = logs.get("admin")


class Observe:
    """Opens the listener of `[admin]`, if it is enabled."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._exposition = Exposition(
            Sources(
                daemon.engine.world,
                daemon.facts,
                loop=daemon.figures,
                hub=daemon.hub,
                free_to_offer_us=daemon.figures.offer_us,
            )
        )
        self._server: AdminServer | None = None

    async def start(self) -> None:
        """See `services.Service`."""
        admin = self._daemon.configuration.admin
        if not admin.enabled:
            return
        # Here, when clients may connect already: it takes a whole HTTP library along, a tenth of a second's work.
        from router.admin import AdminServer

        self._server = AdminServer(
            self._exposition.chunks,
            self._readiness,
            self._since_step_s,
            {"version": self._daemon.facts.version, "epoch": self._daemon.epoch},
            metrics_type=CONTENT_TYPE,
            host=admin.host,
            port=admin.port,
        )
        address = await self._server.start()
        self._daemon.addresses["admin"] = str(address)

    async def stop(self) -> None:
        """See `services.Service`."""
        self._exposition.stop()
        if self._server is not None:
            await self._server.stop()

    def _readiness(self) -> Readiness:
        from router.admin import Readiness

        daemon = self._daemon
        state: State = "leader" if daemon.standby is None else "standby"
        if daemon.stopping or not daemon.ready:
            state = "draining" if daemon.stopping else "loading"
        return Readiness(
            state,
            "away" if daemon.figures.store_away else "present",
            daemon.facts.durability,
            daemon.configuration.settings.version,
            daemon.epoch,
        )

    def _since_step_s(self) -> float:
        # A standby has no steps: it is alive as long as it answers.
        return (monotonic_ns() - self._daemon.figures.stepped_ns) / 1e9 if self._daemon.standby is None else 0.0
