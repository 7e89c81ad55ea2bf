"""The life cycles of contact, offer and agent, as tables; one function moves them.

A state machine here is a map state -> event -> next state. What is not in the table can't happen: asking for it is a
mistake of ours (`IllegalMove`), so a handler looks at the state first and answers the client with `bad_state`. The
diagrams of the documentation are drawn from these tables and a test compares them.
"""

from __future__ import annotations

from typing import Final, Protocol, TypeAlias, TypeVar, cast

from router.errors import IllegalMove
from router.terms import AgentStateName

State = TypeVar("State", bound=str)
"""The words of one table."""

Table: TypeAlias = dict[State, dict[str, State]]

CONTACT: Final[Table[str]] = {
    "new": {
        "enqueue": "waiting",
        "enqueue_held": "held",
        "found_talking": "connected",
        "found_parked": "parked",
    },
    "held": {"resume": "waiting", "leave": "wrapping"},
    "waiting": {"hold": "held", "offer": "offered", "leave": "wrapping", "found_talking": "connected", "send": "sent"},
    "offered": {"accept": "connecting", "put_back": "waiting", "leave": "wrapping"},
    "connecting": {"connect": "connected", "put_back": "waiting", "leave": "wrapping"},
    "connected": {
        "talk_over": "wrapping",
        "transfer": "waiting",
        "park": "parked",
        "switch": "waiting",
        "set_aside": "assigned",
        "pend": "pending",
    },
    "assigned": {"open": "connected", "pend": "pending", "come_back": "waiting", "leave": "wrapping"},
    "parked": {"unpark": "waiting", "leave": "wrapping"},
    "sent": {"put_back": "waiting", "partner_answers": "at_partner", "leave": "wrapping"},
    "at_partner": {"come_back": "waiting", "leave": "wrapping"},
    "pending": {"open": "connected", "come_back": "waiting", "leave": "wrapping"},
    "wrapping": {"close": "ended"},
    "ended": {},
}
"""`wrapping`: the visit is over and an agent may still be at its after-contact work; with none it ends at once.
Only tickets are `assigned` (an agent's own, and not open on the desk) or `pending` (for a customer, a department or a
date). `sent`: a partner is asked to take it; `at_partner`: it talks there."""

OFFER: Final[Table[str]] = {
    "new": {"offer": "offered", "found_talking": "connected", "open": "connected"},
    "offered": {"accept": "connecting", "reject": "rejected", "time_out": "timed_out", "cancel": "cancelled"},
    "connecting": {"connect": "connected", "fail": "failed", "cancel": "cancelled"},
    "connected": {"talk_over": "wrap_up", "set_aside": "done"},
    "wrap_up": {"ready": "done"},
    "done": {},
    "rejected": {},
    "timed_out": {},
    "cancelled": {},
    "failed": {},
}

AGENT: Final[Table[AgentStateName]] = {
    "offline": {"log_in": "not_ready", "log_in_ready": "available"},
    "not_ready": {"ready": "available", "log_out": "offline"},
    "available": {"not_ready": "not_ready", "log_out": "offline", "reserve": "reserved"},
    "reserved": {"release": "available", "not_ready": "not_ready", "log_out": "offline"},
}
"""What an available agent is doing (offered, connected, wrap-up, outside work) is counted in units, not a state:
with several channels they do several at once. `reserved`: held for a named holder until a deadline."""

TABLES: dict[str, Table[str]] = {"contact": CONTACT, "offer": OFFER, "agent": cast("Table[str]", AGENT)}
"""The tables themselves, for whoever draws, checks or counts them: words, whosever they are."""


class Stateful(Protocol[State]):
    """Anything with a state."""

    state: State


def move(table: Table[State], entity: Stateful[State], event: str) -> None:
    """Move `entity` along `event`. Raises `IllegalMove` where the table has no such move."""
    try:
        entity.state = table[entity.state][event]
    except KeyError:
        raise IllegalMove(f"{type(entity).__name__} {entity.state}: no {event}") from None
