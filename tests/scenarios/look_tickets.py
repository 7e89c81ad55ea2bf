"""What is true of a ticket at a moment of a story: the lines that begin with `? ticket`, `? hop` and `? solved`."""

from __future__ import annotations

from router.core.entities import Contact
from router.core.tickets.ticket import ticket_of
from router.core.world import World
from router.terms import MILLISECOND_US
from tests.scenarios.language import Said, said

WORDS = ("ticket", "hop", "solved")


def look(world: World, contact: Contact | None, words: list[str]) -> Said:
    """What a line asks about, as it is."""
    what, name = words[:2]
    if what == "solved":
        found = next((kept for (_, ticket), kept in world.tickets.solved.items() if ticket == name), None)
        return Said((what, name, "unknown"), {}) if found is None else said(found, "solved {ticket} {holder}")
    ticket = None if contact is None else ticket_of(contact)
    if ticket is None or contact is None:
        return Said((what, name, "none"), {})
    if what == "hop":
        nth = int(words[2])
        if len(ticket.hops) < nth:
            return Said((what, name, words[2], "none"), {})
        hop = ticket.hops[nth - 1]
        return said(hop, f"hop {name} {nth} {hop.node or 'nowhere'} {hop.holder or 'nobody'} {{why}}")
    now_us = world.now_us
    limit_ms = (ticket.limit_us - now_us) // MILLISECOND_US if ticket.limit_us else 0
    due_ms = (ticket.due_us - now_us) // MILLISECOND_US if ticket.due_us else 0
    return said(
        ticket, f"ticket {name} {ticket.node or 'nowhere'}", state=contact.state, queue=contact.queue.name,
        hops=ticket.hop_count, limit_ms=limit_ms, due_ms=due_ms, spent_ms=ticket.spent_us // MILLISECOND_US,
        age_ms=(now_us - ticket.opened_us) // MILLISECOND_US,
    )  # fmt: skip
