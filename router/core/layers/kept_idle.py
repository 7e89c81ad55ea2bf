"""Who looks when a queue keeps fewer agents idle, or one more is free for it: n of them at most, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.layers.keep import Keep

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.queue import Queue
    from router.core.world import World


def take(world: World, queue: Queue) -> None:
    """The queue has other lines, or keeps others idle: those who were kept for it look again."""
    roster, laid = world.roster, queue.settings.laid
    for needs in queue.kept:
        roster.keep(needs, tuple(keep for keep in needs.kept if keep.queue is not queue))
    queue.kept = ()
    if laid.keep_idle and not queue.retired:
        queue.kept = tuple(dict.fromkeys(line.needs for line in queue.own.values()))
    for needs in queue.kept:
        roster.keep(needs, (*needs.kept, Keep(queue, laid.keep_idle, laid.keep_idle_but)))


def look(world: World) -> None:
    """One more is free for needs that keep agents idle, or fewer are to be kept: those who were kept look again; and so
    does who stands free for less than before."""
    spared, world.roster.spared = world.roster.spared, {}
    found, world.roster.loosened = world.roster.loosened, {}
    for needs, limit in spared.items():
        if sum(pool.free for pool in needs.ready.values()) <= limit:
            for pool in needs.ready.values():
                order = next(iter(pool.orders.values()))
                found.update((entry[3], None) for entry in order)
    # In an order that a loaded world has too: the longest idle goes first.
    world.loose_agents.update((agent, None) for agent in sorted(found, key=_idle_since))


def _idle_since(agent: Agent) -> tuple[int, int]:
    return agent.free_since_us, agent.number
