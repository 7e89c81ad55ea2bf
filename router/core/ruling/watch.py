"""What rules read is watched: a view with its gauges for each queue, team, window or calendar that somebody asks for.

    watcher = Watcher(world)
    watcher.gauge(tenant, key)     the gauge of that value, made and hooked in where nobody had asked for it yet
    watcher.filled()               in pieces: people and queues that new views of a team or the site count
    watcher.queues_switched()      queues have come or gone

Each value is watched once, whoever reads it, and goes on unchanged while anybody does: a reload watches what the new
rules read before they are in force, and forgets what nobody reads afterwards (`forget.py`), so that what both
versions ask for does not notice. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator

from router.core.queue import Queue
from router.core.ruling.forget import leave_site
from router.core.ruling.hooks import CREW_ROWS, FLOW_ROWS, hook_queue, of_site, offsets_of, queues_of, shape
from router.core.ruling.ruled import Learned
from router.core.ruling.views import enrol_in
from router.core.ruling.watched import CrewView, FlowView, HoursView, QueueView, StoreView, View
from router.core.world import World
from router.rules import Gauge, Key
from router.rules.usual import nothing_learned
from router.rules.window import Ring, ring

LOWEST = -(1 << 60)
"""Numbers of deadlines from here down are of rules and what they watch; those of estimates come from above."""
FLOWS = ("service_level", "abandonment", "arrivals", "arrivals_ratio", "repeat_rate")


ENROLLED = 128
"""Agents who are counted for new crews at a time."""
COUNTED = 8
"""What counting a queue for the site costs, in agents."""
FIELDS = {"oldest_wait_s": "oldest"}
"""Signals of a queue that its view has under another name."""


class Watcher:
    """Begins to watch. `views` and `learned`: what was counted before the engine's start, to go on with."""

    def __init__(
        self, world: World, views: dict[str, View] | None = None, learned: dict[str, Learned] | None = None
    ) -> None:
        self.world = world
        self.ruling = world.ruling
        self.was = views or {}
        self.learned = learned or {}
        self.new_crews: list[CrewView] = []
        """Those whose people are not counted yet."""
        self.new_sites: dict[CrewView, str] = {}
        """Those who count the waiting of all queues of their tenant, and do not yet."""
        self.later: list[tuple[str, Key, Gauge]] = []
        """Gauges of queues that are not there yet: see `catch_up`."""

    def gauge(self, tenant: str, key: Key) -> Gauge:
        """The gauge of this value. A new one is unknown until its view is looked at, when this step is over."""
        gauge = self.ruling.gauges.get((tenant, key))
        if gauge is None:
            gauge = self.ruling.gauges[tenant, key] = Gauge(key)
            self._watch(tenant, key, gauge)
        return gauge

    def look_anew(self, gauge: Gauge) -> None:
        """It is asked for something that it was not asked for before."""
        view = self.ruling.measures.get(gauge)
        if view is None:
            return
        if isinstance(view, FlowView):
            view.quiet = 0
        elif isinstance(view, QueueView):
            view.look_anew()
            view.expected_from_us = 0
        self.ruling.dirty[view] = None

    def catch_up(self) -> None:
        """The queues of the new version are there: watch those, too."""
        later, self.later = self.later, []
        for tenant, key, gauge in later:
            self._watch(tenant, key, gauge)

    def filled(self) -> Iterator[int]:
        """Count people and queues in the new views of teams and the site; yields how many each piece has looked at."""
        crews, self.new_crews = self.new_crews, []
        agents = list(self.world.agents.values()) if crews else []
        for start in range(0, len(agents), ENROLLED):
            for agent in agents[start : start + ENROLLED]:
                for crew in crews:
                    enrol_in(self.world, crew, agent)
            yield ENROLLED * len(crews)
        sites, self.new_sites = self.new_sites, {}
        for crew, tenant in sites.items():
            for queue in queues_of(self.world, tenant):
                self._count_for(crew, queue)
                yield COUNTED

    # -- what rules read ----------------------------------------------------------------------------------------------

    def _watch(self, tenant: str, key: Key, gauge: Gauge) -> None:
        """Let the view that it belongs to measure it."""
        queue = self.world.queues.get((tenant, key.subject)) if key.scope == "queue" else None
        if key.scope == "queue" and queue is None:
            self.later.append((tenant, key, gauge))
            return
        view = self._viewed(tenant, key, gauge, queue)
        if view is not None:
            self.ruling.measures[gauge] = view
            self.ruling.dirty[view] = None

    def _viewed(self, tenant: str, key: Key, gauge: Gauge, queue: Queue | None) -> View | None:
        signal = key.signal
        if key.scope == "rule":
            return None  # the rule itself tells it
        if key.scope == "hours":
            hours = HoursView(f"hours/{tenant}/{key.subject}", key.subject, gauge)
            self.ruling.by_clock.append(hours)
            self._number(hours)
            return hours
        if signal == "store_away_s":
            store = StoreView(f"store/{tenant}", gauge)
            self.ruling.store.append(store)
            self._number(store)
            return store
        if signal in FLOWS:
            return self._flow(tenant, key, gauge, queue)
        if queue is not None:
            view = self._queue(queue)
            if signal.startswith("ewt"):
                view.expected = (*view.expected, gauge)
            else:
                setattr(view, FIELDS.get(signal, signal), gauge)
            view.expected_from_us = 0
            hook_queue(self.world, view)
            return view
        return self._crew(tenant, key, gauge)

    def _number(self, view: View) -> None:
        view.number = next_number(self.world)
        self.ruling.views[view.key] = view

    def _queue(self, queue: Queue) -> QueueView:
        key = f"{queue.settings.tenant}/queue/{queue.name}"
        view = self.ruling.views.get(key)
        if view is None:
            view = QueueView(key, queue)
            self._number(view)
            self.ruling.of_queue.setdefault(queue, []).append(view)
        assert isinstance(view, QueueView)
        return view

    def _flow(self, tenant: str, key: Key, gauge: Gauge, queue: Queue | None) -> FlowView:
        name = f"{tenant}/flow/{key.scope}/{key.subject}"
        view = self.ruling.views.get(name)
        if view is None:
            was = self.was.get(name)
            since_us = was.since_us if isinstance(was, FlowView) else self.world.now_us
            view = FlowView(name, queue, since_us)
            self._number(view)
            self._hook_flow(tenant, key, view)
        assert isinstance(view, FlowView)
        view.gauges = view.gauges | {(key.signal, key.window_us): gauge}
        view.gather()
        view.rings, view.until_us = self._rings(view, key.window_us, FLOW_ROWS), 0
        if key.signal == "arrivals_ratio" and view.usual is None and queue is not None:
            view.usual = self._learned(queue)
            self.ruling.by_clock.append(view)
        shape(view)
        if view.level and queue is not None:
            of_queue = self._queue(queue)
            of_queue.level = view
            hook_queue(self.world, of_queue)
        view.quiet = 0
        return view

    def _hook_flow(self, tenant: str, key: Key, view: FlowView) -> None:
        if key.scope == "segment":
            self.ruling.segments[tenant, key.subject] = view
        elif view.queue is not None:
            view.queue.flows = (*view.queue.flows, view)
            self.ruling.of_queue.setdefault(view.queue, []).append(view)
        else:
            for queue in queues_of(self.world, tenant):
                queue.flows = (*queue.flows, view)

    def _crew(self, tenant: str, key: Key, gauge: Gauge) -> CrewView:
        team = key.subject or None
        crew = self.ruling.crews.get((tenant, team))
        if crew is None:
            name = f"{tenant}/crew/{team or ''}"
            was = self.was.get(name)
            crew = CrewView(name, was.seen_us if isinstance(was, CrewView) else self.world.now_us)
            self._number(crew)
            self.ruling.crews[tenant, team] = crew
            self.ruling.people = self.world.roster.people = True
            self.new_crews.append(crew)
        if key.signal == "occupancy":
            crew.occupancy = crew.occupancy | {key.window_us: gauge}
            crew.rings = self._rings(crew, key.window_us, CREW_ROWS)
        else:
            setattr(crew, key.signal, gauge)
            if key.signal == "waiting":
                self.new_sites[crew] = tenant
        return crew

    def _count_for(self, crew: CrewView, queue: Queue) -> None:
        """Who waits in the queue waits at the site."""
        view = self._queue(queue)
        if view.site is None:
            view.site = crew
            hook_queue(self.world, view)
            self.ruling.dirty[view] = None

    def _rings(self, view: CrewView | FlowView, window_us: int, rows: int) -> dict[int, Ring]:
        if window_us in view.rings:
            return view.rings
        was = self.was.get(view.key)
        found = was.rings.get(window_us) if isinstance(was, CrewView | FlowView) else None
        if was is None:
            # What has a record is recorded from the beginning, so that a store has what is there.
            self.world.changed[view] = None
        new = ring(window_us, rows, self.world.now_us) if found is None else found
        # The shortest first, whatever came first: what is written must not hang on how a world came to be.
        return dict(sorted([*view.rings.items(), (window_us, new)]))

    def _learned(self, queue: Queue) -> Learned:
        key = f"{queue.settings.tenant}/{queue.name}"
        learned = self.learned.get(key)
        if learned is None:
            learned = Learned(key, nothing_learned())
            self.world.changed[learned] = None
        learned.offsets = offsets_of(self.world, queue)
        self.ruling.learned.append(learned)
        return learned

    # -- other queues -------------------------------------------------------------------------------------------------

    def queues_switched(self) -> None:
        """Queues may have come and gone: a site is all of its queues. Each goes by its own time zone."""
        for (tenant, team), crew in self.ruling.crews.items():
            if team is None and crew.waiting is not None:
                for queue in queues_of(self.world, tenant):
                    self._count_for(crew, queue)
        sites = [view for view in self.ruling.views.values() if of_site(view)]
        for view in sites:
            assert isinstance(view, FlowView)
            for queue in queues_of(self.world, view.key.partition("/")[0]):
                if view not in queue.flows:
                    queue.flows = (*queue.flows, view)
        for queue in [queue for queue in self.world.queues.values() if queue.retired]:
            queue.flows = tuple(view for view in queue.flows if view not in sites)
            for of_queue in list(self.ruling.of_queue.get(queue, ())):
                if isinstance(of_queue, QueueView) and of_queue.site is not None:
                    leave_site(self.world, of_queue)
        for view in self.ruling.by_clock:
            if isinstance(view, FlowView) and view.usual is not None and view.queue is not None:
                view.usual.offsets = offsets_of(self.world, view.queue)


def next_number(world: World) -> int:
    """Of a view or a rule: below all others, and never given twice, so that deadlines are found by it."""
    world.ruling.numbered += 1
    return LOWEST - world.ruling.numbered
