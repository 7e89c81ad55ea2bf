"""How an agent spent their time lately, as far as some rule or plan goes by it.

Values only; `timesheets.py` keeps them.
"""

from __future__ import annotations

from msgspec import Struct

from router.rules import Ring

WORK, READY = range(2)
"""Rows: capacity units at work, and there, by microseconds."""


class Sheet(Struct, array_like=True, gc=False):
    """One window of one agent, kept in their record."""

    ring: Ring
    began_us: int
    """What was before does not count."""
    ready_us: int = -1
    """They are ready, and that is counted until then; -1: they are not."""

    def sums(self, now_us: int, capacity: int) -> tuple[int, int]:
        """Work, and ready time: both in units by microseconds. It changes nothing."""
        work, ready = self.ring.sums(now_us)
        if self.ready_us >= 0:
            missing = max(0, now_us // self.ring.slot_us - self.ring.last)
            from_us = max(self.ready_us, self.ring.reaches_us + missing * self.ring.slot_us)
            ready += max(0, now_us - from_us) * capacity
        return work, ready
