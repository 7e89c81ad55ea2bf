"""A breather for who has worked too much of the last half-hour."""

from __future__ import annotations

from typing import ClassVar

from router.core.actions.base import Action, Target
from router.terms import SECOND_US

CAP = "occupancy"
EVERYBODY = "*"
"""In the place of a team."""


class OccupancyCap(Action, frozen=True, tag="occupancy_cap"):
    """Whoever has worked more than so much of the window is given nothing for a while after each contact, until it is
    less. Breaks are rest as well. Who says `ready` ends a breather."""

    what: ClassVar[str] = "occupancy"
    team: str = ""
    """Whom it is about; empty: everybody."""
    occupancy_most: float = 1.0
    """Work / the whole window, by capacity."""
    breather_us: int = 20 * SECOND_US
    window_us: int = 1800 * SECOND_US
    """Counted over this time past, from the beginning of the layer."""

    def targets(self) -> tuple[Target, ...]:
        """The team, or everybody."""
        return ((CAP, self.team or EVERYBODY),)
