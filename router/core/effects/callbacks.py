"""What is told of call-backs and places."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from router.core.effects.base import Message, Reply
from router.terms import Data, DialCancelWhy, Outcome


class CallbackTaken(Reply, tag="callback_taken"):
    """The call-back is kept. Whoever shows the token takes its place back."""

    callback: str
    """Its contact id, made by the engine: `dial`, `offer` and the record name it so."""
    gateway: str
    """The gateway that will dial."""
    token: str | None = None


class Dial(Message, tag="dial"):
    """To the gateway that has the call-back: dial this number now and say `dialled`. With an `offer`: an agent has
    accepted and waits, so join them when the customer answers."""

    contact: str
    number: str
    queue: str
    attempt: int
    """1 for the first."""
    most_ms: int
    """Without `dialled` after so long the try has failed."""
    waited_ms: int = 0
    offer: str | None = None
    agent: str | None = None
    endpoint: str | None = None
    endpoint_gateway: str | None = None
    data: Data | None = None
    link: str | None = None
    customer: str | None = None


class DialCancelled(Message, tag="dial_cancelled"):
    """Stop dialling; `dialled` is not waited for any more. The call-back may be tried again."""

    contact: str
    why: DialCancelWhy


class LetGo(Message, tag="let_go"):
    """To the contact's gateway: the engine has ended this contact, because its place was taken by another visit of the
    same customer (`moved`), or by hand."""

    contact: str
    outcome: Outcome


class CallbackStatus(Struct, omit_defaults=True, gc=False):
    """An open call-back."""

    callback: str
    queue: str
    gateway: str
    number: str
    phase: Literal["later", "hold", "line", "dialling"]
    """Where it is: not yet its time, a virtual hold, waiting for an agent, being dialled."""
    customer: str | None = None
    agent: str | None = None
    """Belongs to this agent."""
    tries: int = 0
    waited_ms: int = 0
    due_ms: int = 0
    """Not tried before so long from now."""
    until_ms: int = 0
    """Given up after so long from now."""


class CallbacksReply(Reply, tag="callbacks"):
    """A page of call-backs; `more` where another page follows after the last id."""

    callbacks: list[CallbackStatus]
    more: bool = False
