"""What is remembered of customers: who served them about what, for as long as a repeat may follow.

A customer is known by a digest of the id, under which the last few contacts that were served are kept. They are written
when a visit ends, one record a visit at most, and go when the window is over: the customer who was heard of longest ago
first, a few at a time. What a repeat is is said once, in `router.stats.resolution`; a redial after abandoning is none.
It must not decide where a contact goes: `handlers/entry.py` asks and does.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final, NamedTuple

from router.core import flow
from router.core.customers.customer import Customer, Served
from router.core.entities import Contact, Tombstone
from router.core.special import is_test, routed_of
from router.core.tickets.ticket import TICKET
from router.core.world import World
from router.stats.resolution import DAY_S, follows

SERVED_MOST = 8
"""Served contacts kept of one customer: beyond it the oldest is given up."""
FORGOTTEN_AT_ONCE = 4
"""Customers forgotten for each one that is remembered: the memory shrinks faster than it grows."""
DROPPED_US: Final = 2
"""What forgetting one costs a step."""

OPEN, REPEATED, UNRESOLVED = "", "repeated", "unresolved"
"""What became of a served contact: nothing yet; the customer came again; the agent said that it is not resolved."""


class Recalled(NamedTuple):
    """What is known of a customer who comes."""

    times: int
    """Served contacts about the same within the window: 1 means that this is the second."""
    agent: str
    """Who served the last of them."""


def digest(customer: str) -> str:
    """The customer as records know them: 64 bits of a hash, in hex."""
    return blake2b(customer.encode(), digest_size=8).hexdigest()


def about(contact: Contact) -> str:
    """What a contact is about: its business type or, where none is given, its queue."""
    routed = routed_of(contact)
    return (routed.business if routed is not None else None) or contact.queue.name


def recall(world: World, tenant: str, customer: str, subject: str, link: str | None) -> Recalled | None:
    """What is known of a customer who comes now, None for a first contact. It changes nothing."""
    known = world.customers.get((tenant, digest(customer))) if world.customers else None
    if known is None or _comes_too_often(world, known):
        return None
    window_us = world.settings.repeat.window_us
    served = [
        one
        for one in known.served
        if one.about == subject and follows(one.arrived_us, one.link, world.now_us, link, window_us)
    ]
    return Recalled(len(served), served[-1].agent) if served else None


def count_arrival(world: World, contact: Contact, recalled: Recalled | None) -> None:
    """A contact was let in: count whether it is a repeat, where its customer is known."""
    if contact.customer is None or not world.settings.repeat.window_us or _is_apart(contact):
        return
    tally = contact.queue.tally
    known = world.customers.get((contact.peer.tenant, digest(contact.customer)))
    if known is not None and _comes_too_often(world, known):
        tally.customers_left_out += 1
        return
    tally.customers_known += 1
    if contact.queue.flows:
        flow.count_known(world, contact.queue, repeats=recalled is not None)
    if recalled is not None:
        routed = routed_of(contact)
        business = (routed.business if routed is not None else None) or ""
        tally.repeats[business] = tally.repeats.get(business, 0) + 1


def remember(world: World, contact: Contact, over: bool = True) -> str | None:
    """A visit is over in its present queue; not `over`: it goes on in another one. Its history was written. Returns
    the customer's digest, None where nothing is remembered."""
    window_us = world.settings.repeat.window_us
    if contact.customer is None or not window_us or _is_apart(contact):
        return None
    key = (contact.peer.tenant, digest(contact.customer))
    known = world.customers.get(key)
    if known is None:
        known = world.customers[key] = Customer(key[0], key[1], 0, world.now_us)
    else:
        world.customers.move_to_end(key)
    known.number, known.touched_us = world.number(), world.now_us
    _let_pass(world, known)
    if over:
        _count_today(world, known)
    if not _comes_too_often(world, known):
        _take_in(world, known, contact, window_us)
    world.changed[known] = None
    if len(world.customers) > world.settings.repeat.customers_max:
        _drop_first(world)
    forget(world, FORGOTTEN_AT_ONCE)
    return key[1]


def _is_apart(contact: Contact) -> bool:
    """Test calls are nobody's; tickets come back by a rule of their own."""
    return contact.channel == TICKET or is_test(contact)


def _take_in(world: World, known: Customer, contact: Contact, window_us: int) -> None:
    subject = about(contact)
    for one in known.served:
        came_after = one.about == subject and one.number != contact.number
        if came_after and follows(one.arrived_us, one.link, contact.arrived_us, contact.link, window_us):
            _judge(world, known, one, REPEATED)
    if contact.outcome != "answered":
        return
    served = Served(contact.number, contact.arrived_us, subject, contact.queue.name, _last_agent(contact), contact.link)
    known.served.append(served)
    if contact.resolved == "no":
        _judge(world, known, served, UNRESOLVED)
    if len(known.served) > SERVED_MOST:
        del known.served[0]


def _last_agent(contact: Contact) -> str:
    """Who talked with the customer last in this queue."""
    here = contact.queue
    talking = [offer.agent.name for offer in contact.offers if offer.queue is here and offer.connected_us]
    talked = [leg.agent for leg in contact.legs if leg.queue == here.name and (leg.how == "served" or leg.talk_ms)]
    return next(reversed([*talked, *talking]), "")


def amended(world: World, entity: Contact | Tombstone, queue: str, resolved: str) -> None:
    """An agent said late whether the part of a visit in that queue was resolved."""
    customer = entity.customer
    if customer is None or resolved != "no":
        return
    key = customer if isinstance(entity, Tombstone) else digest(customer)
    known = world.customers.get((entity.peer.tenant, key))
    for one in known.served if known is not None else ():
        if known is not None and (one.number, one.queue) == (entity.number, queue):
            _judge(world, known, one, UNRESOLVED)
            world.changed[known] = None


def _judge(world: World, known: Customer, served: Served, state: str) -> None:
    """A served contact was not resolved at first contact: known now, and once."""
    if served.state == OPEN:
        served.state = state
        queue = world.queues.get((known.tenant, served.queue))
        if queue is not None:
            queue.tally.first_contacts_known += 1


def _let_pass(world: World, known: Customer) -> None:
    """Contacts whose window is over go; those that nothing followed were resolved at first contact."""
    oldest_us = world.now_us - world.settings.repeat.window_us
    passed = [one for one in known.served if one.arrived_us < oldest_us]
    if not passed:
        return
    known.served = [one for one in known.served if one.arrived_us >= oldest_us]
    for one in passed:
        queue = world.queues.get((known.tenant, one.queue))
        if one.state == OPEN and queue is not None:
            queue.tally.first_contacts_known += 1
            queue.tally.first_contacts_resolved += 1


def _count_today(world: World, known: Customer) -> None:
    day = world.utc_s // DAY_S
    known.today = known.today + 1 if known.day == day else 1
    known.day = day
    if _comes_too_often(world, known):
        # No customer: a switchboard, a test line, a default value. What was remembered of it says nothing.
        known.served = []


def _comes_too_often(world: World, known: Customer) -> bool:
    return known.day == world.utc_s // DAY_S and known.today > world.settings.repeat.contacts_per_day_max


def forget(world: World, most: int) -> None:
    """Forget up to `most` customers who were heard of longest ago and whose window is over."""
    oldest_us = world.now_us - world.settings.repeat.window_us
    for _ in range(most):
        first = next(iter(world.customers.values()), None)
        if first is None or first.touched_us >= oldest_us:
            return
        _let_pass(world, first)
        _drop_first(world)


def trimmed(world: World) -> Iterator[int]:
    """Settings may let fewer be remembered than there are: those heard of longest ago go, one a piece."""
    while len(world.customers) > world.settings.repeat.customers_max:
        _drop_first(world)
        yield DROPPED_US


def _drop_first(world: World) -> None:
    key, first = world.customers.popitem(last=False)
    world.changed.pop(first, None)
    world.dropped.append(("customer", "/".join(key)))
