"""What a session wants done: data, carried out by whoever has the connection."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from router.core.commands import Request
from router.core.effects import Message
from router.core.internal import GatewayUp
from router.wire.catalogue import HandOver, Subscribe


class Tell(NamedTuple):
    """Send this at once: it rests on nothing that must be kept first."""

    message: Message


class Pass(NamedTuple):
    """Give this to the core, in its turn."""

    request: Request


class Enter(NamedTuple):
    """The client is let in under this key: from now on the core hears of it."""

    peer: str
    up: GatewayUp


class Follow(NamedTuple):
    """Send this monitor the numbered events."""

    subscribe: Subscribe


class Read(NamedTuple):
    """Answer this from what the store keeps."""

    request: Request


class Hand(NamedTuple):
    """A supervisor wants the standby to lead; the answer is somebody else's."""

    asked: HandOver


class Outdated(NamedTuple):
    """This client has seen an engine of this higher epoch lead."""

    epoch: int


class Leave(NamedTuple):
    """Close the connection after what was told. `reason` is what it is counted as."""

    reason: str


Action: TypeAlias = Tell | Pass | Enter | Follow | Read | Hand | Outdated | Leave
