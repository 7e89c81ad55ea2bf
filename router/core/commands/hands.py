"""What a supervisor does by hand: each says who and why, and is kept in the audit with what stood before and after."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from router.core.commands.base import Request
from router.terms import HeadStartS, Id, ListenMode, NotReadyReason, Place, Who, Why

HandSkills = Annotated[
    dict[Annotated[str, Meta(min_length=1, max_length=64)], Annotated[int, Meta(ge=0, le=10)] | None],
    Meta(max_length=64),
]
"""Skill -> level by hand (0: taken away), or nil: as the configuration says again."""


class Hand(Request):
    """Who does it, and why."""

    who: Who
    """The person, as they call themselves; the connection's own name is kept beside it."""
    why: Why
    """Their reason, in a line."""
    roles = ("supervisor",)


class SetAgent(Hand, tag="set_agent"):
    """Make a signed-in agent ready or not ready, or sign them out. While they are engaged a break or log-out takes
    effect afterwards: talk and wrap-up are never cut. An offer that rings is withdrawn, and is no miss. `ready` takes
    back what was pending, forgives misses, and leaves a wrap-up that is running."""

    agent: Id
    to: Literal["ready", "not_ready", "offline"]
    reason: NotReadyReason = "break"
    """Why not ready."""
    errors = ("unknown_agent", "not_logged_in", "unknown_reason")


class SetSkills(Hand, tag="set_skills"):
    """Lay levels by hand over those of an agent's configuration, signed in or not. They hold, through reloads and
    restarts, until they are taken back; what rings or talks goes on."""

    agent: Id
    skills: HandSkills = field(default_factory=dict)
    reset: bool = False
    """Take back all that was laid by hand before."""
    errors = ("unknown_agent", "unknown_skill")


class OneContact(Hand):
    """A live contact of the supervisor's tenant."""

    contact: Id
    """Its id at its gateway; `gateway` is needed only where several have a contact of this id."""


class MoveContact(OneContact, tag="move_contact"):
    """Put a waiting contact into another queue. Its own needs stay; whom it waited for by name does not. An offer that
    rings is withdrawn, and is no miss. There are no entry checks: whoever moves it has looked."""

    queue: Id
    place: Place = "keep"
    """As in `transfer`."""
    gateway: Id | None = None
    errors = (
        "unknown_contact", "ambiguous_contact", "bad_state", "unknown_queue", "unknown_channel", "too_many_needs",
        "unknown_path", "hops_max",
    )  # fmt: skip


class SetPriority(OneContact, tag="set_priority"):
    """Give a waiting contact another head start, and with it another place."""

    priority_s: HeadStartS
    gateway: Id | None = None
    errors = ("unknown_contact", "ambiguous_contact", "bad_state")


class AssignContact(OneContact, tag="assign_contact"):
    """Give a waiting contact to one agent: nobody else takes it, and a break is waited out. An offer to another agent
    is withdrawn, and is no miss. Without `agent` anybody able may take it again."""

    agent: Id | None = None
    gateway: Id | None = None
    errors = (
        "unknown_contact", "ambiguous_contact", "unknown_agent", "not_logged_in", "unknown_channel", "bad_state",
    )  # fmt: skip


class PullContact(OneContact, tag="pull_contact"):
    """Take a contact from the agent to whom it rings, or with whom it talks, back to its place in its queue. It is no
    miss, and that agent is passed over for it for a while; after a talk they wrap up."""

    gateway: Id | None = None
    errors = ("unknown_contact", "ambiguous_contact", "bad_state")


class EndContact(OneContact, tag="end_contact"):
    """End a visit, in any state, even if its gateway is silent. Whoever works on it is free at once, without wrap-up;
    the gateway is told to hang up."""

    gateway: Id | None = None
    errors = ("unknown_contact", "ambiguous_contact", "bad_state")


class ListenContact(OneContact, tag="listen_contact"):
    """Listen to a talk: the contact's gateway is told to let this address hear it. Who listens takes no capacity and is
    no part of the visit; they are out with the talk, or when they hang up. Said again, it goes on in the new mode."""

    endpoint: Id
    """The address of the supervisor's own device, at the contact's gateway."""
    gateway: Id | None = None
    mode: ListenMode = "listen"
    """Who hears the supervisor: `listen`, nobody; `whisper`, the agents, and not the customer; `barge`, everybody."""
    errors = ("unknown_contact", "ambiguous_contact", "bad_state")
