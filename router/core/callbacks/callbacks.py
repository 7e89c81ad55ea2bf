"""The life of a call-back, from the place that it keeps to the moment when the customer is on the line.

    later    not yet: its time has not come, or it pauses between tries        held, beside the line
    hold     a virtual hold: dialled when its turn is about to come            held, in the line's order of holds
    line     for an agent first: offered with its number                       waiting, or offered; connecting while its
                                                                               gateway is away
    dialling the gateway dials                                                 held, or connecting to an agent
    reached  the customer is on the line: a contact like others                any

`settle` decides where one that is at rest belongs now; everything that changes that ends there. A try ends in
`failed`, whoever says so. The core dials nothing: it tells the gateway that has the call-back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core import flow, visits
from router.core.callbacks import book
from router.core.deadlines import NEVER_US
from router.core.doors import doors
from router.core.effects import Dial, DialCancelled, LetGo, Treat
from router.core.entities import Contact, Offer, Peer
from router.core.extra import Callback, extra_of
from router.core.order import Order
from router.core.special import is_test
from router.core.tally import add_wait, callback_tally
from router.core.world import World
from router.terms import MILLISECOND_US, SECOND_US, DialCancelWhy, Outcome

if TYPE_CHECKING:
    from router.core.callbacks.settings import CallbackRules
    from router.core.line import Line
    from router.core.queue import Queue

LOOK_LEAST_US = 1 * SECOND_US
"""Nothing is looked at again sooner."""
MEDIUM = "voice"
"""What a call-back is once the customer is on the line and the visit goes on elsewhere."""


def rules_of(contact: Contact) -> CallbackRules:
    """What its queue says of call-backs now."""
    return contact.queue.settings.callback


def begin(world: World, contact: Contact, callback: Callback) -> None:
    """A contact that was just made, and belongs to its line, is a call-back."""
    extra_of(contact).callback = callback
    world.move_contact(contact, "enqueue_held")
    book.enter(world, contact, callback)
    callback_tally(contact.queue.tally).requested += 1
    settle(world, contact, callback)


# -- where it belongs -------------------------------------------------------------------------------------------------


def settle(world: World, contact: Contact, callback: Callback) -> None:
    """Put a call-back that is at rest where it belongs now: later, among the virtual holds, or in the line."""
    world.unstand(contact)
    world.changed[contact] = None
    now_us, rules = world.now_us, rules_of(contact)
    spent = callback.tries >= rules.tries or now_us >= callback.until_us
    if contact.peer.live and (spent or not book.may_dial(rules, callback.number)):
        expire(world, contact)
        return
    begins_us = max(callback.from_us, callback.retry_us, _opens_us(world, contact))
    if begins_us > now_us:
        _aside(world, contact, callback, begins_us)
        return
    if callback.scheduled:
        # Its time has come: now it begins to wait.
        callback.scheduled = False
        contact.entered_us += world.waited_us(contact)
        contact.key_us = contact.entered_us - contact.priority_s * SECOND_US
        assert contact.line is not None
        contact.entry = contact.line.place(contact)
    owner = contact.direct
    if owner is not None and (now_us >= callback.agent_until_us or (contact.peer.tenant, owner) not in world.agents):
        contact.direct = owner = None
    if owner is not None or rules.mode == "agent_first":
        _into_line(world, contact, callback)
    else:
        _among_holds(world, contact, callback)


def _opens_us(world: World, contact: Contact) -> int:
    """When its queue opens again, 0 where it is open: nobody is dialled out of hours. The opening itself wakes it
    (`look_anew`); the time said here is for those who ask."""
    why = doors.closed_by(world, contact.queue, contact.channel)
    if why is None or why == "last_admission":
        return 0
    opens_ms = doors.opens_in_ms(world, contact.queue)
    return NEVER_US if opens_ms is None else world.now_us + max(opens_ms * MILLISECOND_US, LOOK_LEAST_US)


def _aside(world: World, contact: Contact, callback: Callback, look_us: int) -> None:
    """Nothing is done for it before `look_us`."""
    callback.phase = "later"
    if contact.state == "waiting":
        world.move_contact(contact, "hold")
    look_again(world, contact, callback, look_us)


def _into_line(world: World, contact: Contact, callback: Callback) -> None:
    """An agent is found for it before the customer is dialled."""
    callback.phase = "line"
    callback.look_us = min(callback.until_us, callback.agent_until_us if contact.direct is not None else 1 << 62)
    if contact.state == "held":
        world.move_contact(contact, "resume")
    visits.stand_in_line(world, contact)


def _among_holds(world: World, contact: Contact, callback: Callback) -> None:
    """It waits at its place until its turn is about to come."""
    callback.phase = "hold"
    if contact.state == "waiting":
        world.move_contact(contact, "hold")
    if not contact.peer.takes(contact):
        look_again(world, contact, callback, callback.until_us)
        return
    stand_among_holds(world, contact)
    # Looked at after this step, so that whoever asked hears of the call-back before they are told to dial.
    look_again(world, contact, callback, world.now_us)


def stand_among_holds(world: World, contact: Contact) -> None:
    """Let it stand at its place in its line's order of virtual holds."""
    line = contact.line
    assert line is not None
    if line.virtual is None:
        line.virtual = Order()
    world.stand(contact, line.virtual)


def look_again(world: World, contact: Contact, callback: Callback, at_us: int) -> None:
    """Give it the deadline of its phase."""
    callback.look_us = min(at_us, callback.until_us)
    visits.arm(world, contact)


# -- when it is dialled ---------------------------------------------------------------------------------------------


def dial(world: World, contact: Contact, callback: Callback, offer: Offer | None) -> None:
    """Tell its gateway to dial: for an agent who has accepted (`offer`), or who is about to come free."""
    world.unstand(contact)
    now_us, rules, line = world.now_us, rules_of(contact), contact.line
    callback.phase, callback.dialled_us = "dialling", now_us
    callback.tries += 1
    world.changed[contact] = None
    callback_tally(contact.queue.tally).dialled += 1
    message = Dial(
        contact.id, callback.number, contact.queue.name, callback.tries, rules.dial_most_us // MILLISECOND_US,
        world.waited_us(contact) // MILLISECOND_US, data=contact.data, link=contact.link,
        customer=contact.customer,
    )  # fmt: skip
    if offer is None:
        assert line is not None
        line.dialling += 1
        callback.look_us = now_us + rules.dial_most_us
        visits.arm(world, contact)
    else:
        visits.disarm(world, contact)
        message.offer, message.agent = offer.id, offer.agent.name
        message.endpoint, message.endpoint_gateway = offer.endpoint, offer.endpoint_peer.name
    world.tell(contact.peer, message)


def for_agent(world: World, contact: Contact, callback: Callback, offer: Offer) -> None:
    """An agent has accepted: the customer is dialled, as soon as the gateway that dials is there. Until then it is no
    try, and the agent's time for it stands still."""
    if contact.peer.live and contact.peer.synced:
        dial(world, contact, callback, offer)
    else:
        visits.disarm(world, contact)
        world.changed[contact] = None


def _dialled_out(contact: Contact, callback: Callback) -> None:
    """It is not being dialled any more; without an agent it was counted with its line."""
    if callback.phase == "dialling" and contact.state == "held" and contact.line is not None:
        contact.line.dialling -= 1


# -- what became of it ------------------------------------------------------------------------------------------------


def reached(world: World, contact: Contact, callback: Callback) -> None:
    """The customer is on the line: from now on it waits like others, at the place that it kept."""
    on_the_line(world, contact, callback)
    contact.direct = None
    if contact.state == "held":
        world.move_contact(contact, "resume")
    visits.disarm(world, contact)
    visits.stand_in_line(world, contact)


def answered(world: World, contact: Contact, callback: Callback, by: Peer) -> None:
    """The customer has answered: an agent who has accepted is there, or it waits for one."""
    from router.core import offers

    if contact.state != "connecting":
        reached(world, contact, callback)
        return
    for offer in list(contact.offers):
        if offer.state == "connecting":
            offers.connect(world, offer, by)


def on_the_line(world: World, contact: Contact, callback: Callback) -> None:
    """Count that the customer was reached."""
    world.unstand(contact)
    _dialled_out(contact, callback)
    callback.phase, callback.reached_us = "reached", world.now_us
    world.changed[contact] = None
    tally = callback_tally(contact.queue.tally)
    tally.reached += 1
    add_wait(tally.until_called, max(0, world.now_us - max(callback.asked_us, callback.from_us)))
    if not is_test(contact):
        flow.count_arrival(world, contact.queue)
    book.strike(world, contact, callback)


def joined(world: World, contact: Contact, accepted_us: int) -> None:
    """Talk begins: the wait that counts is that on the line, none where the agent was there first."""
    callback = contact.extra.callback if contact.extra is not None else None
    if callback is None:
        return
    if callback.phase != "reached":
        on_the_line(world, contact, callback)
    contact.waited_us = max(0, accepted_us - callback.reached_us)


def talks_on(contact: Contact) -> str:
    """The channel on which the visit goes on after a transfer: a call-back is a call then."""
    is_callback = contact.extra is not None and contact.extra.callback is not None
    return MEDIUM if is_callback else contact.channel


def goes_on(contact: Contact) -> None:
    """The first part of the visit is recorded, and it is a call like others from now on."""
    contact.channel = talks_on(contact)
    if contact.extra is not None:
        contact.extra.callback = None


def found_talking(world: World, contact: Contact) -> None:
    """Its gateway has joined the customer with an agent, and we did not know that they were reached."""
    callback = book.of(contact)
    if callback is not None:
        on_the_line(world, contact, callback)


def failed(world: World, contact: Contact, callback: Callback, result: str, why: DialCancelWhy | None) -> None:
    """A try did not reach the customer. `why`: the gateway has not said so itself, so it is told to stop dialling."""
    from router.core import offers

    for offer in list(contact.offers):
        if offer.state == "connecting":
            # Puts the contact back, and so comes here again.
            offers.not_reached(world, offer, result, why)
            return
    _dialled_out(contact, callback)
    if why is not None:
        world.tell(contact.peer, DialCancelled(contact.id, why))
    rules = rules_of(contact)
    counts = callback_tally(contact.queue.tally).failed
    counts[result] = counts.get(result, 0) + 1
    callback.phase, callback.retry_us = "later", world.now_us + rules.pause_us
    if rules.no_answer == "expire":
        callback.until_us = world.now_us
    elif rules.no_answer == "front":
        _to_the_front(world, contact)
    settle(world, contact, callback)


def _to_the_front(world: World, contact: Contact) -> None:
    """Who did not answer is not put behind those who came meanwhile: it goes before all that wait."""
    queue, line = contact.queue, contact.line
    assert line is not None
    world.unstand(contact)
    orders = [order for other in queue.lines.values() for order in (other.order, other.virtual) if order is not None]
    heads = [order.first[0] for order in orders if order.first is not None]
    if line.newest:
        # Its place there is the negative of key and twice the head start.
        contact.key_us = max([contact.key_us, *(-head - 2 * contact.priority_s * SECOND_US for head in heads)]) + 1
    else:
        contact.key_us = min([contact.key_us, *heads]) - 1
    contact.entry = line.place(contact)


def put_back(world: World, contact: Contact, how: str) -> bool:
    """An offer of it came to nothing. True where it has its place again; False for a contact like others."""
    callback = book.of(contact)
    if callback is None:
        return False
    if callback.phase == "dialling":
        result = how if how in ("no_answer", "busy") else "failed"
        failed(world, contact, callback, result, "agent_gone" if how == "cancelled" else None)
    else:
        settle(world, contact, callback)
    return True


def expire(world: World, contact: Contact) -> None:
    """It is given up: its tries or its time are used up, or its number may not be dialled any more."""
    callback_tally(contact.queue.tally).expired += 1
    treatment = contact.queue.treatment("callback_expired")
    world.tell(contact.peer, Treat(contact.id, "callback_expired", treatment))
    visits.leave(world, contact, "callback_expired", "system")


def end(world: World, contact: Contact, callback: Callback, outcome: Outcome, by: str, told_by: Peer | None) -> None:
    """Another visit has taken its place, or nobody wants it any more: withdraw what is under way, and end it."""
    from router.core import offers

    if callback.phase == "dialling" and told_by is not contact.peer:
        world.tell(contact.peer, DialCancelled(contact.id, "moved" if outcome == "moved" else "withdrawn"))
    _dialled_out(contact, callback)
    callback.phase = "later"
    for offer in list(contact.offers):
        if offer.state in ("offered", "connecting"):
            offers.cancel(world, offer, "moved" if outcome == "moved" else "withdrawn", back=False)
    visits.leave(world, contact, outcome, by)
    if told_by is not contact.peer and by != "supervisor":  # whose hand says so itself
        world.tell(contact.peer, LetGo(contact.id, outcome))


def look_anew(world: World, queue: Queue) -> None:
    """A queue has other rules, or opens or closes: its call-backs at rest go where they belong now."""
    for contact in sorted(queue.callbacks.values(), key=lambda contact: contact.number):
        look_anew_at(world, contact)


def look_anew_at(world: World, contact: Contact) -> None:
    """One of them."""
    callback = book.of(contact)
    if callback is not None and callback.phase != "dialling" and contact.state in ("held", "waiting"):
        settle(world, contact, callback)


def stands_again(world: World, contact: Contact) -> bool:
    """The order of its line has changed. False for a contact like others."""
    callback = book.of(contact)
    if callback is not None:
        settle(world, contact, callback)
    return callback is not None


def moved_line(world: World, contact: Contact, old: Line) -> bool:
    """Its queue's needs have changed, and it belongs to another line. False for a contact like others."""
    callback = book.of(contact)
    if callback is None or contact.state not in ("held", "waiting"):
        return False
    if callback.phase == "dialling":
        old.dialling -= 1
        assert contact.line is not None
        contact.line.dialling += 1
    else:
        settle(world, contact, callback)
    return True
