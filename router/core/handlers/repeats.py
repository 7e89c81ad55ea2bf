"""What a queue, or a row, does for a customer who comes again: another queue, a head start, the agent of last time.

Asked once on the way in, between the queue that the contact names and the entry checks. Ordinary contacts, and those
without a customer, pass by with one comparison. It must not know how customers are remembered.
"""

from __future__ import annotations

from router.core.admission import drop_if_empty, refusal
from router.core.commands import Enqueue
from router.core.customers.customers import Recalled, count_arrival, recall
from router.core.customers.settings import Again
from router.core.entities import Contact, Peer
from router.core.extra import extra_of
from router.core.handlers.routing import HEAD_START_MOST_S
from router.core.needs.asked import Asked
from router.core.queue import Queue
from router.core.routes.routed import Decision
from router.core.tickets.ticket import TICKET
from router.core.world import World
from router.errors import Refused
from router.terms import SECOND_US


def recognise(
    world: World, peer: Peer, queue: Queue, command: Enqueue, needs: Asked, decision: Decision | None
) -> tuple[Recalled | None, Queue]:
    """Whether the customer comes again, and the queue for this time. A test call is nobody's."""
    customer = command.customer
    if customer is None or not world.customers or command.channel == TICKET:
        return None, queue
    if decision is not None and decision.routed is not None and decision.routed.test:
        return None, queue
    recalled = recall(world, peer.tenant, customer, command.business or queue.name, command.link)
    if recalled is None or command.agent is not None:
        return recalled, queue
    return recalled, _specialists(world, queue, recalled, command, needs, decision)


def _specialists(
    world: World, queue: Queue, recalled: Recalled, command: Enqueue, needs: Asked, decision: Decision | None
) -> Queue:
    """From the configured time on the specialists' queue, where it would let the contact in."""
    rule = rule_of(queue, decision)
    if not rule.queue or recalled.times + 1 < rule.times:
        return queue
    other = world.queues.get((queue.settings.tenant, rule.queue))
    if other is None or other.retired or command.channel not in other.settings.channels:
        return queue
    contact_class, own_target = None, ""
    if decision is not None:
        contact_class, own_target = decision.contact_class, decision.own_target
    try:
        line = world.line(other, command.channel, needs, contact_class, own_target, command.language)
    except Refused:
        return queue
    lets_in = refusal(world, line, command.customer, None) is None
    drop_if_empty(world, line)
    return other if lets_in else queue


def rule_of(queue: Queue, decision: Decision | None) -> Again:
    """What is done for who comes again: what the row says that it came by, else the queue that it asked for."""
    route = decision.route if decision is not None else None
    return queue.settings.repeat if route is None or route.repeat is None else route.repeat


def welcome(world: World, contact: Contact, rule: Again, recalled: Recalled | None, named: bool) -> None:
    """A contact of a known customer was let in and stands nowhere yet: count it, and give it what the rule gives those
    who come again. `named`: it asks for an agent by name already."""
    count_arrival(world, contact, recalled)
    if recalled is None:
        return
    extra_of(contact).repeat = recalled.times
    if rule.head_start_us:
        more_s = min(rule.head_start_us // SECOND_US, max(0, HEAD_START_MOST_S - contact.priority_s))
        contact.priority_s += more_s
        contact.key_us -= more_s * SECOND_US
    if rule.same_agent_us and recalled.agent and not named:
        contact.preferred = recalled.agent
        contact.preferred_until_us = world.now_us + rule.same_agent_us
