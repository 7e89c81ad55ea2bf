"""What gateways and desks say of agents and of their devices."""

from __future__ import annotations

from router.core.commands.base import Request
from router.terms import Channels, Id, NewId, NotReadyReason, Units, WorkKind


class LogIn(Request, tag="log_in"):
    """An agent (a person) signs in from this gateway or desk; a second log-in moves the session here."""

    agent: Id
    ready: bool = False
    reason: NotReadyReason = "login"
    """Why not ready, where `ready` is false."""
    roles = ("gateway", "desk")
    errors = ("unknown_agent", "unknown_reason")


class LogOut(Request, tag="log_out"):
    """The agent signs out; while engaged it takes effect afterwards, during an offer it rejects the offer."""

    agent: Id
    roles = ("gateway", "desk")
    errors = ("unknown_agent", "not_logged_in", "not_yours")


class Ready(Request, tag="ready"):
    """The agent is ready: wrap-up is over, a break ends, misses are forgotten. With `contact` only its wrap-up is
    meant: a break or log-out that was asked for meanwhile takes effect."""

    agent: Id
    contact: Id | None = None
    gateway: Id | None = None
    roles = ("gateway", "desk")
    errors = ("unknown_agent", "not_logged_in", "not_yours", "unknown_contact", "bad_state")


class NotReady(Request, tag="not_ready"):
    """The agent takes a break; while engaged it takes effect afterwards, during an offer it rejects the offer."""

    agent: Id
    reason: NotReadyReason
    roles = ("gateway", "desk")
    errors = ("unknown_agent", "not_logged_in", "not_yours", "unknown_reason")


class Attach(Request, tag="attach"):
    """An endpoint of this gateway serves this agent on these channels. One address serves one agent."""

    endpoint: NewId
    agent: Id
    channels: Channels = ("voice",)
    errors = ("bad_id", "unknown_agent", "unknown_channel", "address_taken")


class Detach(Request, tag="detach"):
    """The endpoint is gone; the agent loses only its channels."""

    endpoint: Id
    errors = ("unknown_endpoint",)


class Occupy(Request, tag="occupy"):
    """Outside work begins: the endpoint is busy with what the engine did not give. An offer in flight is
    withdrawn without a miss. Said again it replaces kind and units."""

    endpoint: Id
    kind: WorkKind
    units: Units = 100
    errors = ("unknown_endpoint", "too_many_units")


class Release(Request, tag="release"):
    """The outside work of this endpoint is over."""

    endpoint: Id
    errors = ("unknown_endpoint",)
