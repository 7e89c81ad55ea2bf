"""What is known of call-backs: which contacts are some, which are open, who stands ahead of one.

It changes nothing but a queue's book of open call-backs. What is done with them: `callbacks.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.estimates import expect
from router.core.extra import Callback
from router.core.layers.guards import free_for

if TYPE_CHECKING:
    from router.core.callbacks.settings import CallbackRules
    from router.core.entities import Contact, Peer
    from router.core.line import Line
    from router.core.queue import Queue
    from router.core.world import World

CHANNEL = "callback"


def of(contact: Contact) -> Callback | None:
    """Its call-back, None for a contact that is none, or whose customer is on the line: then it is one like others."""
    extra = contact.extra
    if extra is None or extra.callback is None or extra.callback.phase == "reached":
        return None
    return extra.callback


def number_of(contact: Contact) -> str | None:
    """The number to dial, where it is a call-back that is still to be dialled."""
    callback = of(contact)
    return None if callback is None else callback.number


def reached_us(contact: Contact) -> int:
    """When the customer of a call-back came on the line; 0 for others, and while they are not."""
    extra = contact.extra
    return extra.callback.reached_us if extra is not None and extra.callback is not None else 0


def is_at_rest(contact: Contact) -> bool:
    """Is it a call-back that needs nothing of its gateway now: nobody is being dialled, nobody is on the line?"""
    callback = of(contact)
    return callback is not None and callback.phase != "dialling"


# -- open ones --------------------------------------------------------------------------------------------------------


def names(number: str, customer: str | None) -> tuple[str, ...]:
    """Under what a call-back is found when the customer rings again."""
    by_number = f"number {number}"
    return (by_number,) if customer is None else (by_number, f"customer {customer}")


def enter(world: World, contact: Contact, callback: Callback) -> None:
    """It is open from now on."""
    queue = contact.queue
    world.callbacks += 1
    queue.callbacks[contact.id] = contact
    for name in names(callback.number, contact.customer):
        queue.callbacks_by_name.setdefault(name, contact)


def strike(world: World, contact: Contact, callback: Callback) -> None:
    """It is open no more. Without effect where it is not."""
    queue = contact.queue
    if queue.callbacks.get(contact.id) is not contact:
        return
    del queue.callbacks[contact.id]
    world.callbacks -= 1
    for name in names(callback.number, contact.customer):
        if queue.callbacks_by_name.get(name) is contact:
            del queue.callbacks_by_name[name]


def open_for(queue: Queue, number: str | None, customer: str | None) -> Contact | None:
    """The open call-back of this number or customer in the queue."""
    found = queue.callbacks_by_name.get(f"number {number}") if number is not None else None
    if found is None and customer is not None:
        found = queue.callbacks_by_name.get(f"customer {customer}")
    return found


def find(world: World, tenant: str, callback_id: str) -> Contact | None:
    """The open call-back of that id: looked for in every queue of the tenant, for people are slow."""
    for (of_tenant, _), queue in world.queues.items():
        if of_tenant == tenant and callback_id in queue.callbacks:
            return queue.callbacks[callback_id]
    return None


# -- numbers and gateways ---------------------------------------------------------------------------------------------


def may_dial(rules: CallbackRules, number: str) -> bool:
    """Is the number within the queue's prefixes, and not among the barred ones?"""
    return number.startswith(rules.numbers) and not (rules.numbers_barred and number.startswith(rules.numbers_barred))


def dialler(world: World, tenant: str, own: Peer | None, contact_id: str = "") -> Peer | None:
    """The gateway that dials: the one that has it, else the first of the tenant that is open and dials."""
    if own is not None and own.dials and not own.gone:
        return own
    found: Peer | None = None
    for peer in world.peers.values():
        if not (peer.dials and peer.open and peer.tenant == tenant and peer.role == "gateway"):
            continue
        if contact_id in peer.contacts or contact_id in peer.ended:
            continue
        if found is None or peer.number < found.number:
            found = peer
    return found


# -- how long -------------------------------------------------------------------------------------------------------


def ahead(contact: Contact) -> int:
    """How many are before it in its queue: those who wait, other virtual holds, and those being dialled."""
    entry = contact.entry
    assert entry is not None
    count = 0
    for line in contact.queue.lines.values():
        count += line.order.rank(entry) + line.dialling
        if line.virtual is not None:
            count += line.virtual.rank(entry)
    return count


def free_agents(line: Line) -> int:
    """Able agents who are free now, and may be given."""
    return free_for(line)


def expected_wait_us(world: World, contact: Contact) -> int | None:
    """The median wait until an agent would take it, None where that is unknown."""
    line = contact.line
    assert line is not None
    return expect.expected_wait_us(world, line, ahead(contact))
