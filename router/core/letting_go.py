"""Taking a world apart that nobody goes by any more: a turn of leading is over, and the process begins another one.

What lives is untracked by the cycle collector (decision 0016), and while it lives its parts lead to one another. So a
world that is only let go of would stay in memory whole, each time that this process loses the lead. It must not touch
what configuration made, which the next turn may have as well.
"""

from __future__ import annotations

from typing import Any

from router.core.entities import Agent, Contact, Peer
from router.core.entity import Entity
from router.core.line import Needs
from router.core.living import every_entity
from router.core.queue import Queue
from router.core.roster import Profile
from router.core.world import World


def let_go(world: World) -> None:
    """Cut what leads from one living thing to another. The world is of no use afterwards."""
    for entity in list(every_entity(world)):
        if isinstance(entity, Entity):
            _empty(entity)
        elif isinstance(entity, Contact):
            _cut_contact(entity)
        elif isinstance(entity, Agent):
            _cut_agent(entity)
        elif isinstance(entity, Peer):
            _cut_peer(entity)
        elif isinstance(entity, Queue):
            _cut_queue(entity)
        elif isinstance(entity, Needs):
            _clear(entity.profiles, entity.ready, entity.levels, entity.lines)
            entity.crews = entity.kept = ()
        elif isinstance(entity, Profile):
            _clear(entity.pools, entity.members, entity.kept)


def _clear(*links: dict[Any, Any] | list[Any]) -> None:
    for each in links:
        each.clear()


def _empty(entity: Entity) -> None:
    for field in entity.__struct_fields__:
        setattr(entity, field, None)


def _cut_contact(contact: Contact) -> None:
    _clear(contact.offers, contact.legs)
    contact.line = contact.entry = contact.standing = contact.stand_ins = contact.main = contact.extra = None


def _cut_agent(agent: Agent) -> None:
    _clear(agent.offers, agent.endpoints, agent.places, agent.sheets, agent.grants)
    agent.profile = agent.wanted = agent.backoff = None


def _cut_peer(peer: Peer) -> None:
    _clear(peer.contacts, peer.endpoints, peer.ended, peer.todo)
    peer.outcomes = peer.reckoning = None


def _cut_queue(queue: Queue) -> None:
    for course in queue.courses.values():
        _empty(course)
    _clear(queue.lines, queue.own, queue.courses, queue.callbacks, queue.callbacks_by_name)
    queue.level = queue.door = queue.schedule = queue.view = queue.share = None
    queue.kept = queue.partners = queue.flows = ()
