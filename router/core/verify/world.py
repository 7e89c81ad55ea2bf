"""What must hold in a world, checked from outside: the invariants of the design and the indices that speed rests on.

`verify` looks at everything at once and is for tests and replays. `Verifier` is for a running engine: after each step
it looks at what the step has touched and at a slice of the rest, so its cost has a bound. Checks count again what the
engine keeps counted; none of them asks the code that it checks. They change nothing and must not be asked in the middle
of a step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeAlias

from msgspec import Struct

from router.core import states
from router.core.customers.customer import Customer
from router.core.doors.door import Door
from router.core.doors.hours import Hours
from router.core.entities import Agent, Backoff, Contact, Endpoint, Offer, Peer, Tombstone
from router.core.entity import EVERYTHING
from router.core.estimates.state import Estimates
from router.core.layers.layer import Layer
from router.core.layers.plan import ActivePlan
from router.core.line import Line, Needs
from router.core.living import every_entity, is_there
from router.core.match.balance import Balance
from router.core.overflow import overflows_at_us
from router.core.partners.partner import Partner
from router.core.queue import Queue
from router.core.roster import Profile
from router.core.rota import check_rota
from router.core.ruling.ruled import RuleState
from router.core.ruling.watched import FlowView, HoursView, QueueView
from router.core.verify import rules as verify_rules
from router.core.verify.agents import check_agent, check_endpoint, check_needs, check_profile, is_idle_for
from router.core.verify.announcements import check_heard
from router.core.verify.balance import check_balance, check_shares
from router.core.verify.callbacks import check_books, check_callback, check_tombstone, holds, is_hold
from router.core.verify.consults import check_consult, several_at_once
from router.core.verify.customers import check_customer, check_customers
from router.core.verify.estimates import check_estimates
from router.core.verify.hours import check_contact, check_door, check_hours
from router.core.verify.kept import check_kept, check_sheets
from router.core.verify.layers import check_layer, check_layers, check_loans, check_plan, check_queue
from router.core.verify.needs import check_course, check_line, meets
from router.core.verify.partners import check_away, check_partner, check_partners
from router.core.verify.ringing import check_backoff, place_in, ringing_place
from router.core.verify.several import check_beside, check_several, every_place
from router.core.verify.tickets import check_lists, check_ticket
from router.core.world import World
from router.terms import MILLISECOND_US

LATE_MOST_US = 100 * MILLISECOND_US
"""An offer ends within its time and so much more (I7)."""
IN_LINE = ("held", "waiting", "offered", "connecting", "sent")
LIVE_LEG = {"offered": "offered", "connecting": "connecting", "connected": "connected"}
"""State of a contact -> state of its one live offer; in other states it has none."""
TIMED = ("offered", "connecting", "wrap_up")
"""States of an offer that end by themselves."""
LEASED = "connected"
"""That which may: a talk of a gateway that is asked now and then."""
HEADS = 8
"""Places at the head of each line that an agent is compared with."""
SLICE = 16
"""Entities a step that `Verifier` looks at beside what was touched."""
TOUCHED_MOST = 32
"""Entities a step that it looks at because they were touched: a step that touches more is seen by later slices."""


WHOLE = (
    check_books,
    check_lists,
    check_layers,
    check_loans,
    check_beside,
    check_kept,
    check_partners,
    check_sheets,
    check_shares,
    verify_rules.check_rules,
)
"""What looks at all of a kind."""


class Violation(Struct, frozen=True):
    """What does not hold: the invariant's id (or `index`), and which entity shows it how."""

    invariant: str
    what: str


Faults: TypeAlias = Iterator[Violation]


def verify(world: World) -> list[Violation]:
    """Everything."""
    found: list[Violation] = []
    for entity in every_entity(world):
        found.extend(check(world, entity))
    found.extend(_whole(world))
    return found


def check(world: World, entity: Any) -> Faults:
    """One entity: it and its direct surroundings."""
    checks = _CHECKS.get(type(entity))
    if checks is not None:
        yield from (Violation(invariant, what) for invariant, what in checks(world, entity))


class Verifier:
    """Checks a running world step by step."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rest: Iterator[Any] = iter(())

    def step(self) -> list[Violation]:
        """After a step: what it touched, and a slice of the rest."""
        world = self._world
        found: list[Violation] = []
        for entity in islice(reversed(world.changed), TOUCHED_MOST):
            if is_there(world, entity):
                found.extend(check(world, entity))
        left = SLICE
        while left > 0:
            entity = next(self._rest, None)
            if entity is None:
                found.extend(_sums(world))
                self._rest = every_entity(world)
                break
            # Needs and profiles are compared with one another: one of them is a slice.
            left -= SLICE if isinstance(entity, Needs | Profile) else 1
            if is_there(world, entity):
                found.extend(check(world, entity))
        return found


# -- the whole ----------------------------------------------------------------------------------------------------


def _sums(world: World) -> Faults:
    """Sums that are kept beside what they sum up."""
    tally, contacts = world.tally, sum(len(peer.contacts) for peer in world.peers.values())
    if not world.live == contacts == tally.accepted - tally.ended:
        what = f"{tally.accepted} accepted, {tally.ended} ended, {world.live} live, {contacts} found"
        yield Violation("I1", what)
    counted = sum(sum(queue.counts.values()) for queue in world.queues.values())
    if counted != contacts:
        yield Violation("I1", f"{counted} counted by state, {contacts} found")
    legs = sum(len(agent.offers) for agent in world.agents.values())
    if legs != len(world.offers):
        yield Violation("index", f"{len(world.offers)} offers, {legs} with agents")
    if world.loose_agents or world.loose_contacts:
        yield Violation("I10", "somebody is loose between steps")


def _whole(world: World) -> Faults:
    """What can only be seen by looking at all of a kind."""
    yield from _sums(world)
    yield from _counts(world)
    yield from (Violation(invariant, what) for checks in WHOLE for invariant, what in checks(world))
    yield from (Violation(*found) for checks in (check_customers, check_rota) for found in checks(world))
    timed = sum(1 for entity in every_entity(world) if getattr(entity, "due_us", 0) and type(entity) is not Tombstone)
    if len(world.deadlines) != timed:
        yield Violation("index", f"{len(world.deadlines)} deadlines kept, {timed} entities have one")
    for number, peer in world.chores.items():
        if not (peer.chore or peer.reckoning is not None) or peer.number != number:
            yield Violation("index", f"peer {peer.key} is listed for a chore that it has not")
    members = Counter(agent.profile.key for agent in world.agents.values() if agent.profile is not None)
    if (kept := {key: profile.agents for key, profile in world.roster.profiles.items()}) != members:
        yield Violation("index", f"profiles count {kept}, found {dict(members)}")
    if world.chores or world.unmet or world.closing or world.crossing is not None or world.roster.easing:
        return
    stood = [entry[2] for order in _orders(world) for entry in order]
    for agent in world.agents.values():
        for contact in stood if agent.state == "available" and agent.backoff is None else ():
            if is_idle_for(world, agent, contact):
                yield Violation("I10", f"agent {agent.name} is free and contact {contact.peer.key}/{contact.id} waits")


def _counts(world: World) -> Faults:
    """Contacts by queue and state, and those who stand, counted again."""
    contacts = [contact for peer in world.peers.values() for contact in peer.contacts.values()]
    for queue in world.queues.values():
        counts = dict.fromkeys(states.CONTACT, 0)
        for contact in [each for each in contacts if each.queue is queue]:
            counts[contact.state] += 1
        if counts != queue.counts:
            yield Violation("I1", f"queue {queue.name} counts {queue.counts}, found {counts}")
    places = every_place(contacts)
    members = Counter(place.line for place in places if place.line is not None)
    for queue in world.queues.values():
        for line in queue.lines.values():
            if line.members != members.pop(line, 0):
                yield Violation("index", f"line {queue.name} {line.needs.key} counts {line.members}")
        for course in queue.courses.values():
            yield from (Violation(invariant, what) for invariant, what in check_course(course))
        if queue.reserved != sum(course.reserve for course in queue.courses.values()):
            yield Violation("index", f"queue {queue.name} has reserved {queue.reserved} lines")
    if members:
        yield Violation("index", f"{sum(members.values())} contacts are in lines that are not there")
    standing = Counter(place for place in places if place.standing is not None)
    if standing != Counter(entry[2] for order in (*_orders(world), *holds(world)) for entry in order):
        yield Violation("I1", f"{len(standing)} contacts stand, and orders hold others")


def _orders(world: World) -> Iterator[Any]:
    for queue in world.queues.values():
        for line in queue.lines.values():
            yield line.order
            if line.ringing is not None:
                yield line.ringing
    for agent in world.agents.values():
        yield from (agent.wanted or {}).values()


# -- one by one ---------------------------------------------------------------------------------------------------

Found: TypeAlias = Iterator[tuple[str, str]]


def _contact(world: World, contact: Contact) -> Found:
    name = f"contact {contact.peer.key}/{contact.id} {contact.state}"
    if contact.state not in states.CONTACT or contact.state in ("new", "ended"):
        yield "I1", f"{name}: no state for a live contact"
    if contact.id in contact.peer.ended:
        yield "I1", f"{name}: has a tombstone too"
    live = [offer.state for offer in contact.offers if offer.state != "wrap_up"]
    expected = LIVE_LEG.get(contact.state)
    if live != ([] if expected is None else [expected]) and not several_at_once(contact):
        yield "I3", f"{name}: live offers {live}"
    if contact.state == "wrapping" and not contact.offers:
        yield "I1", f"{name}: nobody works on it"
    if (contact.line is not None) != (contact.state in IN_LINE):
        yield "index", f"{name}: line {contact.line is not None}"
    if contact.due_us and (contact.state == "wrapping" or not world.deadlines.holds(contact)):
        yield "L2", f"{name}: deadline {contact.due_us} is not kept"
    if contact.state in ("held", "parked") and contact.peer.open and not contact.peer.chore and not contact.due_us:
        yield "L2", f"{name}: held without a limit"
    yield from _place(world, contact, name)
    yield from check_contact(world, contact)
    yield from check_several(contact, name)
    yield from check_consult(contact, name)
    yield from check_callback(world, contact, name)
    yield from check_heard(world, contact, name)
    yield from check_ticket(world, contact)
    yield from check_away(world, contact, name)
    for offer in contact.offers:
        if world.offers.get(offer.id) is not offer:
            yield "index", f"{name}: offer {offer.id} is not known"


def _place(world: World, contact: Contact, name: str) -> Found:
    """Where it stands, and that it stands there at its place (I6)."""
    stands = (contact.state == "waiting" or is_hold(contact)) and contact.peer.takes(contact)
    if contact.state == "offered":
        yield from ringing_place(contact, name)
    elif (contact.standing is not None) != stands:
        yield "I10", f"{name}: stands {not stands}, reach {contact.peer.reach}, number {contact.number}"
    line, entry = contact.line, contact.entry
    if line is None:
        return
    if entry is None or entry[:2] != place_in(line, contact) or entry[2] is not contact:
        yield "I6", f"{name}: place {entry and entry[:2]}, key {contact.key_us}, number {contact.number}"
    elif contact.standing is not None and contact.state != "offered":
        if entry not in contact.standing:
            yield "I6", f"{name}: not where it stands"
        named = contact.direct or contact.preferred
        at_us = overflows_at_us(world, contact) if contact.peer.open and not contact.peer.chore else 0
        if at_us and (not contact.due_us or contact.due_us > max(at_us, world.now_us)):
            yield "L2", f"{name}: overflows at {at_us}, looks at {contact.due_us}"
        if (contact.standing is line.order) == (named is not None or is_hold(contact)):
            yield "I6", f"{name}: waits for {named}, stands in its line {named is None}"
    if line.queue is not contact.queue:
        yield "I6", f"{name}: line of queue {line.queue.name}"


def _offer(world: World, offer: Offer) -> Found:
    name, contact, agent = f"offer {offer.id} {offer.state}", offer.contact, offer.agent
    if world.offers.get(offer.id) is not offer or agent.offers.get(offer.number) is not offer:
        yield "index", f"{name}: not found by its id or by its agent"
    if contact.offers.count(offer) != 1 or contact.peer.contacts.get(contact.id) is not contact:
        yield "I3", f"{name}: its contact {contact.id} does not have it"
    runs, waits = bool(offer.due_us), offer.left_us >= 0
    if offer.state in TIMED and runs == waits:
        yield "I7", f"{name}: deadline {offer.due_us}, left {offer.left_us}"
    # A lease outlives the gateway's promise to answer: whoever comes back without it is not asked when it runs out.
    if offer.state not in TIMED and offer.state != LEASED and (runs or waits):
        yield "I7", f"{name}: has a deadline"
    if runs and not world.deadlines.holds(offer):
        yield "I7", f"{name}: deadline {offer.due_us} is not kept"
    if runs and offer.due_us + LATE_MOST_US < world.now_us:
        yield "I7", f"{name}: due {world.now_us - offer.due_us} us ago"
    sides = (offer.endpoint_peer, contact.peer)
    if waits and not any(peer.awaited() or peer.chore for peer in sides):
        yield "I7", f"{name}: stands still, and nobody is away"
    decided_now = offer.version == world.settings.version and offer.made_us > agent.skills_us
    decided_now = decided_now and offer.made_us > contact.queue.moved_us and world.crossing is None
    line = contact.line
    if offer.state not in ("offered", "connecting") or contact.direct is not None or line is None or not decided_now:
        return
    # Whose needs give way may have been offered by those of before.
    if not line.course.streams and not meets(agent.traits, line.needs.want):
        yield "I9", f"{name}: {agent.name} does not meet {line.needs.key}"


def _peer(world: World, peer: Peer) -> Found:
    name = f"client {peer.key}"
    may_open = peer.live and peer.synced and not peer.draining and not peer.suspended_until_us
    if peer.open != (may_open and peer.chore != "shut"):
        yield "index", f"{name}: open {peer.open}, may open {may_open}, chore {peer.chore!r}"
    if not peer.chore and peer.reach != (EVERYTHING if peer.open else 0):
        yield "index", f"{name}: reach {peer.reach} without a chore, open {peer.open}"
    if (peer.chore != "" or peer.reckoning is not None) != (world.chores.get(peer.number) is peer):
        yield "index", f"{name}: chore {peer.chore!r}, reckoning {peer.reckoning}, and is not listed so"
    if peer.reckoning is not None and (peer.synced or not peer.live):
        yield "index", f"{name}: a list is gone through of a client that is away, or through with it"
    if peer.due_us and not world.deadlines.holds(peer):
        yield "L2", f"{name}: deadline {peer.due_us} is not kept"
    if not peer.live and not peer.due_us and not peer.chore and (peer.contacts or peer.endpoints):
        yield "L2", f"{name}: away without a limit, owns {len(peer.contacts)} contacts"


def _agent(world: World, agent: Agent) -> Found:
    yield from check_agent(world, agent)
    if world.chores or world.unmet or world.closing or world.crossing is not None or world.roster.easing:
        # Somebody is being opened or shut in slices: who waits and who is free meet when their turn has come.
        return
    orders = list((agent.wanted or {}).values())
    for channel in agent.places:
        lines = [line for needs in agent.places[channel][0].needs for line in needs.lines]
        orders.extend(line.order for line in lines)
        orders.extend(line.ringing for line in lines if line.ringing is not None)
    for order in orders:
        for entry in islice(order, HEADS):
            if is_idle_for(world, agent, entry[2]):
                yield "I10", f"agent {agent.name} is free and contact {entry[2].peer.key}/{entry[2].id} waits"


_CHECKS: dict[type, Callable[[World, Any], Found]] = {
    Backoff: check_backoff,
    Customer: check_customer,
    Contact: _contact,
    Offer: _offer,
    Peer: _peer,
    Endpoint: check_endpoint,
    Tombstone: check_tombstone,
    Line: check_line,
    Agent: _agent,
    Hours: check_hours,
    Door: check_door,
    Needs: check_needs,
    Profile: check_profile,
    Queue: check_queue,
    Layer: check_layer,
    ActivePlan: check_plan,
    Partner: check_partner,
    Balance: check_balance,
    Estimates: check_estimates,
    QueueView: verify_rules.check_queue_view,
    FlowView: verify_rules.check_flow_view,
    HoursView: verify_rules.check_hours_view,
    RuleState: verify_rules.check_rule,
}
