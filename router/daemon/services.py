"""What runs beside the engine and is started and stopped with it: admin, metrics, whatever comes later.

The one idea: a service is made from the daemon that is running and answers to start and stop; the daemon
knows no more of it. Services start in order once clients may connect, and stop in the opposite order after
the drain, so that whoever looks can see it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from router.daemon.notices import Notices
from router.daemon.observe import Observe
from router.daemon.recorder import Recorder
from router.daemon.repairs import Repairs
from router.daemon.verifying import Verify
from router.daemon.watching import Watch

if TYPE_CHECKING:
    from router.daemon.daemon import Daemon


class Service(Protocol):
    """Something that is started and stopped."""

    async def start(self) -> None:
        """Begin. An `OSError` here means that an address can't be opened, and ends the start."""

    async def stop(self) -> None:
        """End, soon; called once, also where the start failed half-way."""


ServiceMaker: TypeAlias = "Callable[[Daemon], Service]"

SERVICES: tuple[ServiceMaker, ...] = (Observe, Verify, Repairs, Watch, Notices, Recorder)
"""Those of every daemon, in the order of their start."""
