"""What the engine had to set free, in the log: the core counts it, here what was counted since the last look is said.

It repairs nothing and knows nothing of how. The one idea: one line a state and a look, however many there were.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from router import logs

if TYPE_CHECKING:
    from router.daemon.daemon import Daemon

LOOK_S: Final = 1.0
"""How often it looks."""

_log = logs.get("repairs")


class Repairs:
    """A service of the daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._seen: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """See `services.Service`."""
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    async def stop(self) -> None:
        """See `services.Service`."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        counts = self._daemon.engine.world.tally.repaired
        for state, count in counts.items():
            new = count - self._seen.get(state, 0)
            if new > 0:
                _log.warning("repaired", state=state, count=new)
                if state == "estimate":
                    _log.error("estimate_failed", what=self._daemon.engine.world.estimates.failure)
        self._seen = dict(counts)
