"""What is said of contacts that wait for their customer, of who writes, and of a visit that changes its channel."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from router.core.commands.base import Request
from router.terms import Id


class Park(Request, tag="park"):
    """A connected contact is idle: its agent is free for others without wrap-up, and it waits for its customer."""

    contact: Id
    gateway: Id | None = None
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "bad_state", "not_yours", "not_allowed")


class Unpark(Request, tag="unpark"):
    """A parked contact comes back: to the agent who had it, for the channel's `parked_agent_most_s`, then to anyone.
    Said of one that has come back already it is `ok` again."""

    contact: Id
    gateway: Id | None = None
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "bad_state", "not_yours")


class Activity(Request, tag="activity"):
    """Somebody wrote. A parked contact comes back with its customer's message; the agent's first message is the first
    reply; a contact in which nobody writes is parked after the channel's `park_after_s`. Else it is only noted."""

    contact: Id
    from_: Literal["customer", "agent"] = field(name="from")
    """Who wrote."""
    gateway: Id | None = None
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "bad_state", "not_yours")


class SwitchChannel(Request, tag="switch_channel"):
    """The visit goes on by another channel of its queue (chat to voice), under its id and at its place. One that talks
    to an agent, or was parked, comes back to that agent first, as with `unpark`."""

    contact: Id
    channel: Id
    errors = ("unknown_contact", "bad_state", "unknown_queue", "unknown_channel")
