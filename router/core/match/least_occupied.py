"""The agent with the smallest share of signed-in time spent working, as it was when they last came free."""

from __future__ import annotations

from router.core.line import Needs
from router.core.roster import OrderKind, Profile

ORDER: OrderKind = "busy_ppm"


def profile_rank(profile: Profile, needs: Needs) -> int:
    """All profiles are alike: only occupancy counts."""
    return 0
