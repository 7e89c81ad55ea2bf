"""Tickets that are over and may be reopened: remembered for `reopen_days`, and at most `solved_max` of them.

Each is a record of its own, so that a restart forgets none; the oldest go first. It must not know how one is reopened.
"""

from __future__ import annotations

from collections.abc import Iterable

from router.core.entities import Contact
from router.core.tickets.ticket import Solved, Ticket
from router.core.world import World

SCHEMA = 1
FORGOTTEN_A_STEP = 64


def key_of(solved: Solved) -> str:
    """tenant/gateway/ticket."""
    return f"{solved.peer}/{solved.ticket}"


def remember(world: World, contact: Contact, ticket: Ticket) -> None:
    """Its last visit is over now."""
    solved = Solved(
        SCHEMA, ticket.id, contact.peer.key, world.number(), ticket.path, ticket.node, contact.queue.name,
        ticket.holder, ticket.opened_us, ticket.due_us, ticket.overdue, world.now_us, contact.id, ticket.needs,
        contact.customer, contact.link, contact.language, contact.priority_s, ticket.reopened, contact.resolved,
    )  # fmt: skip
    take_in(world, solved)
    world.changed[solved] = None
    if len(world.tickets.solved_order) > world.settings.limits.solved_max:
        _forget(world, world.tickets.solved_order.popleft())


def take_in(world: World, solved: Solved) -> None:
    """It can be found from now on; one of the same id that was remembered gives way."""
    world.tickets.solved[solved.peer, solved.ticket] = solved
    world.tickets.solved_order.append(solved)


def load(world: World, records: Iterable[Solved]) -> None:
    """Those that were remembered when the world was stored."""
    for solved in sorted(records, key=lambda solved: solved.number):
        take_in(world, solved)
        world.counter = max(world.counter, solved.number)


def forget_old(world: World) -> None:
    """A slice of those that are too old."""
    order, until_us = world.tickets.solved_order, world.now_us - world.settings.reopen_us
    for _ in range(FORGOTTEN_A_STEP):
        if not order or order[0].ended_us > until_us:
            return
        _forget(world, order.popleft())


def find(world: World, peer_key: str, ticket: str) -> Solved | None:
    """The solved ticket of that gateway, where it may still be reopened."""
    solved = world.tickets.solved.get((peer_key, ticket))
    if solved is None or world.now_us >= solved.ended_us + world.settings.reopen_us:
        return None
    return solved


def reopened(world: World, solved: Solved) -> None:
    """It lives again: it is remembered anew when that is over."""
    del world.tickets.solved[solved.peer, solved.ticket]
    world.changed.pop(solved, None)
    world.dropped.append(("ticket", key_of(solved)))


def _forget(world: World, solved: Solved) -> None:
    if world.tickets.solved.get((solved.peer, solved.ticket)) is solved:
        reopened(world, solved)
