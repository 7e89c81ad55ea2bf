"""The rows that each queue has: contacts, waits, service level, work.

Everything is read from the queue's tally and counts at one moment, so the figures of one queue agree with
each other within a text. What the words mean: `docs/figures.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from router.core.doors.doors import closed_by
from router.core.handlers.questions import top_urgency
from router.core.oldest import oldest_wait_us
from router.core.queue import Queue
from router.core.tally import REACTION_BOUNDS_S, WAIT_BOUNDS_S, CallbackTally, Histogram, wait_histogram
from router.core.world import World
from router.metrics.balance_rows import BALANCE_ROWS
from router.metrics.ewt_rows import EWT_ROWS
from router.metrics.rows import Row
from router.metrics.text import Distribution, Number
from router.terms import SECOND_US


class OneQueue(NamedTuple):
    """What a row of a queue reads."""

    world: World
    queue: Queue


QueueRow: TypeAlias = Row[OneQueue]

STATES: Final = (
    "waiting", "held", "offered", "connecting", "connected", "parked", "assigned", "pending", "sent", "at_partner",
    "wrapping",
)  # fmt: skip
"""The states in which a contact stays."""

ALWAYS_SHOWN: Final = ("answered", "abandoned")
"""Outcomes that are there from the start, at 0: a rate misses the first count of a series that begins."""


def _seconds(histogram: Histogram, bounds_s: tuple[float, ...]) -> Distribution:
    return Distribution(bounds_s, histogram.buckets, histogram.sum_us / SECOND_US)


def _ended(at: OneQueue) -> dict[tuple[str, ...], Number]:
    ended: dict[tuple[str, ...], Number] = {
        (channel, outcome): 0 for channel in at.queue.settings.channels for outcome in ALWAYS_SHOWN
    }
    return ended | at.queue.tally.ended


def _refused(at: OneQueue) -> dict[tuple[str, ...], Number]:
    return {(why,): count for why, count in at.queue.tally.refused.items()}


def _contacts(at: OneQueue) -> dict[tuple[str, ...], Number]:
    return {(state,): at.queue.counts[state] for state in STATES}


def _staffed(at: OneQueue) -> dict[tuple[str, ...], Number]:
    return {(channel,): line.needs.staffed for channel, line in at.queue.own.items()}


def _free(at: OneQueue) -> dict[tuple[str, ...], Number]:
    return {(channel,): sum(pool.free for pool in line.needs.ready.values()) for channel, line in at.queue.own.items()}


def _called(at: OneQueue, read: Callable[[CallbackTally], Number]) -> Number:
    """A count of its call-backs; 0 where it has had none."""
    tally = at.queue.tally.callbacks
    return 0 if tally is None else read(tally)


def _call_failed(at: OneQueue) -> dict[tuple[str, ...], Number]:
    tally = at.queue.tally.callbacks
    return {} if tally is None else {(result,): count for result, count in tally.failed.items()}


def _until_called(at: OneQueue) -> Distribution:
    tally = at.queue.tally.callbacks
    return _seconds(tally.until_called if tally is not None else wait_histogram(), WAIT_BOUNDS_S)


def _counter(name: str, read: Callable[[OneQueue], Number], help_text: str) -> QueueRow:
    return Row(f"switchboard_{name}_total", "counter", help_text, read)


QUEUE_ROWS: Final[tuple[QueueRow, ...]] = (
    _counter(
        "arrived_contacts",
        lambda at: at.queue.tally.arrived,
        "Contacts let into the queue, by arrival or transfer.",
    ),
    _counter(
        "elsewhere_contacts",
        lambda at: at.queue.tally.elsewhere,
        "Contacts that waited here and in other queues, and were served, or left, in another one.",
    ),
    Row(
        "switchboard_beside_contacts",
        "gauge",
        "Contacts that wait here too, and are counted in another of their queues.",
        lambda at: float(at.queue.beside),
    ),
    Row(
        "switchboard_refused_contacts_total",
        "counter",
        "Contacts turned away by an entry check, by why.",
        _refused,
        ("why",),
        "4: the entry checks",
    ),
    Row(
        "switchboard_ended_contacts_total",
        "counter",
        "Visits that are over in this queue, by channel and outcome; a transfer ends a visit as answered.",
        _ended,
        ("channel", "outcome"),
        "channels of the queue x 12 outcomes",
    ),
    Row(
        "switchboard_queue_contacts",
        "gauge",
        "Live contacts by state.",
        _contacts,
        ("state",),
        f"{len(STATES)}: the states of a live contact",
    ),
    Row(
        "switchboard_queue_open",
        "gauge",
        "1 while contacts are let in; 0 while it is closed by hand, by its settings or by its calendar, or lets nobody "
        "in any more because it closes soon.",
        lambda at: float(closed_by(at.world, at.queue) is None),
    ),
    Row(
        "switchboard_oldest_wait_seconds",
        "gauge",
        "Longest wait of those who stand in a line, neither ringing nor held; 0 where nobody does.",
        lambda at: oldest_wait_us(at.world, at.queue) / SECOND_US,
    ),
    Row(
        "switchboard_urgency_ratio",
        "gauge",
        "Highest urgency of those at the head of a line: boost + (wait + head start) / target. With load below "
        "capacity no able agent takes less urgent ones first, so a value that keeps growing is the alarm for "
        "starvation.",
        lambda at: top_urgency(at.world, at.queue),
    ),
    Row(
        "switchboard_staffed_agents",
        "gauge",
        "Agents signed in who meet the queue's own needs, by channel.",
        _staffed,
        ("channel",),
        "channels of the queue",
    ),
    Row(
        "switchboard_free_agents",
        "gauge",
        "Those of them who could take a contact now, by channel.",
        _free,
        ("channel",),
        "channels of the queue",
    ),
    Row(
        "switchboard_queue_lines",
        "gauge",
        "Lines: contacts with the same needs and class.",
        lambda at: len(at.queue.lines),
    ),
    Row(
        "switchboard_answered_wait_seconds",
        "histogram",
        "Waits of those who were answered, counted when talk begins; sum over count is the speed of answer.",
        lambda at: _seconds(at.queue.tally.answered_wait, WAIT_BOUNDS_S),
    ),
    Row(
        "switchboard_abandoned_wait_seconds",
        "histogram",
        "Waits of those who abandoned, in an offer too.",
        lambda at: _seconds(at.queue.tally.abandoned_wait, WAIT_BOUNDS_S),
    ),
    Row(
        "switchboard_arrival_to_offer_seconds",
        "histogram",
        "From the beginning of the wait to each offer made, in core time.",
        lambda at: _seconds(at.queue.tally.to_offer, REACTION_BOUNDS_S),
    ),
    Row(
        "switchboard_service_target_seconds",
        "gauge",
        "The service level's target.",
        lambda at: at.queue.settings.target_us / SECOND_US,
    ),
    _counter(
        "answered_in_target_contacts",
        lambda at: at.queue.tally.answered_in_target,
        "Answered within the target: the service level's numerator.",
    ),
    _counter(
        "service_level_contacts",
        lambda at: at.queue.tally.counted,
        "Answered, or abandoned after short_abandon_s: the service level's denominator.",
    ),
    Row(
        "switchboard_first_reply_seconds",
        "histogram",
        "From the beginning of the wait to the first message of an agent, where activity is reported.",
        lambda at: _seconds(at.queue.tally.first_reply, WAIT_BOUNDS_S),
    ),
    _counter(
        "replied_in_target_contacts",
        lambda at: at.queue.tally.replied_in_target,
        "First replies within the target: the numerator of the service level at first reply.",
    ),
    _counter(
        "first_reply_level_contacts",
        lambda at: at.queue.tally.reply_counted,
        "First replies, and conversations that are over without one: the denominator.",
    ),
    _counter("offers", lambda at: at.queue.tally.offers, "Offers made."),
    _counter("missed_offers", lambda at: at.queue.tally.missed, "Offers that came back: rejected or not answered."),
    Row(
        "switchboard_repeat_contacts_total",
        "counter",
        "Contacts of customers who were served about the same shortly before, by business type (none given: empty).",
        lambda at: {(business,): count for business, count in at.queue.tally.repeats.items()},
        ("business",),
        "business types in use",
    ),
    _counter(
        "customer_contacts",
        lambda at: at.queue.tally.customers_known,
        "Contacts whose customer is known: the repeat rate's denominator.",
    ),
    _counter(
        "left_out_customer_contacts",
        lambda at: at.queue.tally.customers_left_out,
        "Contacts of ids that come too often to be a customer's.",
    ),
    _counter(
        "judged_first_contacts",
        lambda at: at.queue.tally.first_contacts_known,
        "Served contacts of which it is known whether the customer came again.",
    ),
    _counter(
        "resolved_first_contacts",
        lambda at: at.queue.tally.first_contacts_resolved,
        "Those that were resolved: first-contact resolution is their share.",
    ),
    _counter("legs", lambda at: at.queue.tally.legs, "Legs that are wholly over: the mean handle time's divisor."),
    _counter("talk_seconds", lambda at: at.queue.tally.talk_us / SECOND_US, "Talk of those legs, hold not counted."),
    _counter("hold_seconds", lambda at: at.queue.tally.hold_us / SECOND_US, "Hold of those legs."),
    _counter("wrap_up_seconds", lambda at: at.queue.tally.wrap_up_us / SECOND_US, "Wrap-up of those legs."),
    Row(
        "switchboard_open_callbacks",
        "gauge",
        "Open call-backs: waiting, or being dialled.",
        lambda at: len(at.queue.callbacks),
    ),
    Row(
        "switchboard_announcements_total",
        "counter",
        "Announcements to those who wait, by kind and what became of them; `unanswered`: the gateway never said.",
        lambda at: {(kind, outcome): count for (kind, outcome), count in at.queue.tally.announced.items()},
        ("kind", "outcome"),
        "8 kinds x 3 outcomes",
    ),
    Row(
        "switchboard_announced_promises_total",
        "counter",
        "First waits that were announced, by whether they were kept, were broken, or the customer left within them.",
        lambda at: {(outcome,): count for outcome, count in at.queue.tally.promises.items()},
        ("outcome",),
        "3: kept, broken, left",
    ),
    _counter("raised_promises", lambda at: at.queue.tally.raised, "Announced waits that were told anew, and longer."),
    Row(
        "switchboard_pressed_keys_total",
        "counter",
        "Keys that customers pressed while they waited, by what they do.",
        lambda at: {(does,): count for does, count in at.queue.tally.keys_pressed.items()},
        ("does",),
        "5: callback, leave, queue, message, voicemail",
    ),
    *EWT_ROWS,
    *BALANCE_ROWS,
    _counter("requested_callbacks", lambda at: _called(at, lambda tally: tally.requested), "Call-backs asked for."),
    _counter("dialled_callbacks", lambda at: _called(at, lambda tally: tally.dialled), "Tries to reach the customer."),
    _counter(
        "reached_callbacks",
        lambda at: _called(at, lambda tally: tally.reached),
        "Tries that did: from then on the customer waits on the line and counts like a caller.",
    ),
    Row(
        "switchboard_failed_dials_total",
        "counter",
        "Tries that did not, by result.",
        _call_failed,
        ("result",),
        "3: no_answer, busy, failed",
    ),
    _counter(
        "expired_callbacks",
        lambda at: _called(at, lambda tally: tally.expired),
        "Call-backs given up: tries or time used up, or a number that may not be dialled any more.",
    ),
    Row(
        "switchboard_until_called_seconds",
        "histogram",
        "From when a call-back was asked for, or due, until the customer answered.",
        _until_called,
    ),
    _counter(
        "resolved_tickets",
        lambda at: at.queue.tally.tickets.resolved,
        "Tickets resolved by those who work this queue.",
    ),
    _counter("ticket_hops", lambda at: at.queue.tally.tickets.hops, "Tickets that came to it along their path."),
    _counter(
        "ticket_stays",
        lambda at: at.queue.tally.tickets.stays,
        "Stays of tickets in its nodes that are over: the mean time in node's divisor.",
    ),
    _counter(
        "ticket_stay_seconds",
        lambda at: at.queue.tally.tickets.clock_us / SECOND_US,
        "Time of those stays by the clocks of their nodes: open hours, not while a clock stood still.",
    ),
    _counter("pended_tickets", lambda at: at.queue.tally.tickets.pended, "Tickets put off for somebody, or a date."),
    _counter("warned_tickets", lambda at: at.queue.tally.tickets.warned, "Warnings before the limit of a node."),
    _counter("escalated_tickets", lambda at: at.queue.tally.tickets.escalated, "Limits of nodes that were reached."),
    _counter("overdue_tickets", lambda at: at.queue.tally.tickets.overdue, "Tickets whose due time passed."),
    _counter("reopened_tickets", lambda at: at.queue.tally.tickets.reopened, "Solved tickets that were not."),
)
