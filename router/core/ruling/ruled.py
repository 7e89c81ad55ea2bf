"""What is watched for rules: views of queues, teams, windows and hours, each with the gauges that rules read of it.

Values only, so that the world can hold them; `ruling.py` measures and decides. The one idea: whoever changes something
that is watched puts its view into `dirty`, which is all that it costs; what nobody watches has no view.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import field

from router.core.entity import Entity
from router.rules import Compare, Gauge, Life, Ring, Times, Usual

if TYPE_CHECKING:
    from router.core.entities import Peer
    from router.core.line import Needs
    from router.core.queue import Queue
    from router.core.ruling.settings import ActingRule

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
BUSY, READY = range(2)
"""Rows of a window of people: capacity units at work and there, by microseconds."""


class View(Entity, eq=False, gc=False):
    """Something that is watched. Its deadline is that of its next change by time alone; it is not recorded, and its
    number goes by the order of names, so that a loaded world has the same."""

    key: str
    """tenant/scope/subject"""
    number: int = 0
    due_us: int = 0
    due_number: int = 0


class QueueView(View, eq=False, gc=False):
    """A queue as it is now."""

    queue: Queue | None = None
    waiting: Gauge | None = None
    oldest: Gauge | None = None
    idle: Gauge | None = None
    staffed: Gauge | None = None
    expected: tuple[Gauge, ...] = ()
    """Gauges of the expected wait."""
    first_us: int = -1
    """No key of those who stand was earlier when its deadline was set by it; -1: look at the oldest each time."""
    watched: list[Needs] = field(default_factory=list)
    """Needs of its lines that tell it who could serve."""
    expected_from_us: int = 0
    """The expected wait is looked at anew from then on."""
    level: FlowView | None = None
    """Its service level: who waits counts in it."""
    site: CrewView | None = None
    """Where all queues are watched together: how many wait there is kept up with this one."""
    counted: int = 0
    """What it has counted there."""
    simple: bool = False
    """How many wait, and the longest wait, are all that it is told of who waits."""


class CrewView(View, eq=False, gc=False):
    """The people of a team, or of the whole site; and of the site how many contacts wait."""

    waiting: Gauge | None = None
    idle: Gauge | None = None
    staffed: Gauge | None = None
    occupancy: dict[int, Gauge] = field(default_factory=dict)
    """By window."""
    rings: dict[int, Ring] = field(default_factory=dict)
    """Window -> `BUSY` and `READY`."""
    seen_us: int = 0
    """Until when the rings have counted."""
    members: dict[int, Member] = field(default_factory=dict)
    """What each agent who is signed in counts as, by number."""
    waits: int = 0
    idles: int = 0
    busy: int = 0
    room: int = 0


class Member(Entity, eq=False, gc=False):
    """What one agent counts as."""

    idle: int
    busy: int
    room: int


class FlowView(View, eq=False, gc=False):
    """What comes and goes: of a queue, a segment, or the site."""

    queue: Queue | None = None
    gauges: dict[tuple[str, int], Gauge] = field(default_factory=dict)
    """(signal, window) -> gauge."""
    rings: dict[int, Ring] = field(default_factory=dict)
    counts: list[bool] = field(default_factory=lambda: [False] * 6)
    """The rows that its gauges read: others are not counted."""
    overdue: bool = False
    """Somebody waited beyond the target when it was looked at last."""
    level: bool = False
    """It measures a service level, in which those who wait count too."""
    since_us: int = 0
    """Since when it has counted without a break: before a window is over a count of it is not known."""
    usual: Learned | None = None
    quiet: int = 0
    """So many more may be counted before anything else could be true of its gauges."""


class Learned(Entity, eq=False, gc=False):
    """What is usual for the half-hours of the week in one queue."""

    key: str
    usual: Usual
    offsets: tuple[tuple[int, int], ...] = ()
    """The zone of the queue: as `settings.Calendar.offsets`."""
    half_hour: int = -1
    """The present one, counted from 1970 in local time; -1: no clock yet."""
    arrivals: int = 0
    whole: bool = False
    """It was counted from its beginning."""


class HoursView(View, eq=False, gc=False):
    """A calendar."""

    name: str = ""
    gauge: Gauge | None = None


class StoreView(View, eq=False, gc=False):
    """The store of the site."""

    gauge: Gauge | None = None


class RuleState(Entity, eq=False, gc=False):
    """A rule of the configuration, and where it is."""

    rule: ActingRule
    times: Times
    life: Life
    begins: Callable[[], bool | None]
    ends: Callable[[], bool | None]
    reads: tuple[tuple[Compare, Gauge], ...] = ()
    """What it reads, for people."""
    gauge: Gauge | None = None
    """Its own state, where another rule reads it."""
    brings: bool = False
    """What it does brings people to queues, or takes them away, or starts plans, that may: estimates go by that."""
    paused: bool = False
    activations: int = 0
    """Since it is known."""
    number: int = 0
    due_us: int = 0
    due_number: int = 0

    @property
    def key(self) -> str:
        """tenant/name."""
        return self.rule.key

    @property
    def kept(self) -> bool:
        """Is there anything to remember of it?"""
        return self.paused or self.activations > 0 or self.life != Life()

    @property
    def order(self) -> tuple[int, str]:
        """Of several that turn in one step the higher rank comes first."""
        return -self.rule.rank, self.rule.key


class Ruling:
    """All that is watched in a world, and the rules."""

    def __init__(self, dirty: dict[Any, None]) -> None:
        self.dirty = dirty
        """Views, agents and rules to look at when this step is over. One object for good: others hold it, too."""
        self.rules: dict[str, RuleState] = {}
        self.bringing: list[RuleState] = []
        """Those that bring people, in the order of their keys."""
        self.unasked: dict[RuleState, None] = {}
        """Rules that go by another version and were not asked by it yet: each is in its turn, high ranks first."""
        self.stirred: dict[RuleState, None] = {}
        """Rules that read something of which another thing is true now."""
        self.views: dict[str, View] = {}
        """By key."""
        self.numbered = 0
        """Numbers that views and rules were given so far."""
        self.gauges: dict[tuple[str, Any], Gauge] = {}
        """(tenant, key) -> gauge."""
        self.readers: dict[Gauge, list[RuleState]] = {}
        self.measures: dict[Gauge, View] = {}
        """Each gauge, and the view that measures it; a rule tells its own."""
        self.people = False
        """Is anything of people watched?"""
        self.crews: dict[tuple[str, str | None], CrewView] = {}
        """By (tenant, team); (tenant, None) is the whole site."""
        self.teams: dict[int, tuple[str, str]] = {}
        """The team that each signed-in agent is counted in, by number."""
        self.of_queue: dict[Queue, list[View]] = {}
        """What is watched of each queue alone."""
        self.segments: dict[tuple[str, str], FlowView] = {}
        self.by_clock: list[View] = []
        """Views that go by the clock on the wall."""
        self.store: list[StoreView] = []
        self.learned: list[Learned] = []
        self.away: dict[Peer, None] = {}
        """Gateways that may be away (`oldest.py`)."""
        self.loading = False
        """The world is being loaded: what the engine that kept it had not counted yet is not counted now."""
        self.store_away_us = 0
        """Since when the store has not taken what is committed; 0: it does."""

    def clock_told(self) -> None:
        """Some calendar has opened or closed, or somebody told the time."""
        for view in self.by_clock:
            self.dirty[view] = None

    def recorded(self) -> list[Any]:
        """Everything of it that has a record."""
        flows = [view for view in self.views.values() if isinstance(view, CrewView | FlowView) and view.rings]
        states = [state for state in self.rules.values() if state.kept]
        return [*flows, *self.learned, *states]
