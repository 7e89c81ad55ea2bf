"""What is counted of a written conversation that is over: whether anybody replied, and whether somebody finished it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from router.core.entities import Contact
    from router.core.world import World


def is_done_with(contact: Contact) -> bool:
    """Has some agent finished it, or is one at it? Else it was set aside and nobody came back to it."""
    return bool(contact.offers) or any(leg.how == "served" for leg in contact.legs)


def count_unreplied(world: World, contact: Contact, outcome: str) -> None:
    """A visit of a written conversation that is over, and nobody has replied: a miss, unless they left at once."""
    chat = contact.extra.chat if contact.extra is not None else None
    if chat is not None and chat.replied_us >= 0:
        return
    left = outcome in ("abandoned", "abandoned_in_offer") and contact.waited_us > world.settings.short_abandon_us
    if left or outcome == "answered":
        contact.queue.tally.reply_counted += 1
