"""The matrix customer x business x channel, what is counted of it, and who took its advice.

What was advised and taken, and whether the customer came back by the old channel all the same, is counted by cell. Who
took it is remembered within a window, for at most `steered_max` customers; counts and memory begin anew with each start
of the engine. It must not know of lines and waits: `advice.py` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from router.core import settings as of
    from router.core.entities import Peer
    from router.core.routes.settings import Steer

NOBODY_NEEDED = ("self_service", "callback")
"""Where nobody waits on the line: what they gain is their whole wait."""


class SteerTally(Struct, eq=False, gc=False):
    """One cell since the engine's start."""

    advised: int = 0
    taken: int = 0
    came_back: int = 0
    """By the channel that they had been steered away from, within the window."""


class Taken(Struct, eq=False, gc=False):
    """A customer who took an advice."""

    steer: str
    channel: str
    """Where they came from."""
    until_us: int


class Steering:
    """Cells, counts and memory of a world."""

    def __init__(self) -> None:
        self.cells: dict[str, list[Steer]] = {}
        """By tenant, in their order."""
        self.tallies: dict[tuple[str, str], SteerTally] = {}
        self.taken: dict[tuple[str, str], Taken] = {}
        """(tenant, customer) -> what they took last; the oldest first."""
        self.untold: dict[Peer, None] = {}
        """Gateways that are back, and hear what decisions advise of each of their contacts when it takes part again."""

    def take(self, settings: of.Settings) -> None:
        """These settings are in force; the counts stay."""
        self.cells = {}
        for cell in settings.steers:
            self.cells.setdefault(cell.tenant, []).append(cell)
            self.tallies.setdefault((cell.tenant, cell.name), SteerTally())
