"""The stored form of agents and their devices: see `records.py`, which these belong to."""

from __future__ import annotations

from msgspec import Struct

from router.core.layers.sheet import Sheet
from router.terms import AgentStateName, BackoffWhy


class AgentRecord(Struct, array_like=True, gc=False):
    """See `entities.Agent`."""

    schema: int
    name: str
    tenant: str
    number: int
    state: AgentStateName
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
    backoff: tuple[BackoffWhy, int, int] | None = None
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
