"""What a queue and the engine count, as plain numbers: the metrics and `status` read them. Nothing decides by them,
but for the expected wait (`estimates/expect.py`): what goes by that may differ after a start.

Every count of an ended contact is made in one place, from the contact itself, at the moment when its record is written:
so that the counters and the records always agree. Definitions: `docs/figures.md`.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import final

from router.core.native import mypyc_attr
from router.terms import SECOND_US

WAIT_BOUNDS_S: tuple[float, ...] = (1, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
"""Upper bounds of the wait histograms: the common service-level targets are among them."""
REACTION_BOUNDS_S: tuple[float, ...] = (0.001, 0.01, 0.1, 0.5, 1, 5, 20, 60)
"""Upper bounds, in core time, of arrival to offer and agent free to offer."""

_WAIT_BOUNDS_US = tuple(int(bound * SECOND_US) for bound in WAIT_BOUNDS_S)
_REACTION_BOUNDS_US = tuple(int(bound * SECOND_US) for bound in REACTION_BOUNDS_S)


@final
@mypyc_attr(acyclic=True)
class Histogram:
    """Counts by upper bound (the last is everything above), and the sum in microseconds."""

    buckets: list[int]
    sum_us: int = 0

    def __init__(self, bounds: int) -> None:
        self.buckets = [0] * (bounds + 1)

    @property
    def count(self) -> int:
        """How many values it has seen."""
        return sum(self.buckets)


def wait_histogram() -> Histogram:
    """An empty histogram over `WAIT_BOUNDS_S`."""
    return Histogram(len(WAIT_BOUNDS_S))


def reaction_histogram() -> Histogram:
    """An empty histogram over `REACTION_BOUNDS_S`."""
    return Histogram(len(REACTION_BOUNDS_S))


def add_wait(histogram: Histogram, wait_us: int) -> None:
    """Count one wait."""
    histogram.buckets[bisect_left(_WAIT_BOUNDS_US, wait_us)] += 1
    histogram.sum_us += wait_us


def add_reaction(histogram: Histogram, took_us: int) -> None:
    """Count one reaction."""
    histogram.buckets[bisect_left(_REACTION_BOUNDS_US, took_us)] += 1
    histogram.sum_us += took_us


@final
@mypyc_attr(acyclic=True)
class CallbackTally:
    """The call-backs of one queue."""

    until_called: Histogram
    """From when it was asked for, or due, until the customer answered."""
    failed: dict[str, int]
    """Tries that did not reach the customer, by result."""
    requested: int = 0
    dialled: int = 0
    """Tries."""
    reached: int = 0
    expired: int = 0

    def __init__(self) -> None:
        self.until_called = wait_histogram()
        self.failed = {}


@final
@mypyc_attr(acyclic=True)
class TicketTally:
    """The tickets of one queue since the engine's start."""

    resolved: int = 0
    hops: int = 0
    """Moves into it along a path."""
    stays: int = 0
    """Stays in a node of it that are over: denominator of the mean time in node."""
    clock_us: int = 0
    """Time of those stays by the clocks of their nodes."""
    pended: int = 0
    warned: int = 0
    escalated: int = 0
    overdue: int = 0
    reopened: int = 0


@final
@mypyc_attr(acyclic=True)
class QueueTally:
    """One queue since the engine's start. What every call counts comes first: it lies together in memory."""

    arrived: int = 0
    offers: int = 0
    counted: int = 0
    """Denominator of the service level: answered, and abandoned after `short_abandon_s`."""
    answered_in_target: int = 0
    legs: int = 0
    """Legs that are wholly over: denominator of the mean handle time."""
    talk_us: int = 0
    hold_us: int = 0
    wrap_up_us: int = 0
    refused: dict[str, int]
    """Entry refusals by why."""
    ended: dict[tuple[str, str], int]
    """(channel, outcome) -> contacts whose visit is over."""
    answered_wait: Histogram
    abandoned_wait: Histogram
    to_offer: Histogram
    """Arrival (or return to the line) to offer, core time."""
    first_reply: Histogram
    """Arrival to the first message of an agent."""
    elsewhere: int = 0
    """Places here of contacts that waited in several queues, and were served, or left, in another one."""
    missed: int = 0
    replied_in_target: int = 0
    reply_counted: int = 0
    """Denominator of the service level at first reply: replied, and over without a reply."""
    callbacks: CallbackTally | None = None
    tickets: TicketTally
    customers_known: int = 0
    """Contacts let in whose customer is known: denominator of the repeat rate."""
    customers_left_out: int = 0
    """Contacts of ids that come too often to be a customer's."""
    repeats: dict[str, int]
    """Repeats by business type; none given: empty."""
    first_contacts_known: int = 0
    """Served contacts of which it is known whether the customer came again: that of first-contact resolution."""
    first_contacts_resolved: int = 0
    announced: dict[tuple[str, str], int]
    """(kind, what became of it) -> announcements: played, skipped or unanswered."""
    promises: dict[str, int]
    """First waits that were promised, by whether they were kept, broken, or the customer left within them."""
    raised: int = 0
    """Promises that were told anew because they could not be kept."""
    keys_pressed: dict[str, int]
    """Keys pressed, by what they do."""

    def __init__(self) -> None:
        self.refused, self.ended = {}, {}
        self.answered_wait, self.abandoned_wait = wait_histogram(), wait_histogram()
        self.to_offer, self.first_reply = reaction_histogram(), wait_histogram()
        self.tickets = TicketTally()
        self.repeats, self.announced, self.promises, self.keys_pressed = {}, {}, {}, {}


@final
@mypyc_attr(acyclic=True)
class Tally:
    """The engine as a whole, since its start."""

    refused: dict[str, int]
    """Contacts that a row of the routes did not let in, by row."""
    accepted: int = 0
    """Contacts taken in."""
    ended: int = 0
    commands: int = 0
    violations: int = 0
    repaired: dict[str, int]
    """What stuck and was set free, by the state it was in."""
    reservations: dict[str, int]
    """Reservations made, and how each ended."""
    withheld: dict[str, int]
    """How often somebody free and able was given nothing on purpose, by why."""
    notices_delivered: int = 0
    notices_lost: int = 0
    """Given up: by the webhook's answer, after all tries, or because too many waited."""
    wrong_tokens: int = 0
    """Place tokens that were shown and are none, or none any more."""

    def __init__(self) -> None:
        self.refused, self.repaired, self.reservations, self.withheld = {}, {}, {}, {}


def callback_tally(tally: QueueTally) -> CallbackTally:
    """What the queue counts of its call-backs."""
    if tally.callbacks is None:
        tally.callbacks = CallbackTally()
    return tally.callbacks
