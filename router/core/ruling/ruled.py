"""Rules as they are now, and all that is watched for them.

Values only, so that the world can hold them; `ruling.py` decides, by what the views of `watched.py` show. The one idea:
whoever changes something that is watched puts its view into `dirty`, which is all that it costs; what nobody watches
has no view.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from router.core.entity import Entity
from router.core.ruling.watched import CrewView, FlowView, StoreView, View
from router.rules import Compare, Gauge, Life, Times, Usual

if TYPE_CHECKING:
    from router.core.entities import Peer
    from router.core.queue import Queue
    from router.core.ruling.settings import ActingRule


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
