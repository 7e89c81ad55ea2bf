"""The stored form of agents and their devices: see `records.py`, which these belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Encoder

from router.core.sheet import Sheet

if TYPE_CHECKING:
    from router.core.entities import Agent, Endpoint

SCHEMA = 1

encode = Encoder().encode


class AgentRecord(Struct, array_like=True, gc=False):
    """See `entities.Agent`."""

    schema: int
    name: str
    tenant: str
    number: int
    state: str
    reason: str
    since_us: int
    next_state: str
    next_reason: str
    session: str
    signed_in_us: int
    free_since_us: int
    made_ready_us: int
    last_offer: int
    worked_us: int
    busy_ppm: int
    misses: dict[str, int]
    reserved_for: str
    due_us: int
    due_number: int
    backoff: tuple[str, int, int] | None = None
    """Why, until when, number of the deadline."""
    by_hand: dict[str, int] = {}
    skills_us: int = 0
    lent: dict[str, int] = {}
    moves_us: tuple[int, ...] = ()
    sheets: dict[str, Sheet] = {}
    barred: tuple[str, ...] = ()


class EndpointRecord(Struct, array_like=True, gc=False):
    """See `entities.Endpoint`."""

    schema: int
    address: str
    peer: str
    agent: str
    number: int
    channels: tuple[str, ...]
    outside: str
    outside_units: int
    outside_since_us: int
    sync_round: int


def agent_key(agent: Agent) -> str:
    """tenant/name."""
    return f"{agent.tenant}/{agent.name}"


def endpoint_key(endpoint: Endpoint) -> str:
    """tenant/gateway/address."""
    return f"{endpoint.peer.key}/{endpoint.address}"


def of_agent(a: Agent) -> bytes:
    """The stored form of a person's own state."""
    return encode((
        SCHEMA, a.name, a.tenant, a.number, a.state, a.reason, a.since_us, a.next_state, a.next_reason, a.session,
        a.signed_in_us, a.free_since_us, a.made_ready_us, a.last_offer, a.worked_us, a.busy_ppm, a.misses,
        a.reserved_for, a.due_us, a.due_number,
        None if a.backoff is None else (a.backoff.why, a.backoff.due_us, a.backoff.due_number),
        a.by_hand, a.skills_us, a.lent, a.moves_us, a.sheets, a.barred,
    ))  # fmt: skip


def of_endpoint(e: Endpoint) -> bytes:
    """The stored form of a device."""
    return encode((
        SCHEMA, e.address, e.peer.key, f"{e.agent.tenant}/{e.agent.name}", e.number, e.channels, e.outside,
        e.outside_units, e.outside_since_us, e.sync_round,
    ))  # fmt: skip
