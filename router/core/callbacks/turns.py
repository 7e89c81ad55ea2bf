"""When a virtual hold's turn has come: by the estimate of its wait, by a free agent, or by one who goes past it.

Nothing is polled: a hold looks again by its own deadline, and an agent looks when they are free.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from router.core.callbacks import book, callbacks
from router.core.callbacks.callbacks import LOOK_LEAST_US
from router.core.entities import Agent, Contact
from router.core.extra import Callback
from router.core.layers.guards import guard
from router.core.world import World
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.line import Line

LOOK_MOST_US = 30 * SECOND_US
"""A virtual hold looks again whether its turn has come when half of the time until then has passed, and at the latest
after this."""
HEADS = 8
"""Virtual holds of a line that a free agent looks at."""


def due(world: World, contact: Contact, callback: Callback) -> None:
    """Its deadline has come, and its gateway is heard."""
    if callback.phase == "dialling":
        callbacks.failed(world, contact, callback, "failed", "timed_out")
    elif callback.phase == "hold" and contact.standing is not None and world.now_us < callback.until_us:
        consider(world, contact, callback)
    else:
        callbacks.settle(world, contact, callback)


def consider(world: World, contact: Contact, callback: Callback) -> None:
    """Dial a virtual hold if the median estimate of its wait is no longer than dialling takes; else look again."""
    rules, wait_us = callbacks.rules_of(contact), book.expected_wait_us(world, contact)
    if wait_us is not None and wait_us <= rules.dialling_us and contact.peer.open:
        callbacks.dial(world, contact, callback, None)
        return
    more_us = LOOK_MOST_US if wait_us is None else (wait_us - rules.dialling_us) // 2
    callbacks.look_again(world, contact, callback, world.now_us + min(max(more_us, LOOK_LEAST_US), LOOK_MOST_US))


def serve_idle(world: World, agent: Agent) -> None:
    """This agent is free and nobody is there for them: dial the most urgent virtual hold that they could take, unless
    those who are being dialled already will keep everybody busy who is free."""
    if book.CHANNEL not in agent.places:
        return
    lines = _lines(agent)
    while True:
        dialling = sum(line.dialling for line in lines)
        found = _most_urgent(world, [line for line in lines if dialling < book.free_agents(line)], None)
        if found is None:
            return
        _dial_now(world, found)


def passed_by(world: World, agent: Agent, taken: Contact) -> None:
    """This agent takes a contact behind a virtual hold, whose customer is not on the line: its turn has come, so it is
    dialled, and is the next. At most as many are dialled as there are agents."""
    line = taken.line
    if line is None:
        return
    rank = (line.contact_class, line.urgency(taken.key_us, world.now_us), -taken.number)
    found = _most_urgent(world, [line for line in _lines(agent) if line.dialling < line.needs.staffed], rank)
    if found is not None:
        _dial_now(world, found)


def _lines(agent: Agent) -> list[Line]:
    """The lines of call-backs that the agent can serve, and may where they are kept idle."""
    pool = agent.profile.pools.get(book.CHANNEL) if agent.profile is not None else None
    if pool is None:
        return []
    kept = guard(agent, agent.places)
    return [line for needs in pool.needs for line in needs.lines if kept is None or kept.lets(line)]


def _most_urgent(world: World, lines: list[Line], best: tuple[int, float, int] | None) -> Contact | None:
    """The most urgent virtual hold of these lines that is more urgent than `best`: (class, urgency, -number)."""
    found: Contact | None = None
    for line in lines:
        for entry in islice(line.virtual, HEADS) if line.virtual is not None else ():
            contact = entry[2]
            rank = (line.contact_class, line.urgency_of(entry, world.now_us), -contact.number)
            if contact.peer.open and (best is None or rank > best):
                best, found = rank, contact
    return found


def _dial_now(world: World, contact: Contact) -> None:
    callback = book.of(contact)
    assert callback is not None
    callbacks.dial(world, contact, callback, None)
