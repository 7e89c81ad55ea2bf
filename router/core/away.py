"""Nobody could be heard for a while: what came due in that time is held against nobody, so it must not fire first.

It knows no clock. The one idea: an engine that was away has lost its connections; one that stood still has them, and
the answers lie in their sockets.
"""

from __future__ import annotations

from typing import Any, Final

from router.core import gateways, internal
from router.core.doors import closing
from router.core.reload import crossing
from router.core.restore import rules as restore_rules
from router.core.world import World

HEARD: Final = (internal.Restarted, internal.StoodStill)
"""What says so."""


def heard_again(world: World, command: Any, loaded_us: int) -> None:
    """Before a command of the daemon itself is carried out, and before time goes on for it: does it say so?
    `loaded_us`: core time of the records that the engine was loaded from."""
    if isinstance(command, internal.Restarted):
        gateways.restarted(world, loaded_us)
        closing.restarted(world)
        crossing.restarted(world)
        restore_rules.restarted(world)
    elif isinstance(command, internal.StoodStill):
        gateways.stood_still(world, command.for_us)
