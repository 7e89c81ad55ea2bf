"""What `[ewt]` of `queues.toml` tells the core. See `core/settings.py` for the rest."""

from __future__ import annotations

from msgspec import Struct

from router.terms import SECOND_US


class Estimating(Struct, frozen=True, gc=False):
    """How waits are estimated."""

    enabled: bool = True
    """False: nothing is learned, and the closed form alone answers."""
    half_life_lives: int = 5000
    """Talks, waits and the like after which one counts half in what is learned."""
    low_confidence_lives: int = 30
    """With fewer ended talks the closed form answers, and says that its confidence is low."""
    medium_confidence_lives: int = 200
    """With fewer it is medium."""
    refresh_us: int = 2 * SECOND_US
    """A line is estimated anew no sooner than this."""
    look_us: int = 10 * SECOND_US
    """An expected wait that a rule reads is looked at no later than this, though nothing happens in its queue."""
    stale_us: int = 60 * SECOND_US
    """An estimate of a line older than this is not read."""
    wait_most_us: int = 86_400 * SECOND_US
    """No estimate is longer: a line that nobody serves has no finite wait."""
    sample_above_per_s: int = 1000
    """Above so many contacts a second it is learned from a sample of them."""
    roster_days_max: int = 100_000
    """Days of agents that are planned at most: bounds memory (about 0.5 KiB each)."""
    roster_grace_us: int = 120 * SECOND_US
    """Who should be at work for less than this is not missing yet."""
