"""What must hold of agents who are kept from contacts, worked out the long way: from what is said, and who is free."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.actions.occupancy_cap import CAP
from router.core.actions.share import SHARE
from router.core.entities import Agent, Contact
from router.core.needs.want import Want
from router.core.queue import Queue
from router.core.verify.needs import meets
from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]


def is_kept_from(world: World, agent: Agent, contact: Contact) -> bool:
    """Do queues keep this agent idle, who stands free, so that this contact may wait (an exception of I10)?"""
    if contact.direct or contact.preferred:
        return False
    line = contact.line
    found = False
    for queue in world.queues.values():
        laid = queue.settings.laid
        if not laid.keep_idle or queue.retired or queue.settings.tenant != agent.tenant:
            continue
        wants = {channel: line.needs.want for channel, line in queue.own.items()}
        mine = [channel for channel in agent.places if channel in wants and meets(agent.traits, wants[channel])]
        if queue is contact.queue:
            able = agent.profile.key[2] if agent.profile is not None else ()
            if any(channel in wants and meets(agent.traits, wants[channel]) for channel in able):
                return False
        if line is not None and 0 < laid.keep_idle_but <= line.contact_class:
            continue
        found = found or any(_others(world, agent, channel, wants[channel]) < laid.keep_idle for channel in mine)
    return found


def _others(world: World, agent: Agent, channel: str, want: Want) -> int:
    others = [other for other in world.agents.values() if other is not agent and other.tenant == agent.tenant]
    return sum(channel in other.places and meets(other.traits, want) for other in others)


def check_kept(world: World) -> Found:
    """Needs and profiles know of exactly the queues that keep agents idle."""
    said: dict[object, list[Queue]] = {}
    for queue in world.queues.values():
        keeps = queue.settings.laid.keep_idle and not queue.retired
        for line in queue.own.values() if keeps else ():
            if queue not in said.setdefault(line.needs, []):
                said[line.needs].append(queue)
    for needs in world.roster.needs.values():
        kept = {keep.queue.name: (keep.agents, keep.but_class) for keep in needs.kept}
        laid = [(queue.name, queue.settings.laid) for queue in said.get(needs, ())]
        if kept != {name: (each.keep_idle, each.keep_idle_but) for name, each in laid}:
            yield "layers", f"needs {needs.key}: keep agents idle for {kept}, which is not what is in effect"
        if any((needs in profile.kept) is not bool(kept) for profile in needs.profiles):
            yield "index", f"needs {needs.key}: a profile does not know that they keep agents idle"


def check_sheets(world: World) -> Found:
    """Who keeps a sheet does so for what is in effect, and who is past a share is known on both sides."""
    for agent in world.agents.values():
        yield from _sheets_of(world, agent)
    for (tenant, queue), barred in world.layers.barred.items():
        layer = world.layers.sheets.get((tenant, (SHARE, queue)))
        if layer is None or not world.deadlines.holds(layer):
            yield "layers", f"share of {queue}: {len(barred)} are past it, and nobody looks at them again"
        if not barred or any(queue not in agent.barred for agent in barred):
            yield "index", f"share of {queue}: somebody does not know of it"
    for (tenant, target), layer in world.layers.sheets.items():
        if world.layers.overruler(layer) is not None or layer not in world.layers.targets.get((tenant, target), ()):
            yield "layers", f"{target}: {layer.key} is not in effect"


def _sheets_of(world: World, agent: Agent) -> Found:
    for name in agent.sheets:
        if (agent.tenant, tuple(name.split("/", 1))) not in world.layers.sheets:
            yield "layers", f"agent {agent.name}: has a sheet for {name}, which is not in effect"
    for queue in agent.barred:
        if agent not in world.layers.barred.get((agent.tenant, queue), ()):
            yield "index", f"agent {agent.name}: is past their share of {queue}, which nobody knows"
    if agent.backoff is not None and agent.backoff.why == "breather":
        caps = [target[1] for tenant, target in world.layers.sheets if (tenant, target[0]) == (agent.tenant, CAP)]
        if not caps:
            yield "layers", f"agent {agent.name}: has a breather, and no cap is in effect"
