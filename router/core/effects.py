"""What the engine tells its clients: replies to requests, events that are pushed, and the list after sync_end.

An effect is a pair (peer, message). Replies carry `re`, the request's `seq`; events carry none. Clients ignore fields
and events that they do not know.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from router.terms import (
    AgentStateName,
    CancelReason,
    ContactStateName,
    Data,
    OfferStateName,
    Outcome,
    RefusedWhy,
)


class Message(Struct, tag_field="t", omit_defaults=True, gc=False):
    """Anything that the engine sends."""


class Reply(Message):
    """The one answer to the request numbered `re`."""

    re: int


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


class Busy(Reply, tag="busy"):
    """Not now: a limit is reached, or the store is away. Send it again after `retry_ms`."""

    retry_ms: int
    what: str = ""


class Queued(Reply, tag="queued"):
    """The contact is in: kept, and in its line."""

    contact: str
    durability: str | None = None
    """Only where it is less than what welcome declared."""


class Treatment(Struct, omit_defaults=True, gc=False):
    """What configuration wants done with a contact that is not let in, or can no longer be served."""

    do: Literal["refuse", "message", "queue", "voicemail", "callback"] = "refuse"
    to: str = ""
    """The message id, queue or mailbox."""


class RefusedEntry(Reply, tag="refused"):
    """The entry checks did not let the contact in; it is not kept. `treatment` says what to do with it."""

    why: RefusedWhy
    treatment: Treatment


class Probed(Reply, tag="probed"):
    """It would be let in: contacts ahead of it now, and able agents free and staffed."""

    ahead: int
    free: int
    staffed: int


class PositionReply(Reply, tag="position"):
    """Standing in the line: 1 is the head. 0 where it does not stand in a line now (offered, connected)."""

    contact: str
    state: ContactStateName
    position: int
    waited_ms: int
    line_length: int


class QueueStatus(Struct, omit_defaults=True, gc=False):
    """One queue, now and since the start of the engine."""

    queue: str
    waiting: int = 0
    held: int = 0
    offered: int = 0
    connected: int = 0
    wrapping: int = 0
    oldest_wait_ms: int = 0
    staffed: int = 0
    free: int = 0
    arrived: int = 0
    answered: int = 0
    abandoned: int = 0
    refused: int = 0
    service_level: float | None = None
    """Share answered within target as `docs/figures.md` defines it; none where nothing has happened yet."""
    asa_ms: int | None = None


class StatusReply(Reply, tag="status"):
    """How things stand."""

    queues: list[QueueStatus]
    agents: dict[str, int]
    contacts: int
    epoch: int
    version: int
    violations: int
    durability: str = ""


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


class AgentsReply(Reply, tag="agents"):
    """A page of agents by name; `more` where another page follows after the last name."""

    agents: list[AgentStatus]
    more: bool = False


class Synced(Reply, tag="synced"):
    """The end of the `state` frames. `lost` contacts were known here and not listed, and are ended now."""

    contacts: int
    endpoints: int
    lost: int


# -- events -----------------------------------------------------------------------------------------------------


class Offer(Message, tag="offer"):
    """Take this contact: to the contact's gateway, the endpoint's gateway and the desk, under one id."""

    offer: str
    contact: str
    gateway: str
    """The contact's gateway."""
    queue: str
    channel: str
    agent: str
    endpoint: str
    """The address to ring."""
    endpoint_gateway: str
    ring_ms: int
    waited_ms: int
    whisper: str = ""
    data: Data | None = None
    link: str | None = None
    customer: str | None = None


class OfferCancelled(Message, tag="offer_cancelled"):
    """Stop ringing; the offer is over."""

    offer: str
    contact: str
    reason: CancelReason


class Accepted(Message, tag="accepted"):
    """To the contact's gateway: the agent takes it, join them now and say `connected` or `connect_failed`."""

    offer: str
    contact: str
    agent: str
    endpoint: str
    endpoint_gateway: str


class ConnectedEvent(Message, tag="connected"):
    """To the agent's side: customer and agent are joined."""

    offer: str
    contact: str
    agent: str


class TalkOver(Message, tag="talk_over"):
    """To the agent's side: the talk is over. `wrap_up_ms`: none (0), a time, or none given: until `ready`."""

    offer: str
    contact: str
    agent: str
    wrap_up_ms: int | None = 0


class AgentState(Message, tag="agent_state"):
    """To the agent's gateway and desk: the engine changed the agent's state (miss, end of a pending change)."""

    agent: str
    state: AgentStateName
    reason: str = ""


class Displaced(Message, tag="displaced"):
    """To the old desk or gateway: the agent has signed in elsewhere."""

    agent: str
    by: str


class Treat(Message, tag="treat"):
    """To the contact's gateway: the contact can't be served any longer where it waits (`why`); it is ended here,
    and this is what configuration wants done with it."""

    contact: str
    why: Literal["nobody", "waited_too_long", "held_too_long", "closed"]
    treatment: Treatment


class Suspended(Message, tag="suspended"):
    """To a gateway: too many offers in a row failed on it over several agents; none until it drains off and on, or
    `for_ms` has passed."""

    on: bool
    for_ms: int = 0


class OfferState(Struct, omit_defaults=True, gc=False):
    """A live offer or talk, as the engine has it."""

    offer: str
    contact: str
    gateway: str
    agent: str
    endpoint: str
    endpoint_gateway: str
    state: OfferStateName
    left_ms: int | None = None


class ContactState(Struct, omit_defaults=True, gc=False):
    """A contact of this gateway, as the engine has it."""

    contact: str
    queue: str
    state: ContactStateName
    waited_ms: int = 0


class State(Message, tag="state"):
    """After sync_end: the whole present state of what this gateway owns and serves, in pieces. To a desk after its
    welcome, where its agents have live offers or talks."""

    contacts: list[ContactState] = []
    offers: list[OfferState] = []


class AgentEvent(Message, tag="agent_event"):
    """To monitors: an agent changed. Numbered without gaps within an epoch."""

    number: int
    agent: str
    state: AgentStateName
    reason: str = ""
    units: int = 0
    at_ms: int = 0


class ContactEvent(Message, tag="contact_event"):
    """To monitors: a contact changed. Numbered without gaps within an epoch."""

    number: int
    contact: str
    gateway: str
    queue: str
    state: ContactStateName
    agent: str = ""
    outcome: Outcome | None = None
    waited_ms: int = 0
    at_ms: int = 0


REPLIES: tuple[type[Reply], ...] = (
    Ok,
    Already,
    Error,
    Busy,
    Queued,
    RefusedEntry,
    Probed,
    PositionReply,
    StatusReply,
    AgentsReply,
    Synced,
)
EVENTS: tuple[type[Message], ...] = (
    Offer,
    OfferCancelled,
    Accepted,
    ConnectedEvent,
    TalkOver,
    AgentState,
    Displaced,
    Treat,
    Suspended,
    State,
    AgentEvent,
    ContactEvent,
)
