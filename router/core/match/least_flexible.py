"""The agent who can serve the fewest queues: those who can do more stay free for what only they can do."""

from __future__ import annotations

from router.core.line import Needs
from router.core.roster import OrderKind, Profile

ORDER: OrderKind = "free_since_us"


def profile_rank(profile: Profile, needs: Needs) -> int:
    """How many queues the profile can serve now."""
    return profile.queues_servable()
