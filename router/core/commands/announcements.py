"""What a gateway tells of announcements, and what it asks before it puts anybody into a line."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from router.core.commands.base import Request
from router.core.commands.contacts import Relax
from router.terms import Business, HeadStartS, Id, NeedsTable, NewId, PhoneNumber, TelephoneKey

Number = Annotated[int, Meta(ge=1)]


class Announced(Request, tag="announced"):
    """What became of an `announce`. `skipped`: the customer did not hear it, so that it promises nothing. Said again it
    has no effect; nor has it once the contact has left the line, or another announcement has come."""

    contact: Id
    announcement: Number
    """Its number."""
    how: Literal["played", "skipped"]
    """Has the customer heard it?"""
    errors = ("unknown_contact", "bad_state")


class Key(Request, tag="key"):
    """The customer has pressed one of the keys that the last `announce` with keys offered: what it stands for is done.
    `callback`: as `take_callback` to `number`; `queue:NAME`: it goes on there, with its age kept; `message:ID` and
    `voicemail:BOX`: a `treat` follows and the visit is over; `leave`: the visit is over."""

    contact: Id
    key: TelephoneKey
    """What was pressed."""
    number: PhoneNumber | None = None
    """Where the key is a call-back: whom to dial."""
    answers = ("ok", "callback_taken")
    errors = (
        "unknown_contact", "bad_state", "gone", "unknown_key", "number_needed", "no_callbacks", "number_not_allowed",
        "callback_open", "too_many_callbacks", "unknown_queue", "unknown_channel", "queue_closed", "too_many_needs",
    )  # fmt: skip


class Estimate(Request, tag="estimate"):
    """How long would a contact wait that joined now? Asked before it is queued: `the wait is about 5 minutes, shall we
    call you back?` The entry checks are made as for `probe`; changes nothing."""

    queue: Id | None = None
    channel: Id = "voice"
    priority_s: HeadStartS = 0
    needs: NeedsTable | None = None
    customer: NewId | None = None
    language: Id | None = None
    entry: NewId | None = None
    tier: NewId | None = None
    region: NewId | None = None
    business: Business | None = None
    relax: Relax | None = None
    answers = ("estimate", "refused")
    errors = ("bad_needs", "no_route", "unknown_queue", "unknown_channel", "too_many_needs", "too_many_queues")
    numbered = False
