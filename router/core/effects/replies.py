"""The answers to requests, each with what it is made of."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from router.core.effects.base import Reply
from router.core.effects.rota import MissingStatus
from router.terms import AgentStateName, BackoffWhy, ContactStateName, RefusedWhy


class Ok(Reply, tag="ok"):
    """Done, and kept as the declared durability says."""


class Already(Reply, tag="already"):
    """This number was applied before; its outcome is no longer remembered. Without effect."""


class Error(Reply, tag="error"):
    """Refused, nothing was changed. `re` is 0 where the request's number could not be read."""

    code: str
    detail: str = ""
    fault: str = "client"
    closes: bool = False
    remedy: str = ""


class Busy(Reply, tag="busy"):
    """Not now: a limit is reached, or the store is away. Send it again after `retry_ms`."""

    retry_ms: int
    what: str = ""


class SteerTo(Struct, omit_defaults=True, gc=False):
    """Another channel that fits this customer and their business better now."""

    steer: str
    """The cell of the matrix: named again when the customer takes it."""
    to: str
    """`self_service`, `callback`, or a channel."""
    gain_ms: int
    """How much sooner they are served, as expected now."""
    wait_ms: int
    """The expected wait where they are."""
    queue: str | None = None
    """Where the other channel is served."""


class Queued(Reply, tag="queued"):
    """The contact is in: kept, and in its line."""

    contact: str
    durability: str | None = None
    """Only where it is less than what welcome declared."""
    queue: str | None = None
    """The queue that it is in, where that is not the one asked for."""
    route: str | None = None
    segment: str | None = None
    token: str | None = None
    """Its place token, where the queue gives them: whoever shows it takes the place back."""
    callback: str | None = None
    """The customer has this call-back open in the queue: `take_place` takes its place, else both go on."""
    steer: SteerTo | None = None
    """Another channel that fits better now, if there is one."""
    repeat: int = 0
    """How often this customer was served about the same shortly before."""
    queues: tuple[str, ...] = ()
    """The further queues that it waits in: of those asked for, the ones that have let it in."""


class Treatment(Struct, omit_defaults=True, gc=False):
    """What configuration wants done with a contact that is not let in, or can no longer be served."""

    do: Literal["refuse", "message", "queue", "voicemail", "callback"] = "refuse"
    to: str = ""
    """The message id, queue or mailbox."""


class RefusedEntry(Reply, tag="refused"):
    """The entry checks did not let the contact in; it is not kept. `treatment` says what to do with it."""

    why: RefusedWhy
    treatment: Treatment
    opens_in_ms: int | None = None
    """Where it is closed: how long until somebody is let in again, as far as is known."""


class Probed(Reply, tag="probed"):
    """It would be let in: contacts ahead of it now, and able agents free and staffed."""

    ahead: int
    free: int
    staffed: int
    queue: str | None = None
    """The queue that would take it, where that is not the one asked for."""
    route: str | None = None
    segment: str | None = None
    steer: SteerTo | None = None
    """Another channel that fits better now, if there is one."""
    queues: tuple[str, ...] = ()
    """The further queues, of those asked for, that would let it in too."""


class PlaceIn(Struct, omit_defaults=True, gc=False):
    """A place in a further queue."""

    queue: str
    position: int
    """1 is the head of the line there."""
    line_length: int
    """Who stands in that line."""


class PositionReply(Reply, tag="position"):
    """Standing in the line: 1 is the head. 0 where it does not stand in a line now (offered, connected)."""

    contact: str
    state: ContactStateName
    position: int
    waited_ms: int
    line_length: int
    places: list[PlaceIn] = field(default_factory=list)
    """Where it stands in further queues, as they were named."""


class EstimateStatus(Struct, omit_defaults=True, gc=False):
    """How good the estimated waits of a queue on a channel are, judged by the waits that contacts had, or would have
    had."""

    channel: str
    judged: int = 0
    """Contacts judged, ever."""
    bias_ms: int = 0
    """Mean of estimated less real wait, over the last 2,000; the others too."""
    error: float | None = None
    """Mean of the error's size over the wait, for waits of at least 1 s (MAPE)."""
    near: float = 0.0
    """Share within 25 % or 30 s of the wait."""
    covered: float = 0.0
    """Share of waits within p10 to p90: 0.8 is right."""
    promise_kept: float = 0.0
    """Share of waits no longer than p90 rounded up as it would be told."""


class QueueStatus(Struct, omit_defaults=True, gc=False):
    """One queue, now and since the start of the engine."""

    queue: str
    waiting: int = 0
    held: int = 0
    offered: int = 0
    connected: int = 0
    wrapping: int = 0
    oldest_wait_ms: int = 0
    """The longest wait of those who stand in its lines. Who rings (`offered`) or stands beside the line (`held`, or for
    one agent by name) is not among them, and comes back with the whole wait."""
    staffed: int = 0
    free: int = 0
    arrived: int = 0
    answered: int = 0
    abandoned: int = 0
    refused: int = 0
    parked: int = 0
    """Contacts that wait for their customer."""
    first_reply_level: float | None = None
    """Share of written conversations replied to within target, by the agent's first message."""
    first_reply_ms: int | None = None
    """Mean wait for the agent's first message."""
    service_level: float | None = None
    """Share answered within target as `docs/figures.md` defines it; none where nothing has happened yet."""
    asa_ms: int | None = None
    repeats: int = 0
    """Contacts of customers who were served about the same shortly before."""
    repeat_rate: float | None = None
    """Those of all whose customer is known; none where nobody is."""
    first_contact_resolution: float | None = None
    """Share of the served that were not followed by a repeat, of those that can be judged; none where none can."""
    closed_by: Literal["hand", "setting", "calendar", "last_admission"] | None = None
    """What keeps contacts out now; none: it is open (e-mail and tickets come in whatever the calendar says)."""
    changes_in_ms: int | None = None
    """How long it stays open, or closed; none where nobody knows, or for ever."""
    callbacks: int = 0
    """Open call-backs: waiting, or being dialled."""
    estimates: list[EstimateStatus] = []
    """By channel, where any estimate was judged yet."""
    beside: int = 0
    """Places here of contacts that are counted in another of the queues that they wait in."""
    elsewhere: int = 0
    """Those that were taken, or ended, in another of their queues: neither answered nor abandoned here."""


class SteerStatus(Struct, omit_defaults=True, gc=False):
    """One cell of the matrix, since the start of the engine."""

    steer: str
    advised: int = 0
    """Told to a gateway."""
    taken: int = 0
    """Taken by a customer, as far as gateways said so."""
    came_back: int = 0
    """Took it, and came by the old channel all the same within the window."""


class Steering(Reply, tag="steering"):
    """Another channel that fits better now; none where waiting is as good, or an estimate is not known."""

    contact: str
    steer: SteerTo | None = None


class SegmentStatus(Struct, omit_defaults=True, gc=False):
    """One segment of customers over all queues, since the start of the engine."""

    segment: str
    answered: int = 0
    abandoned: int = 0
    service_level: float | None = None
    """Against the segment's own target where it has one; none where nothing has happened yet."""
    asa_ms: int | None = None
    overdue: int = 0
    """Answered, or gone, after more than the segment's tolerance."""


class StatusReply(Reply, tag="status"):
    """How things stand."""

    queues: list[QueueStatus]
    agents: dict[str, int]
    contacts: int
    epoch: int
    version: int
    violations: int
    durability: str = ""
    segments: list[SegmentStatus] = field(default_factory=list)
    """Every segment of the tenant's customers."""
    steers: list[SteerStatus] = field(default_factory=list)
    """Every cell of the tenant's matrix."""
    refused_by_route: dict[str, int] = field(default_factory=dict)
    """Row of the routes -> contacts that it did not let in."""
    pending: str = ""
    """A configuration lies ready that is not in force, in words."""
    missing: list[MissingStatus] = field(default_factory=list)
    """Who should be at work by the roster and is signed out or on a break, the longest first; at most 500."""
    missing_more: int = 0
    """How many more are missing."""


class AgentStatus(Struct, omit_defaults=True, gc=False):
    """One agent. `busy` says what the units are used for."""

    agent: str
    team: str
    state: AgentStateName
    reason: str = ""
    since_ms: int = 0
    units: int = 0
    capacity: int = 0
    offered: int = 0
    connected: int = 0
    wrapping: int = 0
    outside: int = 0
    backoff_after: BackoffWhy | None = None
    """Why they are given no offers now."""
    backoff_ms: int = 0
    """For how long still."""
    wanted: int = 0
    """Contacts that wait for them by name: their own queue."""
    next_state: str = ""
    """What follows as soon as they are no longer engaged: `not_ready`, `offline`, or nothing."""
    by_hand: dict[str, int] = {}
    """Levels laid by hand over those of the configuration (`set_skills`); 0: taken away."""
    lent_by: list[str] = []
    """The rules and plans that lend them: `plan storm`."""
    barred: list[str] = []
    """Queues that have had their share of the agent's time: they are offered nothing of them."""


class AgentsReply(Reply, tag="agents"):
    """A page of agents by name; `more` where another page follows after the last name."""

    agents: list[AgentStatus]
    more: bool = False


class AuditEntry(Struct, omit_defaults=True, gc=False):
    """What one person did by hand."""

    number: int
    utc_s: int
    who: str
    why: str
    what: str
    """The request."""
    target: str
    """Whom or what it was about: an agent, a queue, a contact as gateway/id."""
    client: str = ""
    """The connection that it came over."""
    before: dict[str, str] = {}
    """What stood before, as far as the request changes it."""
    after: dict[str, str] = {}
    """What stood after it."""
    epoch: int = 0
    version: int = 0


class AuditReply(Reply, tag="audit"):
    """A page of what people did by hand; `more` where another page follows after the number `last`."""

    entries: list[AuditEntry]
    last: int
    more: bool = False


class Synced(Reply, tag="synced"):
    """The end of the `state` frames. `lost` contacts were known here and not listed, and are ended now."""

    contacts: int
    endpoints: int
    lost: int


class Picked(Reply, tag="picked"):
    """The agent has it: accepted, and about to be connected."""

    contact: str
    gateway: str
    offer: str
