"""Lines and needs: who waits together, and what an agent must meet to take them.

A line holds the contacts of one queue with the same needs, channel, target class and strict class. Their order never
changes while they wait, so only heads of lines are ever compared; a rule that changes boost or target writes one
number, whatever the line's length.

    urgency = boost + (now - key) / target        key = entered - head start (microseconds)

`now`, and what a contact entered at, are core time; in a line whose waiting counts open hours only, they are the open
time of its calendar. A line has one clock, so that the order of keys never changes, whatever the clock does.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec.msgpack import Encoder

from router.core.native import mypyc_attr
from router.core.needs.want import Want
from router.core.order import Order
from router.core.talks.consulting import asks_itself
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.doors.hours import Hours
    from router.core.entities import Agent, Contact
    from router.core.layers.keep import Keep
    from router.core.needs.course import Course, State, Way
    from router.core.queue import Queue
    from router.core.roster import Pool, Profile
    from router.core.ruling.watched import QueueView

Entry: TypeAlias = "tuple[int, int, Contact]"
"""(key_us, number, contact): a place. Where the newest comes first both numbers are negative (`Line.place`)."""

NeedsKey: TypeAlias = tuple[str, str, Want]
"""(tenant, channel, what is asked of the agent)."""


_encode = Encoder().encode


@final
@mypyc_attr(acyclic=True)
class Needs:
    """Interned needs: one object for all lines that ask the same, and the index to the profiles that meet it."""

    key: NeedsKey
    profiles: list[Profile]
    """Every profile of signed-in agents that meets it."""
    ready: dict[Profile, Pool]
    """Those of them with somebody free for the channel."""
    levels: dict[Profile, int]
    """How good each of them is at it."""
    preferred: dict[Profile, int] | None = None
    """Who of them comes first (0) and last; None where nobody is preferred."""
    lines: list[Line]
    staffed: int = 0
    """Signed-in agents who meet it."""
    free: int = 0
    """Agents who are free for it; counted only where `crews` are told, or some of them are `kept`."""
    free_from: float
    """While so many are, and fewer than `free_below`, that is no matter to any of `crews`. Nothing lies between the
    two: they are told each time."""
    free_below: float
    crews: tuple[QueueView, ...] = ()
    """What rules watch of who could serve."""
    kept: tuple[Keep, ...] = ()
    """Queues that keep agents idle who meet it."""
    awaited: int = 0
    """Lines of it that wait for the moment when nobody who meets it is free."""

    def __init__(self, key: NeedsKey) -> None:
        self.key = key
        self.free_from, self.free_below = inf, -inf
        self.profiles = []
        self.ready = {}
        self.levels = {}
        self.lines = []

    @property
    def channel(self) -> str:
        """The channel that these needs are for."""
        return self.key[1]

    @property
    def rank(self) -> tuple[str, str, bytes]:
        """An order of needs that a start does not change."""
        return (*self.key[:2], _encode(self.key[2]))

    @property
    def want(self) -> Want:
        """What is asked of the agent."""
        return self.key[2]


@final
@mypyc_attr(acyclic=True)
class Line:
    """One line of a queue. `per_us` = 1 / target, so that urgency costs one multiplication."""

    queue: Queue
    needs: Needs
    contact_class: int
    order: Order[Entry]
    course: Course
    state: State = ()
    own_target: str = ""
    """The target class of its contacts themselves (their segment's); empty: the queue's."""
    target_class: str = ""
    boost: float = 0.0
    per_us: float = 0.0
    members: int = 0
    """Contacts that belong here: standing, beside the line, or offered; the line lives while there are any."""
    pending: bool = False
    """Some step of its contacts waits on its condition."""
    newest: bool = False
    """Last come, first served: its places are sorted by the latest arrival."""
    aged: bool = True
    """Has nobody here waited for longer than since their key? Not so where the newest comes first, nor of tickets,
    which stand by when they are due."""
    ringing: Order[Entry] | None = None
    """Those of its contacts who ring at fewer agents than `ring_several` allows; None: there was none yet."""
    reserve_us: int = 0
    """Its first contact waits so long before an agent is reserved for it; 0: none ever is."""
    clock: Hours | None = None
    """The calendar whose open time counts here; None: core time does."""
    virtual: Order[Entry] | None = None
    """Virtual holds: call-backs that are dialled when their turn is about to come."""
    version: int = 0
    """The settings that it was made by, where its queue has others by now and its contacts are about to leave it."""
    dialling: int = 0
    """Call-backs of this line that are being dialled for an agent who is about to be free."""

    def __init__(self, queue: Queue, needs: Needs, contact_class: int, order: Order[Entry], course: Course) -> None:
        self.queue, self.needs, self.contact_class, self.order, self.course = queue, needs, contact_class, order, course

    @property
    def key(self) -> tuple[Way, State]:
        """What tells the lines of its queue apart."""
        return self.course.way, self.state

    def time(self, now_us: int) -> int:
        """The time by which those who wait here are counted: open time, where the line has a calendar."""
        return now_us if self.clock is None else self.clock.now(now_us)

    def urgency(self, key_us: int, now_us: int) -> float:
        """Urgency of a place with this key: 1.0 when its target has passed, without boost."""
        if self.clock is not None:
            now_us = self.clock.now(now_us)
        return self.boost + (now_us - key_us) * self.per_us

    def urgency_of(self, entry: Entry, now_us: int) -> float:
        """Urgency of the contact that has this place: where the newest comes first its key is not the place's."""
        return self.urgency(entry[2].key_us if self.newest else entry[0], now_us)

    def place(self, contact: Contact) -> Entry:
        """The contact's place here. The newest first: by the latest arrival, where a head start makes it later; of two
        at the same moment the second."""
        if self.newest:
            return (-(contact.key_us + 2 * contact.priority_s * SECOND_US), -contact.number, contact)
        return (contact.key_us, contact.number, contact)


def passed_over(contact: Contact, agent: Agent, now_us: int) -> bool:
    """Is `agent` passed over for `contact` after a miss? Not once `miss_hold_s` is over, or they said `ready` since,
    or while nobody else able is signed in (a contact that is direct to them waits the hold out, and a failed device is
    left alone for a moment all the same)."""
    missed = contact.missed
    if missed is None:
        return False
    if contact.extra is not None and asks_itself(contact, agent.name):
        return True
    at_us = missed.get(agent.name)
    if at_us is None:
        return False
    line = contact.line
    return (
        now_us < at_us + contact.queue.settings.miss_hold_us
        and agent.made_ready_us <= at_us
        and (contact.direct is not None or line is None or line.needs.staffed > 1 or now_us < contact.retry_us)
    )


def first_for(order: Order[Entry], agent: Agent, now_us: int) -> Entry | None:
    """The first place of `order` that `agent` may take: contacts that they missed are passed over, and so are those
    whose gateway takes no offers now (until the gateway's loss has been worked through, they still stand there)."""
    entry = order.first
    if entry is None:
        return None
    contact = entry[2]
    if contact.missed is None and contact.peer.open:
        return entry
    for entry in order:
        contact = entry[2]
        if contact.peer.open and not passed_over(contact, agent, now_us):
            return entry
    return None
