"""What lives in a world, one after another, and whether something found a while ago still does: for `verify`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from router.core.customers.customer import Customer
from router.core.doors.door import Door
from router.core.doors.hours import Hours
from router.core.entities import Agent, Backoff, Contact, Endpoint, Offer, Peer, Tombstone
from router.core.estimates.service import Service
from router.core.estimates.state import Estimates
from router.core.layers.layer import Layer, Pause
from router.core.layers.plan import ActivePlan
from router.core.line import Line, Needs
from router.core.match.balance import Balance
from router.core.needs.course import Course
from router.core.needs.levels import Level
from router.core.partners.partner import Partner
from router.core.queue import Queue
from router.core.rota import RotaDay
from router.core.ruling.ruled import Learned, RuleState
from router.core.ruling.watched import CrewView, FlowView, HoursView, QueueView, StoreView
from router.core.tickets.ticket import Solved
from router.core.verify import rules as verify_rules
from router.core.world import World


def every_entity(world: World) -> Iterator[Any]:
    """Every entity, once; what comes or goes while one walks along may be missed, or gone."""
    for peer in list(world.peers.values()):
        yield peer
        for owned in (peer.contacts, peer.endpoints, peer.ended):
            yield from list(owned.values())
    yield from list(world.hours.values())
    yield from [queue.door for queue in world.queues.values() if queue.door is not None]
    for kind in (world.offers, world.agents, world.roster.profiles, world.roster.needs):
        yield from list(kind.values())
    yield world.estimates
    yield from list(world.customers.values())
    yield from verify_rules.everything(world)
    yield from [agent.backoff for agent in world.agents.values() if agent.backoff is not None]
    yield from [layer for laid in list(world.layers.sources.values()) for layer in laid]
    yield from list(world.plans.active.values())
    yield from list(world.rota.everything())
    yield from list(world.partners.known.values())
    yield from list(world.balances.values())
    for queue in list(world.queues.values()):
        yield queue
        yield from list(queue.lines.values())
        if queue.level is not None:
            yield queue.level


def is_there(world: World, entity: Any) -> bool:
    """Does it belong to the world still?"""
    if isinstance(entity, Contact):
        return entity.peer.contacts.get(entity.id) is entity
    if isinstance(entity, Tombstone):
        return entity.peer.ended.get(entity.id) is entity
    if isinstance(entity, Endpoint):
        return entity.peer.endpoints.get(entity.address) is entity
    if isinstance(entity, Offer):
        return entity.id in world.offers
    if isinstance(entity, Line):
        return entity in entity.queue.lines
    if isinstance(entity, Needs):
        return world.roster.needs.get(entity.key) is entity
    if isinstance(entity, Estimates | Service):
        return entity is world.estimates or entity in world.estimates.by_name.values()
    if isinstance(entity, Backoff):
        return entity.agent.backoff is entity
    if isinstance(entity, Customer):
        return world.customers.get((entity.tenant, entity.digest)) is entity
    return _is_laid(world, entity)


def _is_laid(world: World, entity: Any) -> bool:
    """The same of what rules and plans have, and of what is there for good."""
    if isinstance(entity, Layer):
        return entity in world.layers.sources.get(entity.source, ())
    if isinstance(entity, RotaDay):
        return world.rota.days.get((entity.tenant, entity.agent), {}).get(entity.day) is entity
    if isinstance(entity, ActivePlan):
        return world.plans.active.get((entity.tenant, entity.name)) is entity
    if isinstance(entity, Partner):
        return entity in world.partners.known.values()
    if isinstance(entity, Balance):
        return entity in world.balances.values()
    if isinstance(entity, QueueView | CrewView | FlowView | HoursView | StoreView | RuleState):
        return verify_rules.is_there(world, entity)
    kinds = Learned | Agent | Peer | Hours | Door | Course | Level | Solved | Queue | Pause
    return isinstance(entity, kinds) or world.roster.profiles.get(entity.key) is entity
