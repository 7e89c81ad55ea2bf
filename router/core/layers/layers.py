"""Starting and ending layers in a world: the one way in which rules, plans and people change what is in effect.

    start(world, source, rank, actions, who=..., why=...)    lay these actions over their targets; who waits has it now
    stop(world, source, who=..., why=...)                    take them off: what is in effect is as if they never were
    pause(world, tenant, kind, name, ...), resume(...)       take them off and put them on again, remembered
    world.layers.sources / .winners / .overruler / .paused   what is in force, and what is overruled

A source says its actions in the configuration (`layer_sources.says`); an edit of it is followed by itself. What
follows on a target when its layers change is in `TAKES`, a function a kind of target. See `layer.py` for what wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from router.core import audit
from router.core.actions import AnyAction, QueueAction, Target
from router.core.actions.borrow import LOAN
from router.core.actions.occupancy_cap import CAP
from router.core.actions.share import SHARE
from router.core.doors.closing import tickets_anew
from router.core.layers import breathers, lending, shares
from router.core.layers import sources as layer_sources
from router.core.layers.layer import Layer, Pause, Source
from router.core.needs.course import Way, course_of
from router.core.queue import Queue
from router.core.reload import crossing, reconfigure
from router.core.reload.flipped import MOVING, Flipped
from router.core.tally import QueueTally

if TYPE_CHECKING:
    from router.core import settings as of
    from router.core.entities import Peer
    from router.core.world import World


def start(
    world: World,
    source: Source,
    rank: int,
    actions: Sequence[AnyAction],
    *,
    who: str = "",
    why: str = "",
    by_hand: bool = False,
    peer: Peer | None = None,
) -> list[Layer]:
    """Lay the actions over their targets from now on. What is done once is done now, unless the source is paused; of a
    source that is in force already it is not done again, and the others stay as they are. `who` is the source, where
    nobody is given. Returns the layers."""
    had = list(world.layers.sources.get(source, ()))
    pairs = [(action, target) for action in actions for target in action.targets()]
    known = [(layer.action, layer.target) for layer in had]
    new = [pair for pair in pairs if pair not in known]
    before = facts(world, source.tenant, new)
    made = [layer_sources.make(world, source, rank, action, target, by_hand=by_hand) for action, target in new]
    for layer in made:
        if not layer.action.undone:
            layer.spent = "done"
        elif not _has_room(world, layer):
            layer.spent = "no_room"
    take(world, [layer.place for layer in made])
    audit.note(
        world, source.tenant, who or f"{source.kind}:{source.name}", why, f"{source.kind}_start", source.name,
        *_changes(before, facts(world, source.tenant, new)), peer,
    )  # fmt: skip
    if not world.layers.paused(source):
        for layer in made:
            if not layer.action.undone:
                layer.action.do(world, layer)
    return list(world.layers.sources.get(source, ()))


def stop(world: World, source: Source, *, who: str = "", why: str = "", peer: Peer | None = None) -> bool:
    """Take all layers of a source off. False where it had none."""
    layers = list(world.layers.sources.get(source, ()))
    pairs = [(layer.action, layer.target) for layer in layers]
    before = facts(world, source.tenant, pairs)
    for layer in layers:
        layer_sources.drop(world, layer)
    take(world, [layer.place for layer in layers])
    audit.note(
        world, source.tenant, who or f"{source.kind}:{source.name}", why, f"{source.kind}_stop", source.name,
        *_changes(before, facts(world, source.tenant, pairs)), peer,
    )  # fmt: skip
    return bool(layers)


def pause(world: World, tenant: str, kind: str = "", name: str = "") -> Pause:
    """Take off all layers of the tenant: of sources of a kind, or of one of them."""
    made = Pause(tenant, kind, name)
    known = world.layers.pauses.setdefault(made.key, made)
    world.layers.version += 1
    world.changed[known] = None
    take(world, _under(world, [known]))
    return known


def resume(world: World, tenant: str, kind: str = "", name: str = "") -> bool:
    """Put them on again. False where just that was not paused."""
    found = world.layers.pauses.get(Pause(tenant, kind, name).key)
    if found is None:
        return False
    _resume(world, [found])
    return True


def resume_all(world: World, tenant: str) -> None:
    """Put all on again, by whatever words they were taken off."""
    _resume(world, [pause for pause in world.layers.pauses.values() if pause.tenant == tenant])


def _resume(world: World, found: list[Pause]) -> None:
    """All of these are over before a target takes what is in effect: it takes that once, whichever came first."""
    world.layers.version += 1
    for pause in found:
        del world.layers.pauses[pause.key]
        world.changed.pop(pause, None)
        world.dropped.append(("pause", pause.key))
    take(world, _under(world, found))


def due(world: World, layer: Layer) -> None:
    """A layer's own time is over; its source goes on. Or a loan, or a share, is to be looked at."""
    if layer.target[0] == SHARE:
        shares.due(world, layer)
        return
    if layer.key in world.layers.loans.by_layer:
        lending.due(world, layer)
        return
    before = facts(world, layer.source.tenant, [(layer.action, layer.target)])
    layer.spent = "expired"
    world.changed[layer] = None
    take(world, [layer.place])
    audit.note(
        world, layer.source.tenant, f"{layer.source.kind}:{layer.source.name}", "its time is over", "layer_expired",
        layer.source.name, *_changes(before, facts(world, layer.source.tenant, [(layer.action, layer.target)])), None,
    )  # fmt: skip


# -- targets ----------------------------------------------------------------------------------------------------------


def take(world: World, places: Iterable[tuple[str, Target]]) -> None:
    """Layers on these targets came, went or rank otherwise: let each take what is in effect now."""
    for tenant, (kind, name) in dict.fromkeys(places):
        TAKES[kind](world, tenant, name)


def _take_queue(world: World, tenant: str, name: str) -> None:
    left = switch(world, tenant, name)
    crossing.layered(world, left)


def switch(world: World, tenant: str, name: str, *, loading: bool = False) -> Flipped:
    """Let a queue have what is in effect; those who wait in it cross afterwards. A queue that is gone from the
    configuration serves who is in it, by what it said last."""
    queue, configured = world.queues.get((tenant, name)), world.configured.get((tenant, name))
    left = Flipped()
    if queue is not None and configured is not None:
        settings = world.layers.over(configured)
        if queue.settings.target_us != settings.target_us:
            # The place of a ticket is its due time less the target.
            tickets_anew(world)
        if queue.settings != settings:
            reconfigure.switch_queue(world, queue, settings, left, loading=loading)
    return left


def _take_plan(world: World, tenant: str, name: str) -> None:
    from router.core.layers import plans

    plans.take(world, tenant, name)


def _take_nothing(_world: World, _tenant: str, _name: str) -> None:
    """What is done once leaves nothing in effect."""


TAKES: dict[str, Callable[[World, str, str], None]] = {
    "queue": _take_queue,
    "plan": _take_plan,
    "webhook": _take_nothing,
    LOAN: lending.take,
    SHARE: shares.take,
    CAP: breathers.take,
}
"""Kind of target -> what brings it to what is in effect."""


# -- questions --------------------------------------------------------------------------------------------------------


def facts(world: World, tenant: str, pairs: Iterable[tuple[AnyAction, Target]]) -> audit.Facts:
    """The values in effect that these actions are about, by `queue.what`."""
    found: audit.Facts = {}
    for action, (kind, name) in pairs:
        queue = world.queues.get((tenant, name)) if kind == "queue" else None
        if queue is not None and isinstance(action, QueueAction):
            found[f"{name}.{action.what}"] = action.shown(queue.settings)
    return found


def _changes(before: audit.Facts, after: audit.Facts) -> tuple[audit.Facts, audit.Facts]:
    names = [name for name in before.keys() & after.keys() if before[name] != after[name]]
    names.sort()
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def _under(world: World, pauses: list[Pause]) -> list[tuple[str, Target]]:
    """Targets of the layers that these take off, by the order in which the layers began: a start knows no other."""
    found = [
        layer
        for source, layers in world.layers.sources.items()
        if any(
            source.tenant == pause.tenant and pause.kind in ("", source.kind) and pause.name in ("", source.name)
            for pause in pauses
        )
        for layer in layers
    ]
    found.sort(key=lambda layer: layer.number)
    return [layer.place for layer in found]


def _has_room(world: World, layer: Layer) -> bool:
    """Would the contacts of the queue that waits for this layer find room in its lines? Else some of them would have to
    give up what they ask for themselves, and that could not be undone."""
    tenant, (kind, name) = layer.place
    queue, configured = world.queues.get((tenant, name)), world.configured.get((tenant, name))
    if kind != "queue" or queue is None or configured is None or layer.what not in MOVING:
        return True
    return _lines(world, queue, world.layers.over(configured)) <= world.settings.limits.lines_per_queue_max


def _lines(world: World, queue: Queue, settings: of.Queue) -> int:
    """How many lines who is in the queue needs at most, by these settings."""
    meant = Queue(settings.name, settings, QueueTally(), {}, {})
    ways = {Way(channel, contact_class=settings.contact_class) for channel in settings.channels}
    for contact in (each for peer in world.peers.values() for each in peer.contacts.values()):
        if contact.queue is not queue or contact.line is None:
            continue
        routed = contact.extra.route if contact.extra is not None else None
        own_class = routed.contact_class if routed is not None else None
        ways.add(
            Way(
                contact.channel,
                contact.needs,
                contact.language or "",
                settings.contact_class if own_class is None else own_class,
                world.routing.own_target(contact),
            )
        )
    courses = [course_of(meant, way) for way in ways]
    return sum({(c.way if c.streams else (c.want, *c.way[::2])): c.reserve for c in courses}.values())
