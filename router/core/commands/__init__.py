"""What clients may tell or ask the engine, by topic; `WIRE_REQUESTS` is the list of the protocol page."""

from __future__ import annotations

from router.core.commands.agents import Attach, Detach, LogIn, LogOut, NotReady, Occupy, Ready, Release
from router.core.commands.base import Request
from router.core.commands.contacts import Connected, ConnectFailed, End, Enqueue, Hold, Probe, Resume, Transfer, Update
from router.core.commands.offers import Accept, Complete, ExtendWrapUp, Reject, Ringing
from router.core.commands.questions import Agents, Position, Status
from router.core.commands.sync import AliveContact, AliveEndpoint, Drain, Sync, SyncEnd

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

__all__ = [
    "WIRE_REQUESTS",
    "Accept",
    "Agents",
    "AliveContact",
    "AliveEndpoint",
    "Attach",
    "Complete",
    "ConnectFailed",
    "Connected",
    "Detach",
    "Drain",
    "End",
    "Enqueue",
    "ExtendWrapUp",
    "Hold",
    "LogIn",
    "LogOut",
    "NotReady",
    "Occupy",
    "Position",
    "Probe",
    "Ready",
    "Reject",
    "Release",
    "Request",
    "Resume",
    "Ringing",
    "Status",
    "Sync",
    "SyncEnd",
    "Transfer",
    "Update",
]
