"""Call-backs and places: the customer hangs up and keeps their place, is dialled, or takes the place back."""

from __future__ import annotations

from router.core.commands.base import Request
from router.terms import Data, DialResult, DurationMs, HeadStartS, Id, NeedsTable, NewId, PhoneNumber, PlaceToken


class TakeCallback(Request, tag="take_callback"):
    """The customer takes a call-back in place of waiting: this visit ends as `callback_taken`, and its place goes to
    the call-back. An offer that rings is withdrawn, no miss; once an agent has accepted the answer is `gone`."""

    contact: Id
    number: PhoneNumber
    """Whom to dial."""
    not_before_ms: DurationMs = 0
    """The customer's wish: not before so long from now."""
    not_after_ms: DurationMs | None = None
    """The customer's wish: given up after so long from now. Not given: as the queue says."""
    agent: Id | None = None
    """It belongs to this agent; after the queue's `agent_most_s` to anyone."""
    answers = ("callback_taken",)
    errors = (
        "unknown_contact", "bad_state", "gone", "no_callbacks", "number_not_allowed", "bad_window", "unknown_agent",
        "callback_open", "too_many_callbacks", "too_many_needs",
    )  # fmt: skip


class ScheduleCallback(Request, tag="schedule_callback"):
    """A call-back without a visit before it: promised by an agent, asked for on a web page, or in place of a refusal.
    It has no place yet: its wait begins when it is due."""

    queue: Id
    number: PhoneNumber
    """Whom to dial."""
    not_before_ms: DurationMs = 0
    """When it is due, from now."""
    not_after_ms: DurationMs | None = None
    """Given up after so long from now. Not given: as the queue says, from when it is due."""
    agent: Id | None = None
    """It belongs to this agent; after the queue's `agent_most_s` to anyone."""
    priority_s: HeadStartS = 0
    needs: NeedsTable | None = None
    customer: NewId | None = None
    link: NewId | None = None
    data: Data | None = None
    roles = ("gateway", "desk", "supervisor")
    answers = ("callback_taken", "busy")
    errors = (
        "unknown_queue", "no_callbacks", "number_not_allowed", "bad_window", "unknown_agent", "data_too_large",
        "bad_needs", "callback_open", "too_many_callbacks", "too_many_needs",
    )  # fmt: skip


class Dialled(Request, tag="dialled"):
    """What became of a `dial`. `answered`: the customer is on the line. Else it is tried again after a pause, as often
    as the queue says."""

    contact: Id
    result: DialResult
    errors = ("unknown_contact", "bad_state")


class TakePlace(Request, tag="take_place"):
    """The customer waits here now: this waiting contact takes the place of the one that has the token, or of an open
    call-back, which is over then. One of the two is given."""

    contact: Id
    token: PlaceToken | None = None
    callback: Id | None = None
    errors = ("unknown_contact", "bad_state", "unknown_token", "unknown_callback", "gone")


class CancelCallback(Request, tag="cancel_callback"):
    """The call-back is not wanted any more. Without effect on one whose customer is on the line: `gone`."""

    callback: Id
    roles = ("gateway", "desk", "supervisor")
    errors = ("unknown_callback", "gone")


class Callbacks(Request, tag="callbacks"):
    """Every open call-back of the tenant, or of one queue; at most 500 after `after`."""

    queue: Id | None = None
    after: str = ""
    numbers: bool = False
    """Show the numbers whole; else all but the last two digits are hidden."""
    roles = ("desk", "supervisor", "monitor")
    answers = ("callbacks",)
    errors = ("unknown_queue",)
    numbered = False
