"""What is watched for rules: views of queues, teams, windows and hours, each with the gauges that rules read of it.

Every contact of a queue that rules watch comes by its views, so they are native classes, as the queue is itself
(decision 0016), and a view knows by numbers of its own, in one place of memory, whether what happens can be any matter.
Values only; `views.py` and `windows.py` measure.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, final

from router.core.entities import Live
from router.core.native import mypyc_attr

if TYPE_CHECKING:
    from router.core.line import Needs
    from router.core.queue import Queue
    from router.core.ruling.ruled import Learned
    from router.rules import Gauge, Ring

ARRIVED, IN_TARGET, COUNTED, ABANDONED, KNOWN, REPEATED = range(6)
"""Rows of a window of contacts; `COUNTED` is the denominator of the service level."""
READ_BY = {
    "service_level": (IN_TARGET, COUNTED),
    "abandonment": (ABANDONED, COUNTED),
    "arrivals": (ARRIVED,),
    "arrivals_ratio": (ARRIVED,),
    "repeat_rate": (KNOWN, REPEATED),
}
"""Signal -> the rows that it is made of."""
LONG_AGO_US = -(1 << 60)
"""Before every key."""
BUSY, READY = range(2)
"""Rows of a window of people: capacity units at work and there, by microseconds."""


@mypyc_attr(acyclic=True)
class View(Live):
    """Something that is watched. Its deadline is that of its next change by time alone; it is not recorded, and its
    number goes by the order of names, so that a loaded world has the same."""

    key: str
    """tenant/scope/subject"""
    number: int = 0
    due_us: int = 0
    due_number: int = 0

    def __init__(self, key: str) -> None:
        self.key = key


@final
@mypyc_attr(acyclic=True)
class QueueView(View):
    """A queue as it is now."""

    waiting_from: float
    """While so many wait, and fewer than `waiting_below`, nothing else is true of who waits, whoever comes or goes, but
    for who comes with a key before `key_from_us`. Nothing lies between the two: it is looked at each time."""
    waiting_below: float
    key_from_us: int
    idle_from: float
    """The same of who is free: for all of `watched`, and whoever else watches those."""
    idle_below: float
    queue: Queue
    waiting: Gauge | None = None
    oldest: Gauge | None = None
    idle: Gauge | None = None
    staffed: Gauge | None = None
    expected: tuple[Gauge, ...] = ()
    """Gauges of the expected wait."""
    first_us: int = -1
    """No key of those who stand was earlier when its deadline was set by it, for the longest wait; -1: the deadline was
    not."""
    watched: list[Needs]
    """Needs of its lines that tell it who could serve."""
    expected_from_us: int = 0
    """The expected wait is looked at anew from then on."""
    level: FlowView | None = None
    """Its service level: who waits counts in it."""
    site: CrewView | None = None
    """Where all queues are watched together: how many wait there is kept up with this one."""
    counted: int = 0
    """What it has counted there."""

    def __init__(self, key: str, queue: Queue) -> None:
        self.key, self.queue = key, queue
        self.waiting_from, self.waiting_below, self.key_from_us = inf, -inf, LONG_AGO_US
        self.idle_from, self.idle_below = inf, -inf
        self.watched = []

    def look_each_time(self) -> None:
        """Whoever comes or goes, it is looked at."""
        self.waiting_from, self.waiting_below = inf, -inf

    def look_anew(self) -> None:
        """Whatever happens next, it is looked at: something else is asked of it than before."""
        self.look_each_time()
        self.first_us = -1
        self.rest_between(inf, -inf)

    def rest_between(self, idle_from: float, idle_below: float) -> None:
        """While so many are free it need not be told of more or fewer."""
        if (idle_from, idle_below) == (self.idle_from, self.idle_below):
            return
        self.idle_from, self.idle_below = idle_from, idle_below
        for needs in self.watched:
            needs.free_from, needs.free_below = -inf, inf
            for view in needs.crews:
                needs.free_from = max(needs.free_from, view.idle_from)
                needs.free_below = min(needs.free_below, view.idle_below)


@final
@mypyc_attr(acyclic=True)
class CrewView(View):
    """The people of a team, or of the whole site; and of the site how many contacts wait."""

    waiting: Gauge | None = None
    idle: Gauge | None = None
    staffed: Gauge | None = None
    occupancy: dict[int, Gauge]
    """By window."""
    rings: dict[int, Ring]
    """Window -> `BUSY` and `READY`."""
    seen_us: int = 0
    """Until when the rings have counted."""
    members: dict[int, Member]
    """What each agent who is signed in counts as, by number."""
    waits: int = 0
    idles: int = 0
    busy: int = 0
    room: int = 0

    def __init__(self, key: str, seen_us: int) -> None:
        self.key, self.seen_us = key, seen_us
        self.occupancy, self.rings, self.members = {}, {}, {}


@final
@mypyc_attr(acyclic=True)
class Member:
    """What one agent counts as."""

    idle: int
    busy: int
    room: int

    def __init__(self, idle: int, busy: int, room: int) -> None:
        self.idle, self.busy, self.room = idle, busy, room


@final
@mypyc_attr(acyclic=True)
class FlowView(View):
    """What comes and goes: of a queue, a segment, or the site. It counts in numbers of its own; its windows have them
    when somebody reads them (`gather`)."""

    until_us: int = 0
    """What is counted before then belongs to the newest slot of each window."""
    quiet: int = 0
    """So many more may be counted before anything else could be true of its gauges."""
    comes: bool = False
    """Is it read who arrives?"""
    ends: bool = False
    """And who is answered or abandoned?"""
    knows: bool = False
    """And who is known?"""
    arrived: int = 0
    """Those that `comes`, `ends` and `knows` ask for, since the windows had them last: by row of a window."""
    in_target: int = 0
    counted: int = 0
    abandoned: int = 0
    known: int = 0
    repeated: int = 0
    queue: Queue | None = None
    gauges: dict[tuple[str, int], Gauge]
    """(signal, window) -> gauge."""
    rings: dict[int, Ring]
    counts: list[bool]
    """The rows that its gauges read: others are not counted."""
    overdue: bool = False
    """Somebody waited beyond the target when it was looked at last."""
    level: bool = False
    """It measures a service level, in which those who wait count too."""
    since_us: int = 0
    """Since when it has counted without a break: before a window is over a count of it is not known."""
    usual: Learned | None = None

    def __init__(self, key: str, queue: Queue | None = None, since_us: int = 0) -> None:
        self.key, self.queue, self.since_us = key, queue, since_us
        self.gauges, self.rings = {}, {}
        self.counts = [False] * 6

    def gather(self) -> None:
        """Let the windows have what was counted."""
        if self.arrived:
            self._add(ARRIVED, self.arrived)
            self.arrived = 0
        if self.counted:
            self._add(COUNTED, self.counted)
            self._add(IN_TARGET, self.in_target)
            self._add(ABANDONED, self.abandoned)
            self.counted = self.in_target = self.abandoned = 0
        if self.known:
            self._add(KNOWN, self.known)
            self._add(REPEATED, self.repeated)
            self.known = self.repeated = 0

    def _add(self, row: int, amount: int) -> None:
        if amount and self.counts[row]:
            for ring in self.rings.values():
                ring.rows[row][-1] += amount
                ring.totals[row] += amount

    def roll(self, now_us: int) -> None:
        """A slot may be over: what is counted from now on belongs to the present ones."""
        self.gather()
        for ring in self.rings.values():
            ring.roll(now_us)
        self.until_us = min(ring.next_us(now_us) for ring in self.rings.values())


@final
@mypyc_attr(acyclic=True)
class HoursView(View):
    """A calendar."""

    name: str
    gauge: Gauge

    def __init__(self, key: str, name: str, gauge: Gauge) -> None:
        self.key, self.name, self.gauge = key, name, gauge


@final
@mypyc_attr(acyclic=True)
class StoreView(View):
    """The store of the site."""

    gauge: Gauge

    def __init__(self, key: str, gauge: Gauge) -> None:
        self.key, self.gauge = key, gauge
