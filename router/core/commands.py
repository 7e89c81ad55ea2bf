"""What clients may tell or ask the engine: one typed message each, which is also the core's command.

Decoding a frame into one of these is validating it; the protocol page is rendered from them. Each class says in
`roles` who may send it, in `answers` which replies it can get, and in `errors` which codes, in order of precedence.
A command changes state and is numbered (`seq` rises within an `instance`); a query changes nothing.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from router.terms import (
    Channels,
    Codes,
    Data,
    DurationMs,
    EndedBy,
    Fault,
    HeadStartS,
    Id,
    LeaveReason,
    NewId,
    NotReadyReason,
    Place,
    RejectReason,
    Resolved,
    Seq,
    SkillNeeds,
    Units,
    WorkKind,
)


class Request(Struct, tag_field="t", forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Anything that gets exactly one reply, which carries the request's `seq` as `re`."""

    seq: Seq
    roles: ClassVar[tuple[str, ...]] = ("gateway",)
    answers: ClassVar[tuple[str, ...]] = ("ok",)
    errors: ClassVar[tuple[str, ...]] = ()
    numbered: ClassVar[bool] = True


class Enqueue(Request, tag="enqueue"):
    """A contact asks for an agent of a queue.

    Sent again with the same body it gets the same reply without effect; with another body, `conflict`.
    """

    contact: NewId
    queue: Id
    channel: Id = "voice"
    priority_s: HeadStartS = 0
    needs: SkillNeeds | None = None
    customer: NewId | None = None
    link: NewId | None = None
    language: Id | None = None
    preferred: Id | None = None
    """An agent to wait for, at most `preferred_most_ms`, while logged in and not on a break."""
    preferred_most_ms: DurationMs = 20_000
    agent: Id | None = None
    """Direct to this agent: nobody else takes it."""
    waited_ms: DurationMs = 0
    """Time that it has already waited in queues, before this message."""
    held: bool = False
    """It ages and keeps its place, but is not offered until `resume` or the queue's `held_most_s`."""
    data: Data | None = None
    answers = ("queued", "refused", "busy")
    errors = (
        "bad_id", "conflict", "ended", "unknown_queue", "unknown_channel", "unknown_agent", "too_many_needs",
        "data_too_large",
    )  # fmt: skip


class Probe(Request, tag="probe"):
    """Would a contact be let in? The entry checks, asked before the call is answered; changes nothing."""

    queue: Id
    channel: Id = "voice"
    needs: SkillNeeds | None = None
    customer: NewId | None = None
    agent: Id | None = None
    answers = ("probed", "refused")
    errors = ("unknown_queue", "unknown_channel", "unknown_agent", "too_many_needs")
    numbered = False


class Hold(Request, tag="hold"):
    """Waiting: stop offering the contact, keep its place. Connected: the customer is on hold (counted)."""

    contact: Id
    errors = ("unknown_contact", "bad_state")


class Resume(Request, tag="resume"):
    """Undo `hold`."""

    contact: Id
    errors = ("unknown_contact", "bad_state")


class Update(Request, tag="update"):
    """Add to a contact's data while it lives (a key given again is replaced); change its priority while it waits."""

    contact: Id
    priority_s: HeadStartS | None = None
    data: Data | None = None
    errors = ("unknown_contact", "bad_state", "data_too_large")


class Transfer(Request, tag="transfer"):
    """The talk with this agent is over and the visit goes on: to a queue, or direct to an agent of a queue."""

    contact: Id
    queue: Id
    agent: Id | None = None
    place: Place = "keep"
    """The time in queues so far counts on (`keep`), starts again (`restart`), or it goes before all (`front`)."""
    needs: SkillNeeds | None = None
    data: Data | None = None
    errors = (
        "unknown_contact", "bad_state", "unknown_queue", "unknown_channel", "unknown_agent", "too_many_needs",
        "data_too_large",
    )  # fmt: skip


class End(Request, tag="end"):
    """The customer's side is over. While waiting: left (`reason`); while connected: talk over, wrap-up begins.

    For an id that the engine does not know it is no error: the id is remembered, and a later enqueue is `ended`.
    """

    contact: NewId
    reason: LeaveReason = "hangup"
    by: EndedBy = "customer"


class Connected(Request, tag="connected"):
    """The contact's gateway has joined customer and agent: talk begins."""

    contact: Id
    errors = ("unknown_contact", "bad_state")


class ConnectFailed(Request, tag="connect_failed"):
    """Joining failed: the caller is gone (visit over), or the device or media failed (back to its place)."""

    contact: Id
    fault: Fault
    errors = ("unknown_contact", "bad_state")


# -- offers: from the side where the agent's device is ----------------------------------------------------------


class Ringing(Request, tag="ringing"):
    """The agent's device rings: the ring time starts now."""

    offer: Id
    roles = ("gateway", "desk")
    errors = ("unknown_offer", "gone", "not_yours")


class Accept(Request, tag="accept"):
    """The agent takes the offer. Said again it is `ok` again; the loser of a race is told `gone`."""

    offer: Id
    roles = ("gateway", "desk")
    errors = ("unknown_offer", "gone", "not_yours")


class Reject(Request, tag="reject"):
    """The agent, or the device, does not take the offer. `unreachable` is no miss of the agent."""

    offer: Id
    reason: RejectReason = "declined"
    roles = ("gateway", "desk")
    errors = ("unknown_offer", "gone", "not_yours")


class Complete(Request, tag="complete"):
    """The agent is done with the contact: what is left of talk and wrap-up ends (wrap-up not where its queue has
    `early_end = false`), and the outcome is recorded. After a transfer it is about the agent who wraps up.

    Accepted until `complete_kept_s` after wrap-up; it then only adds codes and outcome to the record.
    """

    contact: Id
    gateway: Id | None = None
    """The contact's gateway, where it is not the sender."""
    codes: Codes = ()
    resolved: Resolved = "unknown"
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "bad_state", "unknown_code")


class ExtendWrapUp(Request, tag="extend_wrap_up"):
    """Give the agent's running wrap-up more time, within the queue's most."""

    contact: Id
    by_ms: DurationMs
    gateway: Id | None = None
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "bad_state")


# -- agents and endpoints ---------------------------------------------------------------------------------------


class LogIn(Request, tag="log_in"):
    """An agent (a person) signs in from this gateway or desk; a second log-in moves the session here."""

    agent: Id
    ready: bool = False
    reason: NotReadyReason = "login"
    """Why not ready, where `ready` is false."""
    roles = ("gateway", "desk")
    errors = ("unknown_agent", "unknown_reason")


class LogOut(Request, tag="log_out"):
    """The agent signs out; while engaged it takes effect afterwards, during an offer it rejects the offer."""

    agent: Id
    roles = ("gateway", "desk")
    errors = ("unknown_agent", "not_logged_in", "not_yours")


class Ready(Request, tag="ready"):
    """The agent is ready: wrap-up is over, a break ends, misses are forgotten. With `contact` only its wrap-up is
    meant: a break or log-out that was asked for meanwhile takes effect."""

    agent: Id
    contact: Id | None = None
    gateway: Id | None = None
    roles = ("gateway", "desk")
    errors = ("unknown_agent", "not_logged_in", "not_yours", "unknown_contact", "bad_state")


class NotReady(Request, tag="not_ready"):
    """The agent takes a break; while engaged it takes effect afterwards, during an offer it rejects the offer."""

    agent: Id
    reason: NotReadyReason
    roles = ("gateway", "desk")
    errors = ("unknown_agent", "not_logged_in", "not_yours", "unknown_reason")


class Attach(Request, tag="attach"):
    """An endpoint of this gateway serves this agent on these channels. One address serves one agent."""

    endpoint: NewId
    agent: Id
    channels: Channels = ("voice",)
    errors = ("bad_id", "unknown_agent", "unknown_channel", "address_taken")


class Detach(Request, tag="detach"):
    """The endpoint is gone; the agent loses only its channels."""

    endpoint: Id
    errors = ("unknown_endpoint",)


class Occupy(Request, tag="occupy"):
    """Outside work begins: the endpoint is busy with what the engine did not give. An offer in flight is
    withdrawn without a miss. Said again it replaces kind and units."""

    endpoint: Id
    kind: WorkKind
    units: Units = 100
    errors = ("unknown_endpoint", "too_many_units")


class Release(Request, tag="release"):
    """The outside work of this endpoint is over."""

    endpoint: Id
    errors = ("unknown_endpoint",)


class Drain(Request, tag="drain"):
    """This gateway wants no more offers (its contacts wait, its endpoints are passed over), or wants them again."""

    on: bool


# -- after hello: what is alive ---------------------------------------------------------------------------------


class AliveContact(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A contact that the gateway still owns, as it sees it: its enqueue's fields, and whether it talks."""

    contact: NewId
    queue: Id
    channel: Id = "voice"
    priority_s: HeadStartS = 0
    needs: SkillNeeds | None = None
    customer: NewId | None = None
    link: NewId | None = None
    language: Id | None = None
    agent: Id | None = None
    waited_ms: DurationMs = 0
    data: Data | None = None
    talks_to: Id | None = None
    """The agent it is connected to, if it is."""
    talked_ms: DurationMs = 0


class AliveEndpoint(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """An endpoint that the gateway serves now, the agent signed in there, and any outside work on it."""

    endpoint: NewId
    agent: Id
    channels: Channels = ("voice",)
    occupied: WorkKind | None = None
    units: Units = 100


class Sync(Request, tag="sync"):
    """A part of the list of what is alive, at most 256 entries a frame. Known contacts keep their place; unknown
    ones are taken in at the place that their wait earns."""

    contacts: tuple[AliveContact, ...] = ()
    endpoints: tuple[AliveEndpoint, ...] = ()
    errors = ("unknown_queue", "unknown_channel", "unknown_agent", "too_many_needs", "data_too_large")


class SyncEnd(Request, tag="sync_end"):
    """The list is whole: what the engine knows of this gateway and was not listed has ended. The engine answers
    with `state` frames of all that it owns, then `synced`; from then on it is offered."""

    answers = ("synced",)


class Position(Request, tag="position"):
    """Where does the contact stand in its line, and how long has it waited?"""

    contact: Id
    answers = ("position",)
    errors = ("unknown_contact", "bad_state")
    numbered = False


class Status(Request, tag="status"):
    """How things stand: every queue of the client's tenant, agents by state, durability, epoch, violations."""

    queue: Id | None = None
    roles = ("gateway", "desk", "supervisor", "monitor")
    answers = ("status",)
    errors = ("unknown_queue",)
    numbered = False


class Agents(Request, tag="agents"):
    """Every agent of the tenant that is logged in, with state, load and since when; at most 1,000 after `after`."""

    after: str = ""
    roles = ("desk", "supervisor", "monitor")
    answers = ("agents",)
    numbered = False


WIRE_REQUESTS: tuple[type[Request], ...] = (
    Enqueue,
    Probe,
    Hold,
    Resume,
    Update,
    Transfer,
    End,
    Connected,
    ConnectFailed,
    Ringing,
    Accept,
    Reject,
    Complete,
    ExtendWrapUp,
    LogIn,
    LogOut,
    Ready,
    NotReady,
    Attach,
    Detach,
    Occupy,
    Release,
    Drain,
    Sync,
    SyncEnd,
    Position,
    Status,
    Agents,
)
"""Every request of the wire, in the order of the protocol page."""
