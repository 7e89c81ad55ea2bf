"""What the judge knows of contacts, offers, agents and gateways: only what was said to the engine and what it said.

Nothing here looks into the engine. Where a promise leaves room (when exactly a wrap-up ends), there are two views: what
is surely so, and what may still be so.
"""

from __future__ import annotations

from msgspec import Struct

from router.core import commands as ask
from router.core import settings as of
from router.core.effects import AgentEvent, AgentState, Already, Offer, Reply
from router.core.needs.want import ANYBODY, Want
from router.core.tickets.ticket import TICKET
from router.terms import MILLISECOND_US, SECOND_US, NeedsTable

SURE_STEPS = 150
SURE_US = SECOND_US
"""A gateway that has been open for so many steps and so long is surely through with being opened in slices."""
NOBODY_KNOWS_US = 10_000 * SECOND_US
"""Added to a time that stands still for as long as somebody is away."""
MOVES = {
    "new": ("waiting", "held", "parked"),
    "held": ("waiting", "held", "wrapping"),
    "waiting": ("held", "waiting", "offered", "wrapping", "connected", "sent"),
    "offered": ("connecting", "waiting", "wrapping"),
    "connecting": ("connected", "waiting", "wrapping"),
    "connected": ("wrapping", "waiting", "parked"),
    "parked": ("waiting", "wrapping"),
    "sent": ("waiting", "at_partner", "wrapping"),
    "at_partner": ("waiting", "wrapping"),
    "wrapping": ("ended",),
}
"""The life of a contact, as it is promised."""


class GatewaySeen(Struct, eq=False):
    """A client."""

    key: str
    up: bool = False
    synced: bool = False
    draining: bool = False
    suspended: bool = False
    rings: bool = False
    sends: bool = False
    """It connects customers to partners."""
    role: str = "gateway"
    changed_step: int = 0
    changed_us: int = 0
    last_seq: int = 0
    instance: str = ""
    replies: dict[int, object] = {}
    forgotten: bool = False
    """It was away for longer than its grace time and the time for which ended things are remembered."""
    said_bye: bool = False
    """It left for good, which takes its grace time away."""
    endpoints: dict[str, tuple[str, tuple[str, ...]]] = {}
    """Address -> agent and channels."""
    listed: dict[str, tuple[str, tuple[str, ...]]] = {}
    """Endpoints of the list that is being made."""
    named: set[str] = set()
    """Contacts of that list."""

    def begins_list(self) -> None:
        """It has come or gone: what it has must be heard anew."""
        self.synced = self.draining = self.suspended = False
        self.listed, self.named = {}, set()

    def hears(self, piece: ask.Sync) -> None:
        """A piece of its list is taken."""
        self.listed.update((device.endpoint, (device.agent, device.channels)) for device in piece.endpoints)
        self.named.update(alive.contact for alive in piece.contacts)

    def left_out(self, visits: dict[tuple[str, str], Visit]) -> set[str]:
        """Its list is whole: the contacts of its own that it went without. Tickets live all the same."""
        own = {visit.id for (home, _), visit in visits.items() if home == self.key and visit.state != "wrapping"}
        return {name for name in own - self.named if visits[self.key, name].channel != TICKET}

    def open(self) -> bool:
        """May offers touch it?"""
        return self.up and self.synced and not self.draining and not self.suspended

    def begins_anew(self, seq: int, reply: Reply, effects: int) -> bool:
        """Away for so long that it may be forgotten: was this number, which comes again, taken as a new one?"""
        if not self.forgotten or isinstance(reply, Already):
            return False
        return effects > 1 or reply != self.replies.get(seq)

    def surely_open(self, step: int, now_us: int) -> bool:
        """Has it been open long enough for everything of it to take part?"""
        return self.open() and step - self.changed_step > SURE_STEPS and now_us - self.changed_us > SURE_US


class Visit(Struct, eq=False):
    """A contact."""

    gateway: GatewaySeen
    id: str
    queue: of.Queue
    channel: str
    needs: Want
    """The queue's."""
    own_needs: NeedsTable | None
    """Its own, beside them."""
    priority_s: int
    entered_us: int
    """By the clock that its wait is counted by."""
    clock: str = ""
    """The calendar whose open time that is; empty: core time."""
    body: object = None
    state: str = "new"
    state_step: int = 0
    preferred: str | None = None
    preferred_until_us: int = 0
    direct: str | None = None
    direct_us: int = 0
    """Since when, if it may overflow."""
    direct_step: int = 0
    assigned: bool = False
    """`direct` is by a supervisor's hand."""
    missed: dict[str, int] = {}
    gave_back: tuple[str, int] = ("", 0)
    """Who rejected or did not answer it last, and when."""
    offer: OfferSeen | None = None
    """The one that leads; once accepted, the one that won."""
    ringing: dict[str, OfferSeen] = {}
    """Live offers that nobody has accepted yet: at most `ring_several` of the queue."""
    rung_step: int = 0
    others: list[OfferSeen] = []
    """Legs of colleagues who were asked, and have joined it."""
    asked_by: str = ""
    """The agent who asks here: it is a consult."""
    customer: Visit | None = None
    """Of a consult: about whom."""
    waited_us: int = 0
    last_agent: str = ""
    came_back: bool = False
    """From being parked, or by another channel, and not offered since."""
    own_class: int | None = None
    """Of its row of the routes."""
    own_target_us: int = 0
    """Of its segment."""
    test: bool = False
    moves: int = 0
    """How often it was sent on while it waited."""
    customer_id: str | None = None
    business: str = ""
    arrived_us: int = 0
    admitted_step: int = 0
    language: str | None = None
    own_relax: tuple[ask.RelaxStep, ...] = ()
    row_needs: Want = ANYBODY
    """What its row asks, at each of its own steps."""
    unsure: bool = False
    """Its place is not known exactly: it goes before all, or came back by a list."""
    places: list[str] = []
    """The queues that it waits in, as they were named; none: one queue."""
    kept: dict[str, tuple[str, int]] = {}
    """Queue -> clock and `entered_us` of its place there."""

    def rank(self, now_us: int, oldest_target_us: int) -> tuple[int, float]:
        """(class, urgency) as the design defines it."""
        queue = self.queue
        oldest = queue.order == "oldest"
        target_us = oldest_target_us if oldest else self.own_target_us or queue.target_us
        boost = 0.0 if oldest else queue.boost
        waited_us = now_us - self.entered_us + self.priority_s * SECOND_US
        contact_class = self.own_class if self.own_class is not None else queue.contact_class
        return contact_class, boost + waited_us / target_us

    def newest_us(self) -> int:
        """What its place goes by where the newest comes first: when it came, a head start later."""
        return self.entered_us + self.priority_s * SECOND_US


class OfferSeen(Struct, eq=False):
    """An offer, and the leg that it becomes."""

    id: str
    visit: Visit
    queue: of.Queue
    agent: str
    sides: tuple[GatewaySeen, ...]
    """The contact's gateway and the endpoint's."""
    units: int
    channel: str
    made_us: int
    ring_us: int
    state: str = "offered"
    rang_us: int = 0
    accepted_us: int = 0
    over_us: int = 0
    found: bool = False
    """Not given by the engine: a gateway said that they talk."""
    kept_until_us: int = 0
    """The engine itself was away: until a side of it comes or goes, or then, it stands still."""
    disturbed: bool = False
    """A side was away since it was made: its times are not decidable."""
    sure_until_us: int = 0
    """Wrap-up: it surely lasts until then."""
    maybe_until_us: int = 0
    """Wrap-up: it may last until then."""


class AgentSeen(Struct, eq=False):
    """An agent."""

    known: of.Agent
    levels: dict[str, int]
    by_hand: dict[str, int] = {}
    state: str = "offline"
    changed_step: int = 0
    reserved_us: int = 0
    """Reserved since."""
    leaving: bool = False
    """A break or log-out may be pending."""
    legs: dict[str, OfferSeen] = {}
    misses: dict[str, int] = {}
    """Channel -> misses in a row."""
    backoff_sure_us: int = 0
    """They surely get no offer before this time."""
    backoff_maybe_us: int = 0
    """They may get none before this time."""
    session: str = ""
    """The client where they signed in last: it is told of their breathers."""
    outside: dict[tuple[str, str], int] = {}
    """Outside work: endpoint -> units, as far as it may be."""

    def became(self, event: AgentEvent, step: int, now_us: int) -> None:
        """Their state, or only their units, are others now."""
        if event.state == "reserved" and self.state != "reserved":
            self.reserved_us = now_us
        if {self.state, event.state} == {"reserved", "available"}:
            # Held for a contact, or given back: they have said nothing themselves.
            self.state, self.changed_step = event.state, step
        elif self.state != event.state:
            self.state, self.changed_step, self.leaving = event.state, step, False
            self.misses.clear()
            self.backoff_sure_us = 0

    def paused(self, told: AgentState, now_us: int) -> None:
        """They are told that nothing is offered to them for a while. What their own answers to offers bring is worked
        out from those."""
        if told.backoff_after == "breather":
            self.backoff_maybe_us = max(self.backoff_maybe_us, now_us + told.backoff_ms * MILLISECOND_US)

    def surely(self, now_us: int) -> list[OfferSeen]:
        """What the engine has surely given."""
        return [
            leg
            for leg in self.legs.values()
            if not leg.found
            and not (leg.disturbed and leg.queue.ring_several > 1 and leg.state == "offered")
            and (leg.state != "wrap_up" or now_us < leg.sure_until_us)
        ]

    def perhaps(self, now_us: int) -> list[OfferSeen]:
        """Everything that may take capacity."""
        over = [key for key, leg in self.legs.items() if leg.state == "wrap_up" and now_us > leg.maybe_until_us]
        for key in over:
            del self.legs[key]
        return list(self.legs.values())


def is_special(visit: Visit) -> bool:
    """Does it stand in a line that its queue may have no room for?"""
    asks = visit.own_needs or visit.own_relax or visit.language
    return bool(asks or visit.own_class is not None or visit.own_target_us)


def wait_ends(settings: of.Settings, visit: Visit) -> bool:
    """May its wait in its queue come to an end by itself: by the queue's limit, or by what its segment bears?"""
    bears = any(segment.tolerance_us for segment in settings.segments)
    return bool(visit.queue.wait_most_us or (bears and "waited_too_long" in dict(visit.queue.treatments)))


def asked_for(command: object, contact: str) -> ask.Enqueue | ask.AliveContact | None:
    """What this command says of a contact that it brings, if it does."""
    if isinstance(command, ask.Enqueue) and command.contact == contact:
        return command
    if isinstance(command, ask.Sync):
        return next((alive for alive in command.contacts if alive.contact == contact), None)
    return None


def units_of(settings: of.Settings, channel: str) -> int:
    """Units of a contact of this channel."""
    return next(known.units for known in settings.channels if known.name == channel)


def body_of(command: ask.Enqueue) -> object:
    """What must be the same for an enqueue to be a repetition."""
    return (
        command.queue, command.channel, command.priority_s, command.needs, command.customer, command.link,
        command.language, command.preferred, command.agent, command.held, command.data,
        command.entry, command.tier, command.region, command.business, command.relax, command.queues,
    )  # fmt: skip


def offer_seen(offer: Offer, visit: Visit, sides: tuple[GatewaySeen, ...], units: int, now_us: int) -> OfferSeen:
    """A new offer."""
    return OfferSeen(
        offer.offer, visit, visit.queue, offer.agent, sides, units, offer.channel, now_us, offer.ring_ms * 1000
    )


def ends_early(leg: OfferSeen) -> bool:
    """May the agent end this wrap-up themselves?"""
    rule = dict(leg.queue.wrap_up).get(leg.channel)
    return rule is None or rule.early_end
