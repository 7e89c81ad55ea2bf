"""What a gateway says of itself: after hello the list of what is alive, later that it drains."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from router.core.commands.base import Request
from router.core.commands.contacts import Queues, Relax
from router.terms import Business, Channels, Data, DurationMs, HeadStartS, Id, NeedsTable, NewId, Units, WorkKind


class Drain(Request, tag="drain"):
    """This gateway wants no more offers (its contacts wait, its endpoints are passed over), or wants them again."""

    on: bool


class AliveContact(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A contact that the gateway still owns, as it sees it: its enqueue's fields, and whether it talks."""

    contact: NewId
    queue: Id | None = None
    channel: Id = "voice"
    priority_s: HeadStartS = 0
    needs: NeedsTable | None = None
    customer: NewId | None = None
    link: NewId | None = None
    language: Id | None = None
    agent: Id | None = None
    waited_ms: DurationMs = 0
    data: Data | None = None
    talks_to: Id | None = None
    """The agent it is connected to, if it is."""
    talked_ms: DurationMs = 0
    parked_by: Id | None = None
    """The agent who parked it, if it is parked."""
    entry: NewId | None = None
    tier: NewId | None = None
    region: NewId | None = None
    business: Business | None = None
    relax: Relax | None = None
    queues: Queues | None = None
    """Further queues that it waits in."""
    due_ms: DurationMs | None = None
    """A ticket: time left until it is due. Those that the engine knows keep their own."""
    partner: Id | None = None
    """The partner who talks to it, if one does. One that is still being connected is listed without this."""
    dialling: bool = False
    """A call-back that is being dialled. Listed without this, its customer is on the line. Others are the engine's, and
    need not be listed."""


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
    errors = (
        "bad_state", "bad_needs", "no_route", "unknown_queue", "unknown_channel", "unknown_agent", "data_too_large",
        "too_many_queues", "one_queue_only",
    )  # fmt: skip


class Alive(Request, tag="alive"):
    """The answer to `confirm`: of the contacts asked for, those that still talk. One that is not named is ended once
    the time is over."""

    contacts: Annotated[tuple[Id, ...], Meta(max_length=256)] = ()
    """Those that the gateway knows to talk still."""


class SyncEnd(Request, tag="sync_end"):
    """The list is whole: what the engine knows of this gateway and was not listed has ended. The engine answers
    with `state` frames of all that it owns, then `synced`; from then on it is offered."""

    answers = ("synced",)
    errors = ("bad_state",)
