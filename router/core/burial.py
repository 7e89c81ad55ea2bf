"""What is remembered of ended contacts, and for how long: no id lives twice, and a late word finds its visit."""

from __future__ import annotations

from router.core.entities import Tombstone
from router.core.places import tokens
from router.core.stored.recording import contact_key
from router.core.world import World


def bury(world: World, tombstone: Tombstone) -> None:
    """Remember an ended id for `ended_kept_s`; beyond `ended_max` the oldest is forgotten early."""
    limits = world.settings.limits
    world.counter += 1
    tombstone.due_us, tombstone.due_number = world.now_us + limits.ended_kept_us, world.counter
    tombstone.peer.ended[tombstone.id] = tombstone
    world.buried.append(tombstone)
    world.changed[tombstone] = None
    if len(world.buried) > limits.ended_max:
        forget(world, world.buried.popleft())


def forget(world: World, tombstone: Tombstone) -> None:
    """The ended id is old enough to be forgotten, unless its visit has gone on."""
    if tombstone.peer.ended.get(tombstone.id) is not tombstone:
        return
    del tombstone.peer.ended[tombstone.id]
    if tombstone.place is not None:
        tokens.forget(world, tombstone)
    world.changed.pop(tombstone, None)
    world.dropped.append(("contact", contact_key(tombstone)))
