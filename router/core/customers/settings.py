"""What is done for customers who come again. See `settings.py` for the rest."""

from __future__ import annotations

from msgspec import Struct


class Again(Struct, frozen=True):
    """What a queue, or a row of the routes, does for a customer who comes again within the window about the same."""

    same_agent_us: int = 0
    """Waits so long for the agent who served them last; 0: not at all."""
    head_start_us: int = 0
    queue: str = ""
    """The queue that takes them from the n-th time on, where it would let them in."""
    times: int = 3
    """n: 2 is the first repeat."""
