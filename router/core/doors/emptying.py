"""Emptying a queue: those who wait in it when it begins get what the action says, in slices.

It is recorded until it is through, so a restart in the middle goes on with those who are still there. Nothing of it can
be undone.
"""

from __future__ import annotations

from router.core import visits
from router.core.actions import Empty
from router.core.admission import follow
from router.core.callbacks.book import of as callback_of
from router.core.effects import Treat, Treatment
from router.core.entities import Contact
from router.core.entity import Entity
from router.core.places import elsewhere, several
from router.core.talks.consulting import is_consult
from router.core.tickets.ticket import TICKET
from router.core.world import World

SLICE = 64
"""Contacts a step: with some ten microseconds each, under a millisecond."""


class Emptying(Entity, eq=False, gc=False):
    """A queue that is being emptied."""

    tenant: str
    queue: str
    action: Empty
    number: int
    """Whoever came with a lower number."""
    # run-time
    todo: list[Contact] | None = None
    """Who is left, last first; None: not listed yet."""

    @property
    def key(self) -> str:
        """tenant/queue/number."""
        return f"{self.tenant}/{self.queue}/{self.number}"

    @property
    def name(self) -> str:
        """Its place among the work that is done in slices."""
        return f"empty {self.key}"


def begin(world: World, tenant: str, queue: str, action: Empty) -> None:
    """Those who wait in the queue now are to go."""
    if (tenant, queue) in world.queues:
        emptying = Emptying(tenant, queue, action, world.number())
        world.closing[emptying.name] = emptying
        world.changed[emptying] = None


def work(world: World, emptying: Emptying) -> None:
    """A slice."""
    if emptying.todo is None:
        emptying.todo = _waiting(world, emptying)
    for _ in range(min(SLICE, len(emptying.todo))):
        contact = emptying.todo.pop()
        if _goes(contact, emptying) and contact.peer.contacts.get(contact.id) is (contact.main or contact):
            _send(world, contact, emptying.action)
    if not emptying.todo:
        del world.closing[emptying.name]
        world.changed.pop(emptying, None)
        world.dropped.append(("emptying", emptying.key))


def _waiting(world: World, emptying: Emptying) -> list[Contact]:
    contacts = (contact for peer in world.peers.values() for contact in peer.contacts.values())
    found = [place for contact in contacts for place in several.places(contact) if _goes(place, emptying)]
    found.sort(key=lambda contact: -contact.number)
    return found


def _goes(contact: Contact, emptying: Emptying) -> bool:
    """Does it wait there, and can it be told?"""
    queue = contact.queue
    return (
        (queue.settings.tenant, queue.name) == (emptying.tenant, emptying.queue)
        and contact.number < emptying.number
        and contact.state in ("waiting", "held")
        and contact.peer.open
        and contact.channel != TICKET
        and not is_consult(contact)
        and callback_of(contact) is None
    )


def _send(world: World, contact: Contact, action: Empty) -> None:
    if elsewhere.give_up(world, contact, "emptied"):
        return  # It waits on in its other queues.
    if action.to and _moves(world, contact, action.to):
        return
    if not action.callback and not action.message:
        return
    treatment = Treatment("callback") if action.callback else Treatment("message", action.message)
    world.tell(contact.peer, Treat(contact.id, "emptied", treatment))
    # As one that a closed queue sends away.
    visits.leave(world, contact, "callback_taken" if action.callback else "moved", "system")


def _moves(world: World, contact: Contact, to: str) -> bool:
    """Into the other queue, or where its treatments lead, if one of them lets it in."""
    from router.core import moves

    routed = contact.extra.route if contact.extra is not None else None
    line, _ = follow(
        world, contact.queue, contact.channel, contact.needs, contact.customer, "emptied", Treatment("queue", to),
        routed.contact_class if routed is not None else None,
        world.routing.own_target(contact), contact.language,
    )  # fmt: skip
    if line is None:
        return False
    moves.move(world, contact, line, "emptied")
    return True
