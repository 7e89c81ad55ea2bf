"""The agent who has been free the longest: from the end of the last contact, or from log-in."""

from __future__ import annotations

from router.core.line import Needs
from router.core.roster import OrderKind, Profile

ORDER: OrderKind = "free_since_us"


def profile_rank(profile: Profile, needs: Needs) -> int:
    """All profiles are alike: only idle time counts."""
    return 0
