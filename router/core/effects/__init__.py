"""What the engine tells its clients: replies to requests, events that are pushed, and the list after sync_end.

An effect is a pair (peer, message). Replies carry `re`, the request's `seq`; events carry none. Clients ignore fields
and events that they do not know.
"""

from __future__ import annotations

from router.core.effects.base import Message, Reply
from router.core.effects.events import (
    Accepted,
    AgentEvent,
    AgentState,
    ConnectedEvent,
    ContactEvent,
    ContactState,
    Displaced,
    Moved,
    Offer,
    OfferCancelled,
    OfferState,
    State,
    Suspended,
    TalkOver,
    Treat,
)
from router.core.effects.replies import (
    AgentsReply,
    AgentStatus,
    Already,
    Busy,
    Error,
    Ok,
    PositionReply,
    Probed,
    Queued,
    QueueStatus,
    RefusedEntry,
    StatusReply,
    Synced,
    Treatment,
)

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
    Moved,
    Suspended,
    State,
    AgentEvent,
    ContactEvent,
)

__all__ = [
    "EVENTS",
    "REPLIES",
    "Accepted",
    "AgentEvent",
    "AgentState",
    "AgentStatus",
    "AgentsReply",
    "Already",
    "Busy",
    "ConnectedEvent",
    "ContactEvent",
    "ContactState",
    "Displaced",
    "Error",
    "Message",
    "Moved",
    "Offer",
    "OfferCancelled",
    "OfferState",
    "Ok",
    "PositionReply",
    "Probed",
    "QueueStatus",
    "Queued",
    "RefusedEntry",
    "Reply",
    "State",
    "StatusReply",
    "Suspended",
    "Synced",
    "TalkOver",
    "Treat",
    "Treatment",
]
