"""The part of `world.py` that is about layers and plans: they are there before anybody stands in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.core import audit
from router.core.doors.emptying import Emptying
from router.core.layers import layers, lending, timesheets
from router.core.layers import sources as layer_sources
from router.core.layers.layer import Layer, Pause, Source
from router.core.layers.plan import ActivePlan
from router.core.notices import Notice
from router.core.reload.reconfigure import say_special

if TYPE_CHECKING:
    from router.core.world import World


def load(world: World, kinds: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """Layers, pauses and plans in force, as far as configuration still says them: it may have been edited while the
    engine was away. Returns the records of those that are gone by that."""
    for record in sorted(kinds["layer"].values(), key=lambda record: record.number):
        layer = Layer(
            Source(record.tenant, record.kind, record.name), record.number, record.rank, record.by_hand,
            record.since_us, record.action, record.target, record.spent,
        )  # fmt: skip
        world.layers.add(layer)
        world.counter = max(world.counter, record.number)
        _due(world, layer, record)
    for record in kinds["pause"].values():
        pause = Pause(record.tenant, record.kind, record.name)
        world.layers.pauses[pause.key] = pause
    for record in kinds["plan"].values():
        active = ActivePlan(
            record.tenant, record.name, record.since_us, record.holders, record.who, record.why, record.until_us,
            record.warned,
        )  # fmt: skip
        world.plans.active[record.tenant, record.name] = active
        _due(world, active, record)
    for record in kinds["emptying"].values():
        emptying = Emptying(record.tenant, record.queue, record.action, record.number)
        world.closing[emptying.name] = emptying
        world.counter = max(world.counter, record.number)
    for record in sorted(kinds["notice"].values(), key=lambda record: record.number):
        world.layers.notices[record.number] = Notice(
            record.number, record.tenant, record.webhook, record.source, record.text, record.utc_s
        )
        world.counter = max(world.counter, record.number)
    for queue in world.queues.values():
        queue.moved_us = world.now_us
    active_rules = [record for record in kinds["rule"].values() if record.state == "active"]
    rules = [(Source(record.tenant, "rule", record.name), record.since_us) for record in active_rules]
    gone = layer_sources.follow(world, rules)
    for tenant, (kind, name) in world.layers.targets:
        if kind == "queue":
            # Nobody stands in it yet: there is nobody who would have to cross.
            layers.switch(world, tenant, name, loading=True)
    for queue in world.queues.values():
        if queue.settings.laid.announcement is not None:
            say_special(world, queue)
    lending.restore(world)
    timesheets.restore(world)
    return [("layer", layer.key) for layer in gone] + [
        ("plan", active.key) for key, active in list(world.plans.active.items()) if key not in world.plans.known
    ]


def _due(world: World, entity: Layer | ActivePlan, record: Any) -> None:
    entity.due_number = record.due_number
    world.counter = max(world.counter, record.due_number)
    if record.due_us:
        world.deadlines.set(entity, record.due_us, record.due_number)


def keep(world: World, gone: list[tuple[str, str]]) -> None:
    """Record what `load` found otherwise than it was kept."""
    world.dropped.extend(gone)
    world.changed.update((agent, None) for agent in world.layers.loans.ended)
    world.layers.loans.ended.clear()
    for kind, key in gone:
        if kind == "plan":
            tenant, _, name = key.partition("/")
            active = world.plans.active.pop((tenant, name))
            world.deadlines.cancel(active)
            why = "it is not in the configuration any more"
            audit.note(world, tenant, f"plan:{name}", why, "plan_stop", name, {}, {})
    if gone:
        world.changed.update((layer, None) for laid in world.layers.sources.values() for layer in laid)
