"""Writing the record of a visit: when it is over in its queue, when it was not let in, and what is added later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.places.several import all_had
from router.core.special import first_wait_us, pause_of, routed_of
from router.core.stored.history import Visit
from router.core.tickets.ticket import ticket_of
from router.terms import MILLISECOND_US

if TYPE_CHECKING:
    from router.core.entities import Contact, Peer
    from router.core.routes.routed import Routed
    from router.core.world import World


def write(world: World, contact: Contact, transferred_to: str = "") -> None:
    """Write the record of a visit that is over in its present queue."""
    over_us = contact.left_us or world.now_us
    visit = Visit(
        contact.id, contact.peer.name, contact.peer.tenant, contact.queue.name, contact.channel,
        contact.outcome or "withdrawn", first_wait_us(contact) // MILLISECOND_US,
        (over_us - contact.arrived_us) // MILLISECOND_US, world.utc_s, contact.link, contact.customer,
        contact.priority_s, contact.ended_by, "", transferred_to, contact.legs, contact.codes, contact.resolved,
        contact.data, world.settings.version, world.epoch,
    )  # fmt: skip
    visit.arrived_utc_ms = _utc_ms(world, contact.arrived_us)
    routed = routed_of(contact)
    if routed is not None:
        _tell_route(visit, routed)
    callback = contact.extra.callback if contact.extra is not None else None
    if callback is not None:
        visit.tries = callback.tries
        began_us = max(callback.asked_us, callback.from_us)
        visit.called_after_ms = max(0, callback.reached_us - began_us) // MILLISECOND_US
    if contact.extra is not None:
        visit.repeat = contact.extra.repeat
        visit.queues = all_had(contact)
        sent = contact.extra.sent
        if sent is not None and sent.answered_us:
            visit.partner, visit.partner_talk_ms, visit.partner_cost = (
                sent.partner,
                sent.talk_us // MILLISECOND_US,
                sent.cost,
            )
        _add_pauses(visit, contact)
        if contact.extra.consult is not None:
            visit.consult_of = contact.extra.consult.of
        _add_stay(visit, contact, over_us)
    world.history.append(visit)


def _add_pauses(visit: Visit, contact: Contact) -> None:
    """What its pauses and its conversation add to the record."""
    note, chat = pause_of(contact), contact.extra.chat if contact.extra is not None else None
    visit.repaired = contact.extra.repaired if contact.extra is not None else ""
    if note is not None:
        parked_us = note.parked_us + (contact.left_us - note.since_us if note.since_us else 0)
        visit.parked_ms, visit.channels = parked_us // MILLISECOND_US, note.channels
        visit.waited_again_ms = (contact.waited_us - first_wait_us(contact)) // MILLISECOND_US
    if chat is not None and chat.replied_us >= 0:
        visit.first_reply_ms = chat.replied_us // MILLISECOND_US


def _tell_route(visit: Visit, routed: Routed) -> None:
    visit.route, visit.segment, visit.test = routed.row, routed.segment, routed.test
    visit.business, visit.entry, visit.steered = routed.business or "", routed.entry or "", routed.steered


def _add_stay(visit: Visit, contact: Contact, over_us: int) -> None:
    """What the stay of a ticket that is over adds to the record."""
    ticket = ticket_of(contact)
    if ticket is not None and ticket.hops:
        stay = ticket.hops[-1]
        visit.ticket, visit.path, visit.node, visit.holder = ticket.id, ticket.path, stay.node, stay.holder
        visit.hop_why, visit.hop, visit.in_node_ms = stay.why, ticket.hop_count, stay.clock_ms
        visit.age_ms, visit.reopened = (over_us - ticket.opened_us) // MILLISECOND_US, ticket.reopened


def write_refused(
    world: World,
    peer: Peer,
    contact: str,
    queue: str,
    channel: str,
    why: str,
    to: str = "",
    routed: Routed | None = None,
) -> None:
    """Write the record of a contact that was not let in; `to`: the queue that was asked next."""
    visit = Visit(
        contact, peer.name, peer.tenant, queue, channel, "refused", ended_utc_s=world.utc_s, why=why, transferred_to=to,
        version=world.settings.version, epoch=world.epoch, arrived_utc_ms=_utc_ms(world, world.now_us),
    )  # fmt: skip
    if routed is not None:
        _tell_route(visit, routed)
    world.history.append(visit)


def _utc_ms(world: World, at_us: int) -> int:
    """A moment of core time as Unix time."""
    return (at_us + world.ahead_us) // MILLISECOND_US if world.ahead_us else 0


def amend(world: World, peer: Peer, contact: str, queue: str, codes: tuple[str, ...], resolved: str) -> None:
    """Add what `complete` said of a visit whose record in that queue is written already: late, or after a transfer."""
    world.history.append(Visit(
        contact, peer.name, peer.tenant, queue, "", "answered", codes=codes, resolved=resolved,
        ended_utc_s=world.utc_s, epoch=world.epoch, amends=True,
    ))  # fmt: skip
