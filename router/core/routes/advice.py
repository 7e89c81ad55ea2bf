"""Which other channel fits this customer and business better now, who took that, and who came back all the same.

It reads the matrix (`steering.py`) and the expected waits (`estimates/expect.py`). It decides nothing: a gateway tells
the customer, who may as well wait on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.actions.steer import GIVEN
from router.core.admission import refusal
from router.core.effects import Advice, SteerTo
from router.core.estimates.expect import expected_wait_us
from router.core.routes.routed import Routed
from router.core.routes.steering import NOBODY_NEEDED, SteerTally, Taken
from router.terms import MILLISECOND_US

if TYPE_CHECKING:
    from router.core.entities import Contact
    from router.core.line import Line
    from router.core.queue import Queue
    from router.core.routes.settings import Steer
    from router.core.world import World


def advise(
    world: World, tenant: str, line: Line, ahead: int, customer: str | None, routed: Routed | None
) -> SteerTo | None:
    """What fits better than waiting in `line` behind `ahead` others: the first cell that is for this customer, business
    and channel, and wins at least its gain in expected wait. None where there is none, or a wait is not known."""
    channel = line.needs.channel
    segment = routed.segment if routed is not None else ""
    business = routed.business if routed is not None else None
    if routed is not None and routed.test:
        return None
    given = line.queue.settings.laid.steers
    for cell in (*given, *world.routing.steering.cells.get(tenant, ())):
        if not _is_for(cell, segment, business, channel):
            continue
        here_us = expected_wait_us(world, line, ahead)
        if cell in given and not cell.gain_least_us:
            # Decided for everybody, whatever it gains: only who would not be let in there is not sent.
            if _wait_there_us(world, tenant, cell, customer, known=False) is None:
                continue
            _tally(world, tenant, cell).advised += 1
            return SteerTo(cell.name, cell.to, 0, (here_us or 0) // MILLISECOND_US, cell.queue)
        if here_us is None:
            return None
        there_us = _wait_there_us(world, tenant, cell, customer)
        if there_us is None or here_us - there_us < max(1, cell.gain_least_us):
            continue
        _tally(world, tenant, cell).advised += 1
        gain_us = here_us - there_us
        return SteerTo(cell.name, cell.to, gain_us // MILLISECOND_US, here_us // MILLISECOND_US, cell.queue)
    return None


def _is_for(cell: Steer, segment: str, business: str | None, channel: str) -> bool:
    """Does the cell speak of this customer, business and channel?"""
    return (
        channel != cell.to
        and (not cell.segments or segment in cell.segments)
        and (not cell.business or business in cell.business)
        and (not cell.channels or channel in cell.channels)
    )


def _tally(world: World, tenant: str, cell: Steer) -> SteerTally:
    return world.routing.steering.tallies.setdefault((tenant, cell.name), SteerTally())


def steered(world: World, queue: Queue) -> bool:
    """Is there any advice that contacts of the queue might get?"""
    return bool(queue.settings.laid.steers or world.routing.steering.cells)


def advise_now(world: World, contact: Contact) -> None:
    """A decision of this moment advises those who wait: their gateway is told, once."""
    if contact.state == "waiting" and contact.peer.open and contact.queue.settings.laid.steers:
        found = advise_contact(world, contact)
        if found is not None and found.steer.startswith(GIVEN):
            world.tell(contact.peer, Advice(contact.id, found))


def _wait_there_us(world: World, tenant: str, cell: Steer, customer: str | None, *, known: bool = True) -> int | None:
    """The expected wait by the other channel; None where it is not known (not `known`: 0 then), or the customer would
    not be let in."""
    if cell.to in NOBODY_NEEDED:
        return 0
    queue = world.queues.get((tenant, cell.queue or ""))
    there = queue.own.get(cell.to) if queue is not None else None
    if there is None or refusal(world, there, customer, None) is not None:
        return None
    wait_us = expected_wait_us(world, there, len(there.order))
    return 0 if wait_us is None and not known else wait_us


def advise_contact(world: World, contact: Contact) -> SteerTo | None:
    """The same for a contact that waits, from where it stands."""
    line, extra = contact.line, contact.extra
    if line is None or contact.state != "waiting":
        return None
    ahead = line.order.rank(contact.entry) if contact.entry is not None else len(line.order)
    routed = extra.route if extra is not None else None
    return advise(world, contact.peer.tenant, line, ahead, contact.customer, routed)


def took(world: World, tenant: str, steer: str, customer: str | None, channel: str) -> bool:
    """A customer took the advice of a cell: count it, and remember them. False where there is no such cell."""
    steering = world.routing.steering
    tally = steering.tallies.get((tenant, steer))
    if tally is None:
        return False
    tally.taken += 1
    if customer is not None:
        steering.taken.pop((tenant, customer), None)
        steering.taken[tenant, customer] = Taken(steer, channel, world.now_us + world.settings.steer_window_us)
        if len(steering.taken) > world.settings.limits.steered_max:
            del steering.taken[next(iter(steering.taken))]
    return True


def came(world: World, tenant: str, customer: str, channel: str) -> None:
    """A customer arrives: by the channel that they had been steered away from, within the window?"""
    steering = world.routing.steering
    taken = steering.taken.get((tenant, customer))
    if taken is None or (world.now_us <= taken.until_us and taken.channel != channel):
        return
    del steering.taken[tenant, customer]
    if world.now_us <= taken.until_us:
        steering.tallies[tenant, taken.steer].came_back += 1
