"""A queue at run time: its settings of this version, its lines, and what it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from router.core import settings as of
from router.core.effects import Treatment
from router.core.tally import QueueTally

if TYPE_CHECKING:
    from router.core.entities import Contact, Door
    from router.core.line import Line, LineKey

NO_WRAP_UP = of.WrapUp()


class Queue(Struct, eq=False, gc=False):
    """One named service. `lines` are found by their needs and classes; `own` are the queue's needs by channel."""

    name: str
    settings: of.Queue
    tally: QueueTally
    wrap_ups: dict[str, of.WrapUp]
    treatments: dict[str, Treatment]
    lines: dict[LineKey, Line] = {}
    own: dict[str, Line] = {}
    """Channel -> the line of contacts without needs of their own: it stays while the queue does."""
    retired: bool = False
    """No longer in the settings: it takes nobody in, and serves who is in it."""
    counts: dict[str, int] = {}
    """Contacts by state."""
    door: Door | None = None
    """None: no calendar, and no hand on it; its settings alone say whether it is open."""
    callbacks: dict[str, Contact] = {}
    """Open call-backs by id."""
    callbacks_by_name: dict[str, Contact] = {}
    """The same by number and by customer: one open call-back each."""

    def treatment(self, why: str) -> Treatment:
        """What configuration wants done for this reason; to refuse, where it says nothing."""
        return self.treatments.get(why, of.REFUSE)

    def waiting(self) -> int:
        """Contacts that stand in its lines or beside them, offered ones not counted."""
        return self.counts["waiting"] + self.counts["held"]
