"""The live things that every call runs through: peers, contacts, offers, agents, endpoints, and what is remembered of
the ended.

They hold state and nothing else; whoever changes one marks it in `world.changed`. Run-time links (a contact's line, an
agent's profile) are built from the stored fields when a world starts: `stored/records.py` says which fields are stored.
None is tracked by the cycle collector: what leaves the world is unlinked by hand (`world.forget_*`). Compiled, a field
is read in one move, and a number takes no memory of its own: that is why these are no msgspec types (decision 0016).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, final

from router.core.entity import named
from router.core.native import mypyc_attr
from router.core.needs.asked import NOTHING, Asked
from router.core.needs.want import Traits
from router.terms import AgentStateName, BackoffWhy

if TYPE_CHECKING:
    from router.core.effects import Reply
    from router.core.extra import Extra, KeptPlace
    from router.core.layers.loans import Grant
    from router.core.layers.sheet import Sheet
    from router.core.line import Entry, Line
    from router.core.order import Order
    from router.core.owned import Reckoning
    from router.core.queue import Queue
    from router.core.roster import Pool, PoolEntry, Profile
    from router.core.talks.leg import Leg


@mypyc_attr(acyclic=True)
class Live:
    """Equal only to itself."""

    def __repr__(self) -> str:
        return named(self)


@final
@mypyc_attr(acyclic=True)
class Peer(Live):
    """A client by name: the gateway, desk, supervisor or monitor `key` = tenant/name."""

    key: str
    tenant: str
    name: str
    number: int
    role: str = "gateway"
    instance: str = ""
    last_seq: int = 0
    live: bool = False
    """We listen to it."""
    synced: bool = False
    """Its list of what is alive is whole."""
    draining: bool = False
    open: bool = False
    """Offers may touch it: live, synced, not draining, not suspended."""
    reports_ringing: bool = False
    reports_connecting: bool = True
    dials: bool = False
    """It can dial a number: call-backs are its work."""
    confirms: bool = False
    """It answers `confirm`."""
    sends: bool = False
    """It can connect a customer with a partner."""
    away_since_us: int = 0
    gone: bool = False
    """It stayed away beyond the grace time: nothing waits for it, and it is remembered for its numbers only."""
    sync_round: int = 0
    failures: int = 0
    """Offers in a row that failed by the fault of its devices or media."""
    failed_agent: str = ""
    """The agent of the first of them; `failed_several` once another one joined."""
    failed_several: bool = False
    suspended_until_us: int = 0
    chore: str = ""
    """Work on all that it owns that is done in slices: `shut`, `open` or `close`."""
    reach: int = 0
    """What it owns with a number up to this takes part: contacts stand in lines, agents in pools. `EVERYTHING` when it
    is open, 0 when it is shut; a chore under way moves it up or down."""
    due_us: int = 0
    due_number: int = 0
    reckoning: Reckoning | None = None
    """Its list is whole, and not gone through to the end; `synced` comes after it."""
    # run-time
    contacts: dict[str, Contact]
    endpoints: dict[str, Endpoint]
    ended: dict[str, Tombstone]
    todo: list[Contact | Endpoint | Offer]
    """What the chore, or the reckoning, has still to do, last first."""
    todo_numbers: list[int]
    """Their numbers at the time when they were listed."""
    outcomes: deque[Reply] | None = None  # the last replies, for numbers that come again

    def __init__(self, key: str, tenant: str, name: str, number: int) -> None:
        self.key, self.tenant, self.name, self.number = key, tenant, name, number
        self.contacts = {}
        self.endpoints = {}
        self.ended = {}
        self.todo, self.todo_numbers = [], []

    def takes(self, contact: Contact) -> bool:
        """Does this contact of its own take part? What outlives its grace time does not, while the rest is closed."""
        return contact.number <= self.reach and self.chore != "close"

    def awaited(self) -> bool:
        """Is it away, or not through with its list, and is its grace time still running? Or are we not?"""
        return self.reckoning is not None or (self.due_us != 0 and not self.gone and not (self.live and self.synced))


@final
@mypyc_attr(acyclic=True)
class Contact(Live):
    """One visit that needs an agent."""

    id: str
    peer: Peer
    queue: Queue
    channel: str
    number: int
    """Drawn on arrival; breaks ties of order."""
    arrived_us: int
    """When this visit began here."""
    entered_us: int
    """When its wait counts from: now - entered_us is the time waited in queues."""
    key_us: int
    """Its key in the line: entered_us less the head start."""
    digest: int
    """Of the enqueue's body, to tell a repetition from a conflict."""
    state: str = "new"
    priority_s: int = 0
    needs: Asked
    """Its own needs, beyond the queue's, and how they give way."""
    customer: str | None = None
    link: str | None = None
    language: str | None = None
    preferred: str | None = None
    preferred_until_us: int = 0
    direct: str | None = None
    held_until_us: int = 0
    hold_began_us: int = 0
    """Connected and on hold since; 0: not on hold."""
    data: dict[str, str] | None = None
    missed: dict[str, int] | None = None
    """Agents who missed it, and when: passed over for it for a while."""
    retry_us: int = 0
    """After a failure that was nobody's miss: not tried again before, also where there is only one agent."""
    waited_us: int = 0
    """Time waited in queues, fixed when it was answered."""
    offers: list[Offer]
    """Live offers and legs (a leg in wrap-up may outlive a transfer)."""
    legs: list[Leg]
    """What is over, as the contact's record will show it."""
    outcome: str | None = None
    ended_by: str = ""
    left_us: int = 0
    """When the visit was over."""
    codes: tuple[str, ...] = ()
    resolved: str = "unknown"
    sync_round: int = 0
    extra: Extra | None = None
    due_us: int = 0
    due_number: int = 0
    # run-time
    line: Line | None = None
    entry: Entry | None = None
    standing: Order[Entry] | None = None
    """The order that it stands in now: its line's, that of the agent whom it waits for, or of the virtual holds."""
    stand_ins: list[Contact] | None = None
    """Its places in further queues, each held by a stand-in; None: it waits in one queue (`places/several.py`)."""
    main: Contact | None = None
    """This is no contact but a stand-in: it holds a place of that one in another queue."""

    def __init__(
        self,
        its_id: str,
        peer: Peer,
        queue: Queue,
        channel: str,
        number: int,
        arrived_us: int,
        entered_us: int,
        key_us: int,
        digest: int,
    ) -> None:
        self.id, self.peer, self.queue, self.channel, self.number = its_id, peer, queue, channel, number
        self.arrived_us, self.entered_us, self.key_us, self.digest = arrived_us, entered_us, key_us, digest
        self.needs = NOTHING
        self.offers = []
        self.legs = []


@final
@mypyc_attr(acyclic=True)
class Offer(Live):
    """A contact reserved for an agent; once accepted, the leg of the visit with that agent."""

    id: str
    number: int
    contact: Contact
    queue: Queue
    """The queue that it was made for: after a transfer the contact has another one."""
    agent: Agent
    endpoint: str
    """Address and, apart, gateway: they outlive the endpoint's attachment."""
    endpoint_peer: Peer
    channel: str
    units: int
    made_us: int
    ring_us: int
    version: int
    """Configuration version of the decision."""
    state: str = "new"
    rang: bool = False
    accepted_us: int = 0
    connected_us: int = 0
    talk_over_us: int = 0
    held_us: int = 0
    wrap_up_most_us: int = 0
    """The latest end of wrap-up that extensions may reach (core time)."""
    left_us: int = -1
    """Remaining time of a deadline that stands still while a gateway is away; -1: none."""
    due_us: int = 0
    due_number: int = 0
    asked: bool = False
    """Its lease is over, and its gateway was asked whether it still talks."""

    def __init__(
        self,
        its_id: str,
        number: int,
        contact: Contact,
        queue: Queue,
        agent: Agent,
        endpoint: str,
        endpoint_peer: Peer,
        channel: str,
        units: int,
        made_us: int,
        ring_us: int,
        version: int,
    ) -> None:
        self.id, self.number, self.contact, self.queue, self.agent = its_id, number, contact, queue, agent
        self.endpoint, self.endpoint_peer, self.channel = endpoint, endpoint_peer, channel
        self.units, self.made_us, self.ring_us, self.version = units, made_us, ring_us, version


@final
@mypyc_attr(acyclic=True)
class Backoff(Live):
    """An agent is given no offers until its deadline; recorded with the agent."""

    agent: Agent
    why: BackoffWhy
    """What they did last; or `breather`, after too much work."""
    due_us: int = 0
    due_number: int = 0

    def __init__(self, agent: Agent, why: BackoffWhy) -> None:
        self.agent, self.why = agent, why


@final
@mypyc_attr(acyclic=True)
class Agent(Live):
    """A person. Exists from configuration or from a record; `offline` until signed in."""

    name: str
    tenant: str
    number: int
    state: AgentStateName = "offline"
    reason: str = ""
    since_us: int = 0
    next_state: str = ""
    """`not_ready` or `offline`, to be taken when no longer engaged."""
    next_reason: str = ""
    session: str = ""
    """Key of the peer where they are signed in."""
    signed_in_us: int = 0
    free_since_us: int = 0
    made_ready_us: int = 0
    """Last time that they said `ready`: misses before it are forgiven."""
    last_offer: int = 0
    """Number of the last offer made to them."""
    worked_us: int = 0
    """Capacity-weighted work of legs and outside work that are over, since sign-in."""
    busy_ppm: int = 0
    """Millionths of the signed-in time that were worked, as of when they last came free."""
    misses: dict[str, int]
    """Channel -> misses in a row."""
    reserved_for: str = ""
    by_hand: dict[str, int]
    """Levels that a supervisor laid over those of the configuration; 0: taken away."""
    skills_us: int = 0
    """When that, or by a reload what they can do, was changed last: what was offered before goes by what was before."""
    lent: dict[str, int]
    """Key of the layer that lends them -> since when."""
    moves_us: tuple[int, ...] = ()
    """When they were lent, the last hour."""
    sheets: dict[str, Sheet]
    """How they spent their time, as far as rules and plans go by it."""
    barred: tuple[str, ...] = ()
    """Queues that have had their share of it."""
    due_us: int = 0
    due_number: int = 0
    backoff: Backoff | None = None
    """While it runs they are given no offers."""
    # run-time
    retired: bool = False
    """No longer in the settings: signed out as soon as nothing is left to do."""
    team: str = ""
    configured: tuple[tuple[str, int], ...] = ()
    """Skills as the configuration has them."""
    grants: dict[str, Grant]
    """What the loans by which they are lent do to their skills."""
    skills: tuple[tuple[str, int], ...] = ()
    """Those in force: the configuration's with loans and what was laid over them by hand."""
    languages: tuple[tuple[str, int], ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    capacity: int = 100
    most_at_once: dict[str, int] | None = None
    """Channel -> contacts at a time, where that is not the channel's own limit."""
    used: int = 0
    """Units of live offers, legs and outside work."""
    offers: dict[int, Offer]
    endpoints: dict[str, Endpoint]
    profile: Profile | None = None
    places: dict[str, tuple[Pool, list[PoolEntry]]]
    """Channel -> pool, and entries in its orders, where they stand free."""
    wanted: dict[Line, Order[Entry]] | None = None
    """Contacts that wait for this agent by name, by the line to which they belong: only heads are compared. Those that
    are empty go when another line comes."""

    def __init__(self, name: str, tenant: str, number: int) -> None:
        self.name, self.tenant, self.number = name, tenant, number
        self.misses, self.by_hand, self.lent, self.sheets = {}, {}, {}, {}
        self.grants, self.offers, self.endpoints, self.places = {}, {}, {}, {}

    @property
    def traits(self) -> Traits:
        """What needs may ask for."""
        return Traits(self.skills, self.languages, self.attributes, self.team)


@final
@mypyc_attr(acyclic=True)
class Endpoint(Live):
    """A device of a gateway that serves an agent."""

    address: str
    peer: Peer
    agent: Agent
    number: int
    channels: tuple[str, ...]
    outside: str = ""
    outside_units: int = 0
    outside_since_us: int = 0
    sync_round: int = 0

    def __init__(self, address: str, peer: Peer, agent: Agent, number: int, channels: tuple[str, ...]) -> None:
        self.address, self.peer, self.agent, self.number, self.channels = address, peer, agent, number, channels


@final
@mypyc_attr(acyclic=True)
class Tombstone(Live):
    """What is remembered of an ended contact: no id lives twice, and `complete` may still add to its record."""

    id: str
    peer: Peer
    digest: int
    outcome: str
    queue: str
    number: int
    ended_us: int
    waited_us: int = 0
    codes: tuple[str, ...] = ()
    resolved: str = "unknown"
    agent: str = ""
    """Who served it last, and so may still add to its record."""
    customer: str | None = None
    """The customer's digest, where something is remembered of them."""
    due_us: int = 0
    due_number: int = 0
    place: KeptPlace | None = None
    """Of one who was cut off and has a token."""

    def __init__(
        self, its_id: str, peer: Peer, digest: int, outcome: str, queue: str, number: int, ended_us: int
    ) -> None:
        self.id, self.peer, self.digest, self.outcome, self.queue = its_id, peer, digest, outcome, queue
        self.number, self.ended_us = number, ended_us
