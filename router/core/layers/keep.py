"""Who keeps agents idle: what `kept_idle.py` hangs on needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from router.core.queue import Queue


class Keep(NamedTuple):
    """A queue that keeps agents idle who meet some needs."""

    queue: Queue
    agents: int
    but_class: int
    """See `actions.keep_idle.KeepIdle`."""
