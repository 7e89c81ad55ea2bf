"""When a contact that waits for one agent alone goes to the ordinary line of its queue: after a time, when that agent
logs out or goes on a break, as the queue's `direct` says; and in any queue when the configuration knows them no more.

Its place goes with it. Looked up by what is so now, never by what has happened: so a restart, an edit and an agent who
is back before its turn all find the same answer. Left out are those who have rules of their own: tickets, call-backs
that are still to be dialled, consults, and whom a supervisor has assigned.
"""

from __future__ import annotations

from router.core.callbacks import book as callback_book
from router.core.entities import Agent, Contact
from router.core.extra import extra_of
from router.core.talks.consulting import is_consult
from router.core.tickets.ticket import TICKET
from router.core.world import World


def begin(world: World, contact: Contact) -> None:
    """It waits for its one agent from now on."""
    extra_of(contact).direct_us = world.now_us
    world.changed[contact] = None


def forget(contact: Contact) -> None:
    """Whomever it waits for now, it does not overflow."""
    if contact.extra is not None and contact.extra.direct_us:
        contact.extra.direct_us = 0
        contact.extra = contact.extra.kept()


def overflows_at_us(world: World, contact: Contact) -> int:
    """From when on it belongs in the ordinary line, as things stand: a time that may be over; 0: never."""
    extra = contact.extra
    if contact.direct is None or extra is None or not extra.direct_us or contact.channel == TICKET:
        return 0
    if callback_book.of(contact) is not None or is_consult(contact):
        return 0
    rules = contact.queue.settings.direct
    if rules.overflow_at_log_out or rules.overflow_on_break:
        away = _away(world.agents.get((contact.peer.tenant, contact.direct)))
        if (away == "offline" and rules.overflow_at_log_out) or (away == "not_ready" and rules.overflow_on_break):
            return world.now_us
    return extra.direct_us + rules.overflow_us if rules.overflow_us else 0


def overflows(world: World, contact: Contact) -> bool:
    """Does it belong in the ordinary line by now?"""
    return 0 < overflows_at_us(world, contact) <= world.now_us


def _away(agent: Agent | None) -> str:
    """`offline` or `not_ready`, now or as soon as their present work is over; empty: neither."""
    if agent is None:
        return "offline"
    state = agent.next_state or agent.state
    return state if state in ("offline", "not_ready") else ""


def never_comes(agent: Agent | None) -> bool:
    """Is it an agent whom the configuration has no more, and who is signed out?"""
    return agent is None or (agent.retired and agent.state == "offline")


def released(world: World, contact: Contact) -> bool:
    """If it belongs in the ordinary line by now, it waits for nobody by name any more."""
    if not (overflows(world, contact) or never_comes(world.agents.get((contact.peer.tenant, contact.direct or "")))):
        return False
    contact.direct = None
    forget(contact)
    world.changed[contact] = None
    return True
