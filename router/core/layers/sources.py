"""What the sources of layers say now, and layers whose source says something else than when it started.

Rules and plans are edited while they are in force, also while the engine is down. What they say in the configuration in
force counts: a layer of an action that is gone is dropped, one of a new action begins, and one that is said as before
does not notice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from router.core.layers.layer import Layer, Source
from router.core.layers.plan import HAND

if TYPE_CHECKING:
    from router.core.actions import AnyAction, Target
    from router.core.ruling.settings import ActingRule
    from router.core.world import World


class Says(NamedTuple):
    """What a source lays, and with which rank."""

    rank: int
    actions: tuple[AnyAction, ...]


def says(world: World, source: Source, rules: dict[tuple[str, str], ActingRule]) -> Says | None:
    """What the configuration in force has under that name; None: nothing any more. `rules`: its rules, by name."""
    if source.kind == "plan":
        plan = world.plans.known.get((source.tenant, source.name))
        return None if plan is None else Says(plan.rank, plan.actions)
    rule = rules.get((source.tenant, source.name)) if source.kind == "rule" else None
    return None if rule is None or rule.observe else Says(rule.rank, rule.actions)


def follow(world: World, rules: Iterable[tuple[Source, int]]) -> list[Layer]:
    """The configuration was switched, or is not the one under which the layers were kept: let each source have what it
    says now. `rules`: those that are active and act, and since when. Returns layers that are gone; who calls this lets
    targets take what is in effect."""
    gone: list[Layer] = []
    began: dict[Source, tuple[int, bool]] = {
        source: (layers[0].since_us, layers[0].by_hand)
        for source, layers in world.layers.sources.items()
        if source.kind != "hand"
    }
    # One that has said nothing so far may say something now.
    for active in world.plans.active.values():
        began[Source(active.tenant, "plan", active.name)] = active.since_us, HAND in active.holders
    for source, since_us in rules:
        began.setdefault(source, (since_us, False))
    by_name = {(rule.tenant, rule.name): rule for rule in world.settings.rules} if began else {}
    for source, (since_us, by_hand) in began.items():
        gone += _follow(world, source, says(world, source, by_name), since_us, by_hand=by_hand)
    return gone


def _follow(world: World, source: Source, said: Says | None, since_us: int, *, by_hand: bool) -> list[Layer]:
    layers = list(world.layers.sources.get(source, ()))
    wanted = [] if said is None else [(action, target) for action in said.actions for target in action.targets()]
    gone = []
    for layer in layers:
        if said is not None and (layer.action, layer.target) in wanted:
            wanted.remove((layer.action, layer.target))
            if layer.rank != said.rank:
                layer.rank = said.rank
                world.changed[layer] = None
        else:
            drop(world, layer)
            gone.append(layer)
    for action, target in wanted:
        assert said is not None
        # What is done once was for the moment of the start: it is not done because somebody wrote it down later.
        made = make(world, source, said.rank, action, target, by_hand=by_hand)
        made.since_us = since_us
        made.spent = "" if action.undone else "done"
    return gone


def make(world: World, source: Source, rank: int, action: AnyAction, target: Target, *, by_hand: bool) -> Layer:
    """A layer from now on; what is in effect is the caller's to renew."""
    layer = Layer(source, world.number(), rank, by_hand, world.now_us, action, target)
    world.layers.add(layer)
    world.changed[layer] = None
    if action.lasts_us:
        world.set_due(layer, world.now_us + action.lasts_us)
    return layer


def drop(world: World, layer: Layer) -> None:
    """A layer is no more; what is in effect is the caller's to renew."""
    world.layers.remove(layer)
    world.deadlines.cancel(layer)
    world.changed.pop(layer, None)
    world.dropped.append(("layer", layer.key))
