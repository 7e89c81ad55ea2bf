"""Sending contacts to partners, and what becomes of them there.

    waiting -> sent -> at_partner -> over: the visit ends as `sent_to_partner`
                 |           |
                 +-----------+-----> back to its old place

A queue is looked at when somebody's time has come, when somebody new has come (a share grows), when a partner has room
again, opens, or a part of its window is over: never by scanning. Of those who may go the most urgent goes first, to the
first partner with room. What was sent can't be undone: ending the action sends nobody any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from router.core import visits
from router.core.announcements import announcements
from router.core.effects import Send, SendOver
from router.core.estimates import tap
from router.core.extra import extra_of
from router.core.moments import waited_out
from router.core.partners.partner import IN_TARGET, JUDGED, SENT, Partner, goes_in_us, is_open, may_go, of_names
from router.core.partners.sent import Sent, sent_of
from router.core.partners.settings import MILLION, PartnerContract
from router.terms import MILLISECOND_US, SECOND_US, SendOverWhy

if TYPE_CHECKING:
    from router.core.doors.hours import Hours
    from router.core.entities import Contact
    from router.core.line import Line
    from router.core.queue import Queue
    from router.core.world import World

LOOKED_AT = 32
"""Places at the head of a line that are looked at: who has a head start, or may not go, stands before others."""
SLICE = 64
"""Contacts that are sent in a look: about 30 microseconds each. Where more may go, the rest follows at once."""
MINUTE_US = 60 * SECOND_US


# -- looking -----------------------------------------------------------------------------------------------------------


def work(world: World) -> None:
    """Let go who may of all queues about which something has changed."""
    partners = world.partners
    while partners.stirred:
        queue = next(iter(partners.stirred))
        del partners.stirred[queue]
        if queue.settings.laid.sending is not None and not queue.retired:
            _look(world, queue)


def _look(world: World, queue: Queue) -> None:
    ready: list[Partner] = []
    for _ in range(SLICE):
        ready, short = _ready(world, queue)
        if not ready and not short:
            return
        contact = _first(world, queue, ready)
        if contact is None:
            for partner in short if _first(world, queue, short) is not None else ():
                # Time alone may give it room: when a part of its window is over.
                if not partner.due_us:
                    world.set_due(partner, partner.judged.next_us(world.now_us))
                    world.changed[partner] = None
            return
        failed = _failed_at(contact)
        send(world, contact, next(partner for partner in ready if partner.contract.name not in failed))
    for partner in ready:
        world.set_due(partner, world.now_us)
        world.changed[partner] = None


def _ready(world: World, queue: Queue) -> tuple[list[Partner], list[Partner]]:
    """The partners with room for one of the queue now, and those whose share alone says no."""
    sending = queue.settings.laid.sending
    assert sending is not None
    ready: list[Partner] = []
    short: list[Partner] = []
    for partner in of_names(world, queue):
        if is_open(world, partner):
            lacks = partner.lacks(world.now_us, queue.name, sending.share)
            if lacks != "full":
                (short if lacks else ready).append(partner)
    return ready, short


def _failed_at(contact: Contact) -> tuple[str, ...]:
    sent = sent_of(contact)
    return sent.failed if sent is not None else ()


def _first(world: World, queue: Queue, partners: list[Partner]) -> Contact | None:
    """The most urgent of those whose time has come, and whom one of the partners has not sent back."""
    if not partners:
        return None
    names = {partner.contract.name for partner in partners}
    best: tuple[float, float, int] | None = None
    found: Contact | None = None
    for line in queue.lines.values():
        contact = _first_in(world, line, names)
        if contact is not None and contact.entry is not None:
            urgency = line.urgency_of(contact.entry, world.now_us)
            rank = (-line.contact_class, -urgency, contact.number)
            if best is None or rank < best:
                best, found = rank, contact
    return found


def _first_in(world: World, line: Line, names: set[str]) -> Contact | None:
    for entry in islice(line.order, LOOKED_AT):
        contact = entry[2]
        ready = contact.peer.open and may_go(contact) and not goes_in_us(world, contact)
        if ready and not names.issubset(_failed_at(contact)):
            return contact
    return None


# -- what stirs --------------------------------------------------------------------------------------------------------


def partner_due(world: World, partner: Partner) -> None:
    """A part of its window is over."""
    world.changed[partner] = None
    stir(world, partner)


def stir(world: World, partner: Partner) -> None:
    """It may have room: its queues are looked at."""
    for name in partner.flows:
        queue = world.queues.get((partner.contract.tenant, name))
        if queue is not None and queue.settings.laid.sending is not None:
            world.partners.stirred[queue] = None


def turned(world: World, hours: Hours) -> None:
    """A calendar opened or closed."""
    for partner in world.partners.known.values():
        if partner.contract.calendar == hours.name:
            stir(world, partner)


def follow(world: World) -> None:
    """The configuration was switched: contracts are others, or over."""
    for partner in world.partners.take(world.settings, world.queues, world.now_us):
        _forget(world, partner)
    world.changed.update((partner, None) for partner in world.partners.known.values())


def _forget(world: World, partner: Partner) -> None:
    world.deadlines.cancel(partner)
    world.changed.pop(partner, None)
    world.dropped.append(("partner", partner.key))


# -- the way of one contact --------------------------------------------------------------------------------------------


def send(world: World, contact: Contact, partner: Partner) -> None:
    """Ask its gateway to connect it to the partner."""
    world.unstand(contact)
    world.move_contact(contact, "send")
    sent = _begin(world, contact, partner)
    _tell(world, contact, partner, sent)
    visits.arm(world, contact)


def _begin(world: World, contact: Contact, partner: Partner) -> Sent:
    """It is the partner's, by the contract as it is now."""
    contract, now_us = partner.contract, world.now_us
    sent = extra_of(contact).sent = Sent(
        contract.name, f"{world.epoch}-{world.number()}", now_us, 0, now_us + contract.answer_most_us,
        contract.answer_most_us, contract.talk_most_us, contract.target_us, round(contract.price_contact * MILLION),
        round(contract.price_minute * MILLION), 0, 0, _failed_at(contact),
    )  # fmt: skip
    partner.contacts[contact] = None
    partner.sent += 1
    if contact.queue.name in partner.flows:
        partner.flows[contact.queue.name].add(now_us, SENT, 1)
    world.changed[partner] = world.changed[contact] = None
    return sent


def _tell(world: World, contact: Contact, partner: Partner, sent: Sent) -> None:
    winners = world.layers.winners(contact.peer.tenant, ("queue", contact.queue.name))
    why = next((str(layer.source) for layer in winners if layer.what == "partners"), "")
    world.tell(contact.peer, Send(
        contact.id, sent.id, sent.partner, partner.contract.address, contact.queue.name, why,
        (sent.until_us - world.now_us) // MILLISECOND_US, world.waited_us(contact) // MILLISECOND_US, contact.data,
        contact.link, contact.customer,
    ))  # fmt: skip


def answered(world: World, contact: Contact, sent: Sent) -> None:
    """The partner has the customer on the line: the wait is over."""
    partner, now_us = _partner(world, contact, sent), world.now_us
    sent.answered_us, sent.until_us = now_us, now_us + sent.talk_most_us
    contact.waited_us = world.waited_us(contact)
    tap.gone(world, contact, "sent_to_partner")
    announcements.over(world, contact, now_us)
    world.move_contact(contact, "partner_answers")
    world.leave_line(contact)
    contact.outcome = "sent_to_partner"
    partner.answered += 1
    in_target = now_us - sent.sent_us <= sent.target_us
    partner.in_target += in_target
    _judge(world, partner, in_target=in_target)
    visits.arm(world, contact)


def _judge(world: World, partner: Partner, *, in_target: bool) -> None:
    partner.judged.add(world.now_us, JUDGED, 1)
    if in_target:
        partner.judged.add(world.now_us, IN_TARGET, 1)
    world.changed[partner] = None
    # Its share may have grown by it.
    stir(world, partner)


def _partner(world: World, contact: Contact, sent: Sent) -> Partner:
    return world.partners.known[contact.peer.tenant, sent.partner]


def left(world: World, contact: Contact) -> None:
    """It is with the partner no more, however that came; the caller moves it."""
    sent = sent_of(contact)
    assert sent is not None
    partner = _partner(world, contact, sent)
    if sent.answered_us:
        sent.talk_us = world.now_us - sent.answered_us
        sent.cost = sent.contact_price + sent.minute_price * sent.talk_us // MINUTE_US
        partner.talk_us += sent.talk_us
        partner.cost += sent.cost
    del partner.contacts[contact]
    world.changed[partner] = None
    if partner.retired and not partner.contacts:
        del world.partners.known[contact.peer.tenant, sent.partner]
        _forget(world, partner)
    else:
        stir(world, partner)


def gave_up(world: World, contact: Contact) -> None:
    """The visit is over where it was sent to: its customer has left, say, or its gateway is gone."""
    sent = sent_of(contact)
    assert sent is not None
    if not sent.answered_us:
        partner = _partner(world, contact, sent)
        partner.left += 1
        if world.now_us - sent.sent_us > sent.target_us:
            _judge(world, partner, in_target=False)
    left(world, contact)


def failed(world: World, contact: Contact, sent: Sent, why: SendOverWhy | None) -> None:
    """The partner did not take it: it has its old place again, unless it has waited as long as it may. `why`: its
    gateway is to be told."""
    _put_back(world, contact, sent, why)
    if waited_out(world, contact):
        visits.treat(world, contact, "waited_too_long")
    else:
        visits.stand_in_line(world, contact)


def _put_back(world: World, contact: Contact, sent: Sent, why: SendOverWhy | None) -> None:
    """It waits again, and does not stand yet; it is not sent to this partner once more."""
    if why is not None:
        world.tell(contact.peer, SendOver(contact.id, sent.id, sent.partner, why))
    partner = _partner(world, contact, sent)
    partner.failed += 1
    if not sent.answered_us:
        _judge(world, partner, in_target=False)
    left(world, contact)
    came_back = contact.state == "at_partner"
    extra_of(contact).sent = Sent(failed=(*sent.failed, sent.partner))
    world.move_contact(contact, "come_back" if came_back else "put_back")
    contact.outcome, contact.waited_us = None, 0
    if came_back:
        visits.join_line(world, contact, world.some_line_of(contact))


def due(world: World, contact: Contact) -> None:
    """Its deadline has come while it is away, and its gateway is heard."""
    sent = sent_of(contact)
    assert sent is not None
    if world.now_us < sent.until_us:
        visits.arm(world, contact)
    elif contact.state == "sent":
        failed(world, contact, sent, "timed_out")
    else:
        world.repaired("at_partner")
        world.tell(contact.peer, SendOver(contact.id, sent.id, sent.partner, "talk_most"))
        visits.leave(world, contact, "sent_to_partner", "system")


# -- a gateway comes back ----------------------------------------------------------------------------------------------


def opened(world: World, contact: Contact) -> None:
    """Its gateway was away, or the engine: who is to be answered has its whole time for it again."""
    sent = sent_of(contact)
    if contact.state == "sent" and sent is not None:
        _has_its_time(world, contact, sent)
    visits.arm(world, contact)


def _has_its_time(world: World, contact: Contact, sent: Sent) -> None:
    """The partner has the whole time to answer it, from now."""
    sent.until_us = world.now_us + sent.answer_most_us
    world.changed[contact] = None


def later(world: World, contact: Contact, for_us: int) -> None:
    """Nobody could be heard for so long: that counts against no partner."""
    sent = sent_of(contact)
    if sent is not None and contact.due_us:
        sent.until_us += for_us
        visits.arm(world, contact)
        world.changed[contact] = None


def listed(world: World, contact: Contact, name: str | None, *, talks: bool) -> None:
    """A gateway lists it as at this partner's, or at nobody's: the fact counts. `talks`: with an agent."""
    sent = sent_of(contact)
    if name is not None and not (sent is not None and sent.partner == name and contact.state in ("sent", "at_partner")):
        _found_there(world, contact, name)
        sent = sent_of(contact)
    if sent is None or contact.state not in ("sent", "at_partner"):
        return
    if name is not None:
        if contact.state == "sent":
            answered(world, contact, sent)
    elif talks or contact.state == "at_partner":
        _put_back(world, contact, sent, None)


def _found_there(world: World, contact: Contact, name: str) -> None:
    """It is at a partner's, and we did not know."""
    from router.core import offers

    sent = sent_of(contact)
    if sent is not None and contact.state in ("sent", "at_partner"):
        _put_back(world, contact, sent, None)
    for offer in list(contact.offers):
        if offer.state in ("offered", "connecting"):
            offers.cancel(world, offer, "moved", back=True)
    if contact.state == "held":
        world.move_contact(contact, "resume")
    if contact.state != "waiting":
        return
    partner = world.partners.known.get((contact.peer.tenant, name))
    if partner is None:
        # No contract says so any more, but somebody there has the customer.
        partner = world.partners.find(PartnerContract(name, contact.peer.tenant), world.now_us)
        partner.retired = True
    world.unstand(contact)
    world.move_contact(contact, "send")
    _begin(world, contact, partner)


def tell_again(world: World, contacts: Iterable[Contact]) -> None:
    """The list that these are in is whole: their gateway may not have heard what is to be sent."""
    for contact in contacts:
        sent = sent_of(contact)
        if contact.state == "sent" and sent is not None:
            # Before a long list is through the gateway is not open, and what was left of its time stands still.
            _has_its_time(world, contact, sent)
            _tell(world, contact, _partner(world, contact, sent), sent)
