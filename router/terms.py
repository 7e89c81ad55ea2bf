"""The vocabulary: ids, names of states and reasons, and the units that every layer shares.

Nothing here decides anything. A word that appears on the wire, in a record and in a metric is spelt once, here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

PROTOCOL: Final = 1
"""The protocol version that this release speaks; hello carries a range, the reply the one chosen."""

SECOND_US: Final = 1_000_000
MILLISECOND_US: Final = 1_000

ID_PATTERN: Final = r"\A[A-Za-z0-9._:@+\-]{1,64}\Z"
"""What a name or id may be: no control characters, no spaces, nothing that reads from right to left."""

is_id = re.compile(ID_PATTERN).match

Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
"""An id that is looked up. Length is checked while decoding; what is not known under it is refused anyway."""

NewId: TypeAlias = Annotated[str, Meta(pattern=ID_PATTERN)]
"""An id that the engine will keep: its characters are checked as well."""

Seq: TypeAlias = Annotated[int, Meta(ge=1, le=2**53)]
"""A client's own number of a request; up to 2**53, so that every language's numbers hold it."""

DurationMs: TypeAlias = Annotated[int, Meta(ge=0, le=366 * 86_400_000)]
"""Times on the wire are durations in milliseconds, at most a year and a day: no sender's clock is trusted."""

HeadStartS: TypeAlias = Annotated[int, Meta(ge=0, le=86_400)]
"""A contact's priority: seconds by which it counts as having arrived earlier."""

Units: TypeAlias = Annotated[int, Meta(ge=0, le=10_000)]
"""Units of an agent's capacity."""

Data: TypeAlias = dict[Annotated[str, Meta(min_length=1, max_length=64)], Annotated[str, Meta(max_length=2048)]]
"""What a gateway hangs on a contact (CRM key, recording id, IVR choices): opaque to the engine, at most
`data_bytes_max` in all, given with every offer and kept in the record."""

LEVEL_MAX: Final = 10
"""Levels of skills and languages are 1 to 10."""

_Word: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
_Level: TypeAlias = Annotated[int, Meta(ge=1, le=10)]
_Most = Meta(max_length=16)
_Innermost: TypeAlias = Annotated[Mapping[_Word, _Level | _Word], _Most]
_Inner: TypeAlias = Annotated[
    Mapping[_Word, _Level | _Word | _Innermost | Annotated[tuple[_Innermost | _Word, ...], _Most]], _Most
]
_Outer: TypeAlias = Annotated[
    Mapping[_Word, _Level | _Word | _Inner | Annotated[tuple[_Inner | _Word, ...], _Most]], _Most
]
NeedsTable: TypeAlias = Annotated[
    Mapping[_Word, _Level | _Word | _Outer | Annotated[tuple[_Outer | _Word, ...], _Most]],
    _Most,
]
"""What is asked of an agent. Skill -> least level (1..10); or the long form, see `router/core/needs/tables.py`."""

Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
"""A part of a whole."""

Channels: TypeAlias = Annotated[tuple[Id, ...], Meta(min_length=1, max_length=16)]
"""The channels that an endpoint serves."""

Codes: TypeAlias = Annotated[tuple[Id, ...], Meta(max_length=16)]
"""Outcome codes of a contact."""

Who: TypeAlias = NewId
"""A person who does something by hand: one word, a log-in name or an address."""

Why: TypeAlias = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]{1,200}\Z")]
"""Their reason, in a line."""

PhoneNumber: TypeAlias = Annotated[str, Meta(pattern=r"\A\+?[0-9]{3,20}\Z")]
"""A number to dial: digits alone, with or without a `+`. No `*` and `#`, which are orders to an exchange."""

Pin: TypeAlias = Annotated[str, Meta(pattern=r"\A[0-9]{4,16}\Z")]
"""A code that is dialled."""

PlaceToken: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
"""What gives a place back to whoever shows it: given with `queued` or `callback_taken`, and never guessed."""

DialCancelWhy: TypeAlias = Literal["timed_out", "withdrawn", "agent_gone", "moved"]
DialResult: TypeAlias = Literal["answered", "no_answer", "busy", "failed"]

Role: TypeAlias = Literal["gateway", "desk", "supervisor", "monitor"]
PendingFor: TypeAlias = Literal["customer", "department", "date"]
PlanNews: TypeAlias = Literal["started", "stopped", "warned", "expired"]
TicketNews: TypeAlias = Literal["moved", "warned", "limit", "overdue", "came_back", "reopened"]
TicketStateName: TypeAlias = Literal[
    "waiting",
    "in_work",
    "pending_customer",
    "pending_department",
    "pending_date",
    "solved",
]
"""What a customer's side may hear of a ticket."""
Place: TypeAlias = Literal["keep", "restart", "front"]
ListenMode: TypeAlias = Literal["listen", "whisper", "barge"]
NotReadyReason: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
RejectReason: TypeAlias = Literal["declined", "busy", "no_answer", "unreachable"]
EndedBy: TypeAlias = Literal["customer", "agent", "system"]
Business: TypeAlias = Literal["consult", "query", "handle", "complaint"]
"""What a customer wants, in kind: advice, an answer, something done, or redress."""
LeaveReason: TypeAlias = Literal["hangup", "key", "withdrawn", "steered"]
SendFault: TypeAlias = Literal["busy", "no_answer", "refused", "unreachable"]
SendOverWhy: TypeAlias = Literal["timed_out", "talk_most"]
Fault: TypeAlias = Literal["caller", "device", "media"]
WorkKind: TypeAlias = Literal["outbound", "internal", "dialler", "personal"]
Resolved: TypeAlias = Literal["yes", "no", "unknown"]
RefusedWhy: TypeAlias = Literal["closed", "blocked", "nobody", "full", "route"]
ContactStateName: TypeAlias = Literal[
    "held",
    "waiting",
    "offered",
    "connecting",
    "connected",
    "parked",
    "assigned",
    "pending",
    "sent",
    "at_partner",
    "wrapping",
    "ended",
]
OfferStateName: TypeAlias = Literal[
    "offered",
    "connecting",
    "connected",
    "wrap_up",
    "done",
    "rejected",
    "timed_out",
    "cancelled",
    "failed",
]
AnnouncementKind: TypeAlias = Literal["welcome", "time", "next", "over", "position", "comfort", "keys", "message"]
"""What an announcement says."""
TelephoneKey: TypeAlias = Annotated[str, Meta(pattern=r"\A[0-9*#]\Z")]
"""A key of a telephone."""
BackoffWhy: TypeAlias = Literal["reject", "busy", "no_answer", "breather"]
"""Why an agent is given no offers for a while."""
WhyNot: TypeAlias = Literal[
    "needs",
    "waits_for",
    "not_signed_in",
    "not_ready",
    "about_to_stop",
    "reserved",
    "backoff",
    "no_device",
    "gateway_shut",
    "has_it",
    "no_room",
    "kept_idle",
    "share",
    "missed",
]
"""Why an agent could not take a contact now."""

AgentStateName: TypeAlias = Literal["offline", "not_ready", "available", "reserved"]

Outcome: TypeAlias = Literal[
    "answered",
    "abandoned",
    "abandoned_in_offer",
    "left_by_key",
    "callback_taken",
    "moved",
    "sent_to_partner",
    "refused",
    "withdrawn",
    "lost_with_gateway",
    "waited_too_long",
    "callback_expired",
]
"""How a visit ends: the one list that records, metrics and reports use."""

CancelReason: TypeAlias = Literal[
    "customer_left",
    "withdrawn",
    "agent_busy",
    "agent_not_ready",
    "agent_logged_out",
    "gateway_lost",
    "timed_out",
    "held",
    "moved",
    "taken",
    "by_hand",
    "callback_taken",
]
