"""The contact's own record, written when its visit is over: what reports are made of, and counters agree with.

One entry a visit in a queue: a transfer ends it in the first queue (answered) and begins the next one; the leg that
wraps up meanwhile is in the next entry, under its own queue. An entry with
`amends` adds what a late `complete` said to the entry of the same contact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

from router.core.leg import Leg
from router.core.pause import first_wait_us, pause_of
from router.core.routed import Routed, routed_of
from router.core.several import all_had
from router.core.ticket import ticket_of
from router.terms import MILLISECOND_US

if TYPE_CHECKING:
    from router.core.entities import Contact, Peer
    from router.core.world import World

STREAM = "history"

encode = Encoder().encode
"""An entry as it is stored."""


class Visit(Struct, omit_defaults=True, gc=False):
    """One entry of the stream `history`."""

    contact: str
    gateway: str
    tenant: str
    queue: str
    channel: str
    outcome: str
    waited_ms: int = 0
    visit_ms: int = 0
    """From arrival to the end of the visit, wrap-up not counted."""
    ended_utc_s: int = 0
    link: str | None = None
    customer: str | None = None
    priority_s: int = 0
    by: str = ""
    why: str = ""
    transferred_to: str = ""
    legs: list[Leg] = []
    codes: tuple[str, ...] = ()
    resolved: str = "unknown"
    data: dict[str, str] | None = None
    version: int = 0
    epoch: int = 0
    amends: bool = False
    parked_ms: int = 0
    """Time that it was parked."""
    waited_again_ms: int = 0
    """Waited after it had been answered: parked, or on another channel, and come back."""
    channels: tuple[str, ...] = ()
    """The channels that it came by before `channel`."""
    first_reply_ms: int | None = None
    repaired: str = ""
    """The state in which it stuck, if the engine had to end it."""
    route: str = ""
    """The row of the routes that it came by."""
    segment: str = ""
    business: str = ""
    entry: str = ""
    test: bool = False
    """A test call: in no figure."""
    steered: str = ""
    """The advice by which the customer left for another channel."""
    consult_of: str = ""
    """The id of the customer's contact, where an agent asked a colleague about it; at the same gateway."""
    tries: int = 0
    """Of a call-back: how often it was dialled."""
    called_after_ms: int = 0
    """Of a call-back that reached the customer: how long after it was asked for, or due."""
    ticket: str = ""
    """The ticket's own id, and of its stay: path, node, holder, why it is over, and how long by the node's clock."""
    path: str = ""
    node: str = ""
    holder: str = ""
    hop_why: str = ""
    hop: int = 0
    """How many hops came before, since it was opened or reopened."""
    in_node_ms: int = 0
    age_ms: int = 0
    reopened: int = 0
    repeat: int = 0
    """How often the customer had been served about the same shortly before."""
    partner: str = ""
    """The partner who answered it."""
    partner_talk_ms: int = 0
    """The talk there."""
    partner_cost: int = 0
    """What it costs, in millionths of the contract's currency."""
    queues: tuple[str, ...] = ()
    """The further queues in which it had a place; `queue` is the one that served it, or that it left last."""
    arrived_utc_ms: int = 0
    """When it came, Unix time; 0: nobody had told the time yet."""


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


decode = Decoder(Visit).decode
"""The entry behind stored bytes. Raises `ValueError`."""
