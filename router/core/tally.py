"""What a queue and the engine count, as plain numbers: the metrics and `status` read them. Nothing decides by them,
but for the expected wait (`expect.py`): what goes by that may differ after a start.

Every count of an ended contact is made in one place, from the contact itself, at the moment when its record is written:
so that the counters and the records always agree. Definitions: `docs/figures.md`.
"""

from __future__ import annotations

from bisect import bisect_left

from msgspec import Struct, field

from router.terms import SECOND_US

WAIT_BOUNDS_S: tuple[float, ...] = (1, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
"""Upper bounds of the wait histograms: the common service-level targets are among them."""
REACTION_BOUNDS_S: tuple[float, ...] = (0.001, 0.01, 0.1, 0.5, 1, 5, 20, 60)
"""Upper bounds, in core time, of arrival to offer and agent free to offer."""

_WAIT_BOUNDS_US = tuple(int(bound * SECOND_US) for bound in WAIT_BOUNDS_S)
_REACTION_BOUNDS_US = tuple(int(bound * SECOND_US) for bound in REACTION_BOUNDS_S)


class Histogram(Struct, eq=False, gc=False):
    """Counts by upper bound (the last is everything above), and the sum in microseconds."""

    buckets: list[int]
    sum_us: int = 0

    @property
    def count(self) -> int:
        """How many values it has seen."""
        return sum(self.buckets)


def wait_histogram() -> Histogram:
    """An empty histogram over `WAIT_BOUNDS_S`."""
    return Histogram([0] * (len(WAIT_BOUNDS_S) + 1))


def reaction_histogram() -> Histogram:
    """An empty histogram over `REACTION_BOUNDS_S`."""
    return Histogram([0] * (len(REACTION_BOUNDS_S) + 1))


def add_wait(histogram: Histogram, wait_us: int) -> None:
    """Count one wait."""
    histogram.buckets[bisect_left(_WAIT_BOUNDS_US, wait_us)] += 1
    histogram.sum_us += wait_us


def add_reaction(histogram: Histogram, took_us: int) -> None:
    """Count one reaction."""
    histogram.buckets[bisect_left(_REACTION_BOUNDS_US, took_us)] += 1
    histogram.sum_us += took_us


class CallbackTally(Struct, eq=False, gc=False):
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


class TicketTally(Struct, eq=False, gc=False):
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


class QueueTally(Struct, eq=False, gc=False):
    """One queue since the engine's start."""

    arrived: int
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
    answered_in_target: int = 0
    counted: int = 0
    """Denominator of the service level: answered, and abandoned after `short_abandon_s`."""
    elsewhere: int = 0
    """Places here of contacts that waited in several queues, and were served, or left, in another one."""
    offers: int = 0
    missed: int = 0
    talk_us: int = 0
    hold_us: int = 0
    wrap_up_us: int = 0
    legs: int = 0
    """Legs that are wholly over: denominator of the mean handle time."""
    replied_in_target: int = 0
    reply_counted: int = 0
    """Denominator of the service level at first reply: replied, and over without a reply."""
    callbacks: CallbackTally | None = None
    tickets: TicketTally = field(default_factory=TicketTally)
    customers_known: int = 0
    """Contacts let in whose customer is known: denominator of the repeat rate."""
    customers_left_out: int = 0
    """Contacts of ids that come too often to be a customer's."""
    repeats: dict[str, int] = {}
    """Repeats by business type; none given: empty."""
    first_contacts_known: int = 0
    """Served contacts of which it is known whether the customer came again: that of first-contact resolution."""
    first_contacts_resolved: int = 0
    announced: dict[tuple[str, str], int] = {}
    """(kind, what became of it) -> announcements: played, skipped or unanswered."""
    promises: dict[str, int] = {}
    """First waits that were promised, by whether they were kept, broken, or the customer left within them."""
    raised: int = 0
    """Promises that were told anew because they could not be kept."""
    keys_pressed: dict[str, int] = {}
    """Keys pressed, by what they do."""


def queue_tally() -> QueueTally:
    """Nothing counted yet."""
    return QueueTally(0, {}, {}, wait_histogram(), wait_histogram(), reaction_histogram(), wait_histogram())


class SegmentTally(Struct, eq=False, gc=False):
    """One segment of customers over all queues since the engine's start."""

    answered: int = 0
    answered_in_target: int = 0
    abandoned: int = 0
    counted: int = 0
    """Denominator of its service level."""
    answered_wait_us: int = 0
    overdue: int = 0
    """Answered or ended after more than its tolerance."""


class Tally(Struct, eq=False, gc=False):
    """The engine as a whole, since its start."""

    refused: dict[str, int]
    """Contacts that a row of the routes did not let in, by row."""
    accepted: int = 0
    """Contacts taken in."""
    ended: int = 0
    commands: int = 0
    violations: int = 0
    repaired: dict[str, int] = {}
    """What stuck and was set free, by the state it was in."""
    reservations: dict[str, int] = {}
    """Reservations made, and how each ended."""
    withheld: dict[str, int] = {}
    """How often somebody free and able was given nothing on purpose, by why."""
    notices_delivered: int = 0
    notices_lost: int = 0
    """Given up: by the webhook's answer, after all tries, or because too many waited."""
    wrong_tokens: int = 0
    """Place tokens that were shown and are none, or none any more."""


def callback_tally(tally: QueueTally) -> CallbackTally:
    """What the queue counts of its call-backs."""
    if tally.callbacks is None:
        tally.callbacks = CallbackTally(wait_histogram(), {})
    return tally.callbacks
