"""The agent whose last offer is the longest ago, by number: everyone has a turn, however long the talks."""

from __future__ import annotations

from router.core.line import Needs
from router.core.roster import OrderKind, Profile

ORDER: OrderKind = "last_offer"


def profile_rank(profile: Profile, needs: Needs) -> int:
    """All profiles are alike: only turns count."""
    return 0
