"""Entry into several queues at once: which ones, and which of them let the contact in."""

from __future__ import annotations

from router.core.admission import Hop, drop_if_empty, follow, refusal, treatment_for
from router.core.callbacks.book import CHANNEL as CALLBACK
from router.core.commands import AliveContact, Enqueue, Estimate, Probe
from router.core.entities import Agent, Peer
from router.core.line import Line
from router.core.needs.asked import Asked
from router.core.queue import Queue
from router.core.routes.routed import Decision
from router.core.tickets.ticket import TICKET
from router.core.world import World
from router.errors import Refused
from router.terms import RefusedWhy

ONE_ONLY = (CALLBACK, TICKET)
"""Channels whose contacts have a place that is promised, or a path of their own."""


def find_queue(world: World, peer: Peer, name: str | None, channel: str) -> Queue:
    """The tenant's queue of that name, serving that channel. Raises `Refused`."""
    queue = world.queues.get((peer.tenant, name or ""))
    if queue is None or queue.retired:
        raise Refused("unknown_queue", name or "")
    if channel not in queue.settings.channels:
        raise Refused("unknown_channel", channel)
    return queue


def is_there(world: World, peer: Peer, name: str) -> bool:
    """Does the configuration have this queue?"""
    queue = world.queues.get((peer.tenant, name))
    return queue is not None and not queue.retired


def further(
    world: World, peer: Peer, first: Queue, asked: Enqueue | Probe | Estimate | AliveContact, decision: Decision | None
) -> list[Queue]:
    """The further queues that it wants to wait in beside the first, each once: those of its row that serve its
    channel, then its own. Raises `Refused`."""
    found: list[Queue] = []
    for name in decision.queues if decision is not None and asked.channel not in ONE_ONLY else ():
        known = world.queues.get((peer.tenant, name))
        if known is not None and not known.retired and asked.channel in known.settings.channels and known is not first:
            found.append(known)
    own = None if isinstance(asked, Estimate) else asked.queues
    if own and asked.channel in ONE_ONLY:
        raise Refused("one_queue_only", asked.channel)
    for name in own or ():
        if isinstance(asked, AliveContact) and not is_there(world, peer, name):
            continue  # Taken out of the configuration meanwhile: it lives on in the others.
        queue = find_queue(world, peer, name, asked.channel)
        if queue is not first and queue not in found:
            found.append(queue)
    most = world.settings.limits.queues_per_contact_max
    if len(found) >= most:
        raise Refused("too_many_queues", f"{1 + len(found)}, at most {most}")
    return found


def find_lines(
    world: World,
    queues: list[Queue],
    asked: Enqueue | Probe | Estimate,
    needs: Asked,
    decision: Decision | None,
    agent: Agent | None,
    *,
    takes_place: bool = False,
) -> tuple[list[Line], list[Hop]]:
    """The lines that let the contact in, of those of these queues that do, and the queues that do not. Only where none
    does are treatments followed: those of the first. It counts nothing. `takes_place`: of another visit, so that it
    makes no queue longer than it was."""
    contact_class, own_target = None, ""
    if decision is not None:
        contact_class, own_target = decision.contact_class, decision.own_target
    lines: list[Line] = []
    hops: list[Hop] = []
    for queue in queues:
        why: RefusedWhy | None
        try:
            line = world.line(queue, asked.channel, needs, contact_class, own_target, asked.language)
        except Refused:
            if len(queues) == 1:
                raise
            why = "full"  # No room for another kind of needs there.
        else:
            why = refusal(world, line, asked.customer, agent)
            if why is None or (why == "full" and takes_place):
                lines.append(line)
                continue
            drop_if_empty(world, line)
        hops.append((queue, why, treatment_for(queue, why)))
    if lines:
        return lines, hops
    first, first_why, treatment = hops[0]
    found, along = follow(
        world, first, asked.channel, needs, asked.customer, first_why, treatment, contact_class, own_target,
        asked.language,
    )  # fmt: skip
    asked_there = [hop[0] for hop in along]
    return [found] if found is not None else [], [hop for hop in hops if hop[0] not in asked_there] + along
