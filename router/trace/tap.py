"""What happens in a replay, as whoever listens hears it: the events of the neutral schema of `router.ewt.events`.

It must not know who listens. A replay with no listener pays one call of a function that does nothing for each event.
"""

from __future__ import annotations

from typing import Any, Protocol


class Tap(Protocol):
    """Hears what happens, in order."""

    def __call__(self, kind: str, at_us: int, **fields: Any) -> None:
        """One event: its `ev`, the core time in microseconds, its fields. `arrive` has `head_start`, in seconds, beside
        what the schema asks for."""


def unheard(kind: str, at_us: int, **fields: Any) -> None:
    """A tap for whoever wants none."""
