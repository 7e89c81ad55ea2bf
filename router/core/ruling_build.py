"""From compiled rules to what is watched: the views that measure their gauges, and where those hook in.

Conditions are compiled before, beside the rules in force (`ruling_draft.py`). Whenever settings are switched all of it
is built anew: a rule that is still there keeps its life, a window that is still asked for its counts. What is not
watched any more costs nothing from then on. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Generator

from router.core import ruling_acts
from router.core import settings as of
from router.core.actions import ActivatePlan, Borrow
from router.core.queue import Queue
from router.core.records_rules import RuleRecord
from router.core.rule_settings import ActingRule
from router.core.ruled import (
    READ_BY,
    CrewView,
    FlowView,
    HoursView,
    Learned,
    QueueView,
    RuleState,
    StoreView,
    View,
)
from router.core.ruling_draft import Draft
from router.core.ruling_see import see
from router.core.ruling_views import LOOKS, enrol, pass_time
from router.core.world import World
from router.rules import Compare, Gauge, Key, Life, Times
from router.rules.usual import nothing_learned
from router.rules.window import Ring, ring

FLOW_ROWS, CREW_ROWS = 6, 2
LOWEST = -(1 << 60)
"""Numbers of deadlines from here down are of rules and what they watch; those of estimates come from above."""
BRINGING = (Borrow, ActivatePlan)
"""Actions that move people, or may; estimates foresee those."""
FLOWS = ("service_level", "abandonment", "arrivals", "arrivals_ratio", "repeat_rate")


class Builder:
    """One building: what was there is kept for what comes."""

    def __init__(self, world: World, draft: Draft) -> None:
        self.world = world
        self.draft = draft
        self.ruling = world.ruling
        self.was = {view.key: view for view in self.ruling.views}
        self.learned = {learned.key: learned for learned in self.ruling.learned}
        self.views: dict[str, View] = {}

    def build(self) -> None:
        """Everything that the rules of the settings read."""
        world, kept = self.world, self.ruling
        states = kept.rules
        self._unhook()
        for state in states.values():
            # Before anybody gets another's number: deadlines are found by it.
            world.deadlines.cancel(state)
        kept.views, kept.gauges, kept.rules, kept.measures = [], self.draft.gauges, {}, {}
        kept.crews, kept.segments, kept.by_clock, kept.store, kept.learned = {}, {}, [], [], []
        kept.teams, kept.of_queue = {}, {}
        for rule in world.settings.rules:
            was = states.get(rule.key)
            state = RuleState(rule, rule.times, Life(), _nothing, _nothing) if was is None else was
            acts = was is not None and was.rule.observe and not rule.observe and was.life.state == "active"
            state.rule, state.times, state.gauge = rule, rule.times, None
            state.begins, state.ends, state.reads = self.draft.rules[rule.key]
            if len(state.life.starts) > rule.per_hour_most:
                # A limit that is gone, or lower, asks for fewer of them.
                state.life.starts = state.life.starts[len(state.life.starts) - rule.per_hour_most :]
                world.changed[state] = None
            if acts:
                ruling_acts.start(world, state, "it does not only observe any more")
            state.brings = not rule.observe and any(isinstance(action, BRINGING) for action in rule.actions)
            kept.rules[rule.key] = state
        kept.bringing = sorted((state for state in kept.rules.values() if state.brings), key=_key)
        world.layers.version += 1
        kept.readers = {gauge: [kept.rules[key] for key in keys] for gauge, keys in self.draft.readers.items()}
        for (tenant, read), gauge in kept.gauges.items():
            self._watch(tenant, read, gauge)
        self._number()
        self._hook()
        for key, state in states.items():
            if key not in kept.rules:
                _gone(world, state)
        for view in kept.views:
            # What has a record is recorded from the beginning, so that a store has what is there.
            if isinstance(view, CrewView | FlowView) and view.rings and view.key not in self.was:
                world.changed[view] = None
        for learned in kept.learned:
            if learned.key not in self.learned:
                world.changed[learned] = None
        _forget(world, self.was, self.learned)

    # -- what rules read ----------------------------------------------------------------------------------------------

    def _watch(self, tenant: str, key: Key, gauge: Gauge) -> None:
        """Let the view that it belongs to measure it."""
        signal = key.signal
        if key.scope == "rule":
            self.ruling.rules[f"{tenant}/{key.subject}"].gauge = gauge
        elif key.scope == "hours":
            hours = HoursView(f"hours/{tenant}/{key.subject}", name=key.subject, gauge=gauge)
            self.views[hours.key] = hours
            self.ruling.by_clock.append(hours)
        elif signal == "store_away_s":
            store = StoreView(f"store/{tenant}", gauge=gauge)
            self.views[store.key] = store
            self.ruling.store.append(store)
        elif signal in FLOWS:
            self._watch_flow(tenant, key, gauge)
        elif key.scope == "queue":
            view = self._queue(self.world.queues[tenant, key.subject])
            self.ruling.measures[gauge] = view
            if signal.startswith("ewt"):
                view.expected = (*view.expected, gauge)
            else:
                setattr(view, "oldest" if signal == "oldest_wait_s" else signal, gauge)
        else:
            crew = self._crew(tenant, key.subject or None)
            if signal == "occupancy":
                crew.occupancy = crew.occupancy | {key.window_us: gauge}
                crew.rings = crew.rings | {key.window_us: self._ring(crew, key.window_us, CREW_ROWS)}
            else:
                setattr(crew, signal, gauge)
                if signal == "waiting":
                    for queue in self._queues_of(tenant):
                        self._queue(queue).site = crew

    def _queue(self, queue: Queue) -> QueueView:
        key = f"{queue.settings.tenant}/queue/{queue.name}"
        view = self.views.get(key)
        if view is None:
            view = self.views[key] = QueueView(key, queue=queue)
        assert isinstance(view, QueueView)
        return view

    def _crew(self, tenant: str, team: str | None) -> CrewView:
        crew = self.ruling.crews.get((tenant, team))
        if crew is None:
            key = f"{tenant}/crew/{team or ''}"
            was = self.was.get(key)
            crew = CrewView(key, seen_us=was.seen_us if isinstance(was, CrewView) else self.world.now_us)
            self.ruling.crews[tenant, team] = crew
            self.views[key] = crew
        return crew

    def _watch_flow(self, tenant: str, key: Key, gauge: Gauge) -> None:
        name = f"{tenant}/flow/{key.scope}/{key.subject}"
        view = self.views.get(name)
        if view is None:
            was = self.was.get(name)
            view = FlowView(name, since_us=was.since_us if isinstance(was, FlowView) else self.world.now_us)
            self.views[name] = view
            if key.scope == "segment":
                self.ruling.segments[tenant, key.subject] = view
            elif key.scope == "queue":
                view.queue = self.world.queues[tenant, key.subject]
        assert isinstance(view, FlowView)
        self.ruling.measures[gauge] = view
        view.gauges = view.gauges | {(key.signal, key.window_us): gauge}
        for row in READ_BY[key.signal]:
            view.counts[row] = True
        if key.signal == "service_level" and view.queue is not None:
            view.level = True
            self._queue(view.queue).level = view
        if key.window_us not in view.rings:
            view.rings = view.rings | {key.window_us: self._ring(view, key.window_us, FLOW_ROWS)}
        if key.signal == "arrivals_ratio" and view.usual is None and view.queue is not None:
            view.usual = self._learned(view.queue)
            self.ruling.by_clock.append(view)

    def _ring(self, view: CrewView | FlowView, window_us: int, rows: int) -> Ring:
        was = self.was.get(view.key)
        found = was.rings.get(window_us) if isinstance(was, CrewView | FlowView) else None
        return ring(window_us, rows, self.world.now_us) if found is None else found

    def _learned(self, queue: Queue) -> Learned:
        key = f"{queue.settings.tenant}/{queue.name}"
        learned = self.learned.get(key) or Learned(key, nothing_learned())
        learned.offsets = dict(self.world.settings.zones).get(queue.settings.time_zone, ())
        self.ruling.learned.append(learned)
        return learned

    def _queues_of(self, tenant: str) -> list[Queue]:
        return [queue for (owner, _), queue in self.world.queues.items() if owner == tenant and not queue.retired]

    # -- hooking ------------------------------------------------------------------------------------------------------

    def _number(self) -> None:
        """Views and rules have numbers of their own, below all others: they fire first, and draw none."""
        ordered = sorted(self.views.values(), key=lambda view: view.key)
        self.ruling.views = ordered
        for number, view in enumerate(ordered, start=1):
            view.number = LOWEST - number
        for number, state in enumerate(self.ruling.rules.values(), start=len(ordered) + 1):
            state.number = LOWEST - number

    def _unhook(self) -> None:
        world = self.world
        for view in self.ruling.views:
            world.deadlines.cancel(view)
        for crew in self.ruling.crews.values():
            pass_time(world, crew)
        for queue in world.queues.values():
            queue.view, queue.flows = None, ()
        for needs in world.roster.needs.values():
            if needs.crews:
                world.roster.unwatch(needs)
        self.ruling.dirty.clear()
        self.ruling.stirred.clear()
        self.ruling.people = world.roster.people = False

    def _hook(self) -> None:
        world = self.world
        for view in self.ruling.views:
            if isinstance(view, QueueView | FlowView) and view.queue is not None:
                self.ruling.of_queue.setdefault(view.queue, []).append(view)
            if isinstance(view, QueueView):
                hook_queue(world, view)
            elif isinstance(view, FlowView):
                self._hook_flow(view)
        if self.ruling.crews:
            self.ruling.people = world.roster.people = True
            for agent in world.agents.values():
                if agent.state != "offline":
                    enrol(world, agent)

    def _hook_flow(self, view: FlowView) -> None:
        tenant, _, scope, _ = view.key.split("/", 3)
        if scope == "queue":
            assert view.queue is not None
            view.queue.flows = (*view.queue.flows, view)
        elif scope == "site":
            for queue in self._queues_of(tenant):
                queue.flows = (*queue.flows, view)


def build(world: World, draft: Draft) -> None:
    """Watch what the rules of the settings in force read, and ask them all when the step is over."""
    if not world.settings.rules and not world.ruling.rules:
        return
    Builder(world, draft).build()
    measure(world)
    for state in world.ruling.rules.values():
        world.ruling.dirty[state] = None


def measure(world: World) -> None:
    """Look at everything once, so that all gauges show what is so now."""
    kept = world.ruling
    for view in kept.views:
        LOOKS[type(view)](world, view)
    for state in kept.rules.values():
        see(world, state.gauge, int(state.life.state == "active"))
    kept.stirred.clear()


def hook_queue(world: World, view: QueueView) -> None:
    """Let the queue tell its view of changes: also after its lines have changed."""
    queue = view.queue
    assert queue is not None
    if counts_who_waits(view):
        queue.view = view
        view.simple = not view.expected and view.site is None and view.level is None
    if view.idle is not None or view.staffed is not None or view.expected:
        for line in queue.own.values():
            world.roster.watch(line.needs, view)
            view.watched.append(line.needs)


def counts_who_waits(view: QueueView) -> bool:
    """Must the queue tell it whenever somebody comes to wait, or waits no more?"""
    by_wait = (view.waiting, view.oldest, view.site, view.level)
    return bool(view.expected) or any(each is not None for each in by_wait)


def queue_switched(world: World, queue: Queue) -> None:
    """The queue has other lines, or other settings: what watches it looks at those."""
    for view in world.ruling.of_queue.get(queue, ()):
        if isinstance(view, QueueView):
            for needs in view.watched:
                world.roster.unwatch(needs, view)
            view.watched = []
            hook_queue(world, view)
        world.ruling.dirty[view] = None


def drafted(old: of.Settings, new: of.Settings) -> Generator[int, None, Draft | None]:
    """Compile the rules of the new settings in pieces, where what they watch is something else than under the old ones;
    yields what each piece costs."""
    queues = [[(queue.tenant, queue.name, queue.time_zone) for queue in each.queues] for each in (old, new)]
    if old.rules == new.rules and old.zones == new.zones and queues[0] == queues[1]:
        return None
    draft = Draft(new.rules)
    yield from draft.pieces()
    return draft


def follow(world: World, draft: Draft | None) -> None:
    """The settings were switched: watch what their rules read, where that is something else now."""
    if draft is not None:
        build(world, draft)
    world.ruling.clock_told()


def _gone(world: World, state: RuleState) -> None:
    """The rule was edited away: what it did ends, and nothing is kept of it."""
    world.deadlines.cancel(state)
    if state.life.stop(world.now_us):
        ruling_acts.stop(world, state, "the rule is gone from the configuration")
    world.changed.pop(state, None)
    world.dropped.append(("rule", state.key))


def _forget(world: World, was: dict[str, View], learned: dict[str, Learned]) -> None:
    """Windows and half-hours that nobody asks for any more."""
    there = {view.key: view for view in world.ruling.views}
    for key, view in was.items():
        pending = view in world.changed
        world.changed.pop(view, None)
        if isinstance(view, CrewView | FlowView) and view.rings:
            now = there.get(key)
            if isinstance(now, CrewView | FlowView) and now.rings:
                if pending or now.rings.keys() != view.rings.keys():
                    world.changed[now] = None
            else:
                world.dropped.append(("flow", key))
    for key in learned.keys() - {each.key for each in world.ruling.learned}:
        world.changed.pop(learned[key], None)
        world.dropped.append(("usual", key))


def _key(state: RuleState) -> str:
    return state.key


def _nothing() -> bool | None:
    return None


def unbuilt(tenant: str, name: str, record: RuleRecord) -> RuleState:
    """A rule as its record has it, before the settings say what it is."""
    never = Compare("rule", name, "active", "at_least", 1)
    state = RuleState(ActingRule(name, never, tenant), Times(), record.life, _nothing, _nothing)
    state.paused, state.activations = record.paused, record.activations
    return state
