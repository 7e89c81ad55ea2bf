"""Finding whom a record names, and taking over its deadline.

A name that nobody has any more finds something harmless: a client that is away, an agent without skills, a queue that
takes nobody in.
"""

from __future__ import annotations

from typing import Any

from router.core import settings as of
from router.core.entities import Agent, Peer
from router.core.queue import Queue
from router.core.world import World


def find_peer(world: World, key: str) -> Peer:
    """The client of that key: tenant/name."""
    peer = world.peers.get(key)
    if peer is None:
        tenant, _, name = key.partition("/")
        peer = world.peers[key] = Peer(key, tenant, name, world.number())
        world.ruling.away[peer] = None
        world.set_due(peer, world.now_us + world.settings.limits.gateway_grace_us)
    return peer


def find_agent(world: World, key: str) -> Agent:
    """The agent of that key: tenant/name."""
    tenant, _, name = key.partition("/")
    agent = world.agents.get((tenant, name))
    if agent is None:
        # The configuration does not know them any more.
        agent = world.agents[tenant, name] = Agent(name, tenant, world.number())
        agent.retired = True
    return agent


def find_queue(world: World, tenant: str, name: str, channel: str) -> Queue:
    """The queue of that name; one that is gone has this channel."""
    queue = world.queues.get((tenant, name))
    if queue is None:
        queue = gone_queue(world, of.Queue(name, tenant, (channel,)))
    return queue


def gone_queue(world: World, settings: of.Queue) -> Queue:
    """A queue that the configuration does not have any more: it takes nobody in."""
    queue = world.adopt_queue(settings)
    queue.retired = True
    return queue


def take_due(world: World, entity: Any, record: Any) -> None:
    """Take over the deadline of a record, and let numbers go on above the highest."""
    entity.due_us, entity.due_number = 0, record.due_number
    # Numbers go on above the highest, also where the record of the world is older than that of the entity.
    # An agent's number is their place in the configuration.
    drawn = 0 if isinstance(entity, Agent) else getattr(entity, "number", 0)
    world.counter = max(world.counter, drawn, record.due_number)
    if record.due_us:
        world.deadlines.set(entity, record.due_us, record.due_number)
