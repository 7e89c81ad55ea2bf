"""The agent with the highest level; over several needs an agent is as good as the lowest of the levels."""

from __future__ import annotations

from router.core.line import Needs
from router.core.roster import OrderKind, Profile

ORDER: OrderKind = "free_since_us"


def profile_rank(profile: Profile, needs: Needs) -> int:
    """The lowest level among the skills and languages asked for, highest first; without any all are alike."""
    return -needs.levels[profile]
