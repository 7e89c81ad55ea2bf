"""What is pushed to clients without being asked for, and the list after sync_end."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from router.core.effects.base import Message
from router.core.effects.replies import Treatment
from router.terms import (
    AgentStateName,
    BackoffWhy,
    CancelReason,
    ContactStateName,
    Data,
    ListenMode,
    OfferStateName,
    Outcome,
)


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
    number: str | None = None
    """The number to dial, where it is a call-back that an agent sees before the customer is dialled."""
    due_ms: int | None = None
    """A ticket: time left until it is due, or its node's limit where that is sooner; 0: it has passed."""
    repeat: int = 0
    """How often this customer was served about the same shortly before."""


class OfferCancelled(Message, tag="offer_cancelled"):
    """Stop ringing, or joining them; the offer is over."""

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
    """To the agent's side: the talk is over. `wrap_up_ms`: none (0), a time, or none given: until `ready`. To the
    contact's gateway too, where the agent's side has ended it: unless it `goes_on` there is nothing left to `end`."""

    offer: str
    contact: str
    agent: str
    wrap_up_ms: int | None = 0
    goes_on: bool = False
    """The visit goes on without this agent: with others in a conference, or it waits again."""


class ParkedEvent(Message, tag="parked"):
    """To the contact's gateway and the agent's side: the contact is parked, by somebody else or by itself, and the
    agent is free of it. It is given up after `most_ms`."""

    offer: str
    contact: str
    agent: str
    most_ms: int
    """How long it is kept, from now."""


class Confirm(Message, tag="confirm"):
    """To a gateway with the feature `confirm`: do these contacts still talk? It answers with `alive`; a contact that it
    does not name within `within_ms` is ended, and its agent is free."""

    contacts: list[str]
    """Contacts of this gateway that talk, as far as the engine knows."""
    within_ms: int
    """How long the answer may take."""


class AgentState(Message, tag="agent_state"):
    """To the agent's gateway and desk: the engine changed the agent's state (miss, end of a pending change), or gives
    them no offers for a while; or a supervisor changed their state or skills (`by`)."""

    agent: str
    state: AgentStateName
    reason: str = ""
    backoff_after: BackoffWhy | None = None
    """What they did with an offer: no other is given to them for `backoff_ms`; or `breather`, after too much work."""
    backoff_ms: int = 0
    """How long, unless they say `ready`. A client that was away hears it again, with what is left; where it does not,
    it is over."""
    next_state: str = ""
    """What follows as soon as they are no longer engaged: `not_ready`, `offline`, or nothing."""
    by: str = ""
    """The supervisor, or the rule or plan; empty: the engine itself."""
    why: str = ""
    skills: dict[str, int] | None = None
    """Those in force from now on, where the agent was lent or given back."""


class Displaced(Message, tag="displaced"):
    """To the old desk or gateway: the agent has signed in elsewhere."""

    agent: str
    by: str


class Treat(Message, tag="treat"):
    """To the contact's gateway: the contact can't be served any longer where it waits (`why`), nor in a queue that
    configuration names instead; it is ended here, and this is what configuration wants done with it."""

    contact: str
    why: Literal[
        "nobody", "waited_too_long", "held_too_long", "closed", "parked_too_long", "callback_expired", "key",
        "emptied",
    ]  # fmt: skip
    treatment: Treatment
    opens_in_ms: int | None = None
    """Where it is closed: how long until it opens again, as far as is known."""


class Moved(Message, tag="moved"):
    """To the contact's gateway: it waits in another queue now, with its age kept, because its first one could not
    serve it any longer (`why`). Or a supervisor has put it there (`by`, `move_contact`), or has taken it from the agent
    with whom it talked, back into its queue (`pull_contact`): the customer waits again."""

    contact: str
    queue: str
    why: str
    by: str = ""


class PlaceGone(Message, tag="place_gone"):
    """To the contact's gateway: of the several queues that it waits in this one can't serve it any longer (`why`), is
    not configured any more, or does not serve its new channel. It waits on in the others; the last one would have
    treated or moved it."""

    contact: str
    queue: str
    why: Literal["nobody", "waited_too_long", "closed", "removed", "channel", "emptied"]
    left: tuple[str, ...]
    """The queues that it waits in now, as they were named."""


class Ended(Message, tag="ended"):
    """To the contact's gateway: a supervisor has ended the visit; hang up."""

    contact: str
    by: str
    why: str


class Listen(Message, tag="listen"):
    """To the contact's gateway: let this address hear the talk until one of them is over. Known there already, it goes
    on in this mode."""

    contact: str
    endpoint: str
    by: str
    why: str
    mode: ListenMode = "listen"
    """Who hears that address: `listen`, nobody; `whisper`, the agents; `barge`, everybody."""


class ConsultOver(Message, tag="consult_over"):
    """To the contact's gateway: this consult has ended, however that came. Where the customer's contact is still
    connected to the first agent, they are off hold."""

    contact: str
    """The customer's."""
    consult: str


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
    queues: tuple[str, ...] = ()
    """The further queues that it waits in."""


class State(Message, tag="state"):
    """After sync_end: the whole present state of what this gateway owns and serves, in pieces. To a desk after its
    welcome, where its agents have live offers or talks."""

    contacts: list[ContactState] = field(default_factory=list)
    offers: list[OfferState] = field(default_factory=list)


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
    queues: tuple[str, ...] = ()
    """The further queues in which it has a place."""
