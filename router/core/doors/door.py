"""A queue's door: what `doors.py` opens and closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.entity import Entity

if TYPE_CHECKING:
    from router.core.doors.hours import Hours
    from router.core.queue import Queue


class Door(Entity, eq=False, gc=False):
    """A queue's door: the calendar that opens and closes it, and what a person decided about it by hand."""

    queue: Queue
    hand: str = ""
    """`closed` or `open` by hand, whatever calendar and settings say; empty: they decide."""
    until_us: int = 0
    """The hand's word ends by itself at this core time; 0: it holds until another one."""
    message: str = ""
    """Closed by hand: what those who are turned away, or sent away, are told."""
    serve_out: bool = False
    """Closed by hand: those who wait are served all the same."""
    due_us: int = 0
    due_number: int = 0
    # run-time
    kept: bool = False
    """It has a record."""
    hours: Hours | None = None
