"""What monitors are told: a contact or an agent in one event, as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.effects import AgentEvent, ContactEvent
from router.core.places import several
from router.terms import MILLISECOND_US

if TYPE_CHECKING:
    from router.core.entities import Agent, Contact
    from router.core.world import World


def contact_event(world: World, contact: Contact) -> ContactEvent:
    """A contact has changed."""
    served = contact.offers and contact.state not in ("waiting", "held")
    agent = contact.offers[-1].agent.name if served else ""
    outcome = contact.outcome if contact.state in ("wrapping", "ended") else None
    waited_us = contact.waited_us or world.waited_us(contact)
    queues = several.queues(contact) if contact.stand_ins is not None and contact.state in several.KEPT else ()
    return ContactEvent(
        0, contact.id, contact.peer.key, contact.queue.name, contact.state,  # type: ignore[arg-type]  # a table's
        agent, outcome, waited_us // MILLISECOND_US, world.now_us // MILLISECOND_US,  # type: ignore[arg-type]
        queues,
    )  # fmt: skip


def agent_event(world: World, agent: Agent) -> AgentEvent:
    """An agent has changed."""
    return AgentEvent(
        0, agent.name, agent.state, agent.reason, agent.used, world.now_us // MILLISECOND_US
    )  # fmt: skip
