"""A queue at run time: its settings of this version, its lines, and what it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from router.core import settings as of
from router.core.effects import Treatment
from router.core.native import mypyc_attr
from router.core.tally import QueueTally

if TYPE_CHECKING:
    from router.core.announcements.announcing import Schedule
    from router.core.doors.door import Door
    from router.core.entities import Contact
    from router.core.line import Line, Needs
    from router.core.match.balance import Share
    from router.core.needs.course import Course, Way
    from router.core.needs.levels import Level
    from router.core.partners.partner import Partner
    from router.core.ruling.watched import FlowView, QueueView

WrapUps: TypeAlias = dict[str, of.WrapUp]
"""By channel."""
Treatments: TypeAlias = dict[str, Treatment]
"""By the reason why somebody is not let in, or can't be served."""

NO_WRAP_UP = of.WrapUp()


@final
@mypyc_attr(acyclic=True)
class Queue:
    """One named service. `lines` are all of its lines; `own` are those of the queue's needs by channel."""

    name: str
    settings: of.Queue
    tally: QueueTally
    wrap_ups: WrapUps
    treatments: Treatments
    lines: dict[Line, Line]
    own: dict[str, Line]
    """Channel -> the line of contacts without needs of their own who have just come: it stays while the queue does."""
    courses: dict[Way, Course]
    """How the needs of contacts give way, by what they ask. Where nothing gives way it is found by the needs that come
    of it with the queue's, so that all who need the same stand in one line."""
    reserved: int = 0
    """Lines that the contacts of all courses may need at most."""
    kept_steps: dict[str, dict[tuple[int, int], int]]
    """While it is loaded or gets other settings: what is known of steps, for courses that nobody goes yet."""
    level: Level | None = None
    """Its service level, where some step waits on it, or a loan keeps it."""
    retired: bool = False
    """No longer in the settings: it takes nobody in, and serves who is in it."""
    moved_us: int = 0
    """When its lines were made anew last because it asks otherwise, or it was loaded: offers of before stand."""
    counts: dict[str, int]
    """Contacts by state."""
    beside: int = 0
    """Places here of contacts that another of their queues leads (`places/several.py`)."""
    door: Door | None = None
    """None: no calendar, and no hand on it; its settings alone say whether it is open."""
    callbacks: dict[str, Contact]
    """Open call-backs by id."""
    callbacks_by_name: dict[str, Contact]
    """The same by number and by customer: one open call-back each."""
    schedule: Schedule | None = None
    """What it announces to those who wait; None: nothing."""

    kept: tuple[Needs, ...] = ()
    """The needs of its own lines of which it keeps agents idle."""
    view: QueueView | None = None
    """What rules watch of who waits here; None: nothing."""
    partners: tuple[Partner, ...] = ()
    """Whom rules and plans may send its contacts to: what comes is counted for their shares."""
    share: Share | None = None
    """Its part in a balance; None: it is in none."""
    flows: tuple[FlowView, ...] = ()
    """What rules count of who comes and goes here."""

    def __init__(
        self, name: str, settings: of.Queue, tally: QueueTally, wrap_ups: WrapUps, treatments: Treatments
    ) -> None:
        self.name, self.settings, self.tally = name, settings, tally
        self.wrap_ups, self.treatments = wrap_ups, treatments
        self.lines = {}
        self.own = {}
        self.courses = {}
        self.kept_steps = {}
        self.counts = {}
        self.callbacks = {}
        self.callbacks_by_name = {}

    def treatment(self, why: str) -> Treatment:
        """What configuration wants done for this reason; to refuse, where it says nothing."""
        return self.treatments.get(why, of.REFUSE)

    def waiting(self) -> int:
        """Contacts that stand in its lines or beside them, offered ones not counted; and the places here of those
        that another of their queues leads."""
        return self.counts["waiting"] + self.counts["held"] + self.beside
