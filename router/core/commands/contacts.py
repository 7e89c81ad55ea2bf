"""What a gateway asks for its contacts, from the arrival to the end of the visit."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from router.core.commands.base import Request
from router.terms import (
    Business,
    Data,
    DurationMs,
    EndedBy,
    Fault,
    HeadStartS,
    Id,
    LeaveReason,
    NeedsTable,
    NewId,
    PhoneNumber,
    Pin,
    Place,
    PlaceToken,
    Share,
)


class RelaxStep(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """From this wait on, other needs of the contact's own. Where it has conditions it waits for the moment when all of
    them hold; it is not taken back."""

    after_ms: DurationMs
    needs: NeedsTable | None = None
    """In the place of those before."""
    also: NeedsTable | None = None
    """Who meets these is taken too."""
    if_none_free: bool = False
    """Only once nobody who is able so far is free."""
    if_service_level_below: Share = 0.0
    """Only once the queue's service level is known and below this; 0: whatever it is."""


Relax: TypeAlias = Annotated[tuple[RelaxStep, ...], Meta(max_length=4)]
"""Steps by rising wait."""


Queues: TypeAlias = Annotated[tuple[Id, ...], Meta(max_length=16)]
"""Queues, each named once."""


class Enqueue(Request, tag="enqueue"):
    """A contact asks for an agent of a queue.

    Sent again with the same body it gets the same reply without effect; with another body, `conflict`.
    """

    contact: NewId
    queue: Id | None = None
    """Left out: the routes of the configuration say where it goes."""
    channel: Id = "voice"
    priority_s: HeadStartS = 0
    needs: NeedsTable | None = None
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
    entry: NewId | None = None
    tier: NewId | None = None
    region: NewId | None = None
    business: Business | None = None
    number: PhoneNumber | None = None
    """The number that the customer rings from: an open call-back to it is told with `queued`."""
    pin: Pin | None = None
    """The code that was dialled, for a row that switches a plan by it."""
    token: PlaceToken | None = None
    """A place token: the contact takes that place, whichever visit or channel has it now."""
    relax: Relax | None = None
    """How its own needs give way while it waits."""
    due_ms: DurationMs | None = None
    """A ticket: time until it is due, in open hours where its node counts those."""
    path: Id | None = None
    """A ticket: the path that it goes, where that is not its queue's."""
    queues: Queues | None = None
    """Further queues: it waits in all of them at the same time, and the first able agent of any of them has it."""
    answers = ("queued", "refused", "busy", "plan_started", "plan_stopped")
    errors = (
        "bad_id", "conflict", "ended", "bad_needs", "no_route", "unknown_queue", "unknown_channel", "unknown_agent",
        "data_too_large", "unknown_path", "unknown_token", "gone", "too_many_needs", "too_many_queues",
        "one_queue_only",
    )  # fmt: skip


class Probe(Request, tag="probe"):
    """Would a contact be let in? The entry checks, asked before the call is answered; changes nothing."""

    queue: Id | None = None
    channel: Id = "voice"
    needs: NeedsTable | None = None
    customer: NewId | None = None
    agent: Id | None = None
    language: Id | None = None
    entry: NewId | None = None
    tier: NewId | None = None
    region: NewId | None = None
    business: Business | None = None
    relax: Relax | None = None
    queues: Queues | None = None
    """Further queues, as in `enqueue`."""
    answers = ("probed", "refused")
    errors = (
        "bad_needs", "no_route", "unknown_queue", "unknown_channel", "unknown_agent", "too_many_needs",
        "too_many_queues", "one_queue_only",
    )  # fmt: skip
    numbered = False


class Hold(Request, tag="hold"):
    """Waiting: stop offering the contact, keep its place. Connected: the customer is on hold (counted)."""

    contact: Id
    errors = ("unknown_contact", "bad_state")


class Resume(Request, tag="resume"):
    """Undo `hold`; a ticket that is `pending` goes on, because the answer is there."""

    contact: Id
    errors = ("unknown_contact", "bad_state")


class Update(Request, tag="update"):
    """Add to a contact's data while it lives (a key given again is replaced); change its priority while it waits."""

    contact: Id
    priority_s: HeadStartS | None = None
    data: Data | None = None
    errors = ("unknown_contact", "bad_state", "data_too_large")


class Transfer(Request, tag="transfer"):
    """The talk with this agent is over and the visit goes on: to a queue, or direct to an agent of a queue. A ticket
    on a path goes to the node of its path that is worked in that queue."""

    contact: Id
    queue: Id
    agent: Id | None = None
    place: Place = "keep"
    """The time in queues so far counts on (`keep`), starts again (`restart`), or it goes before all (`front`)."""
    needs: NeedsTable | None = None
    data: Data | None = None
    relax: Relax | None = None
    """How those needs give way."""
    errors = (
        "unknown_contact", "bad_state", "unknown_queue", "unknown_channel", "unknown_path", "hops_max", "queue_closed",
        "unknown_agent", "data_too_large", "bad_needs", "too_many_needs",
    )  # fmt: skip


class End(Request, tag="end"):
    """The customer's side is over. While waiting: left (`reason`); while connected: talk over, wrap-up begins.

    For an id that the engine does not know it is no error: the id is remembered, and a later enqueue is `ended`.
    """

    contact: NewId
    reason: LeaveReason = "hangup"
    by: EndedBy = "customer"
    steer: Id | None = None
    """With reason `steered`: whose advice they took."""


class Connected(Request, tag="connected"):
    """The contact's gateway has joined customer and agent: talk begins."""

    contact: Id
    errors = ("unknown_contact", "bad_state")


class ConnectFailed(Request, tag="connect_failed"):
    """Joining failed: the caller is gone (visit over), or the device or media failed (back to its place)."""

    contact: Id
    fault: Fault
    errors = ("unknown_contact", "bad_state")
