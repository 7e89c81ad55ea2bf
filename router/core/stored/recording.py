"""Writing the records of what every call runs through: plain tuples, in the order of the fields of the types in
`records.py`. Apart from those types, because this is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.core.needs.asked import NOTHING, Asked
from router.core.stored.records import SCHEMA, encode

if TYPE_CHECKING:
    from router.core.entities import Agent, Contact, Endpoint, Offer, Peer, Tombstone
    from router.core.world import World


def contact_key(entity: Contact | Tombstone) -> str:
    """tenant/gateway/id."""
    return f"{entity.peer.key}/{entity.id}"


def agent_key(agent: Agent) -> str:
    """tenant/name."""
    return f"{agent.tenant}/{agent.name}"


def endpoint_key(endpoint: Endpoint) -> str:
    """tenant/gateway/address."""
    return f"{endpoint.peer.key}/{endpoint.address}"


def plain_needs(asked: Asked) -> tuple[tuple[str, int], ...]:
    """Own needs as far as they stand in the contact's record itself: more than skills is in its extra part."""
    return asked.want.skills if asked.plain else ()


def _of_offer(o: Offer) -> tuple[Any, ...]:
    return (
        o.id, o.number, o.queue.name, f"{o.agent.tenant}/{o.agent.name}", o.endpoint, o.endpoint_peer.key,
        o.channel, o.units, o.made_us, o.ring_us, o.version, o.state, o.rang, o.accepted_us, o.connected_us,
        o.talk_over_us, o.held_us, o.wrap_up_most_us, o.left_us, o.due_us, o.due_number, o.asked,
    )  # fmt: skip


def of_contact(c: Contact) -> bytes:
    """The stored form of a live contact."""
    return encode((
        "live", SCHEMA, c.id, c.peer.key, c.queue.name, c.channel, c.number, c.arrived_us, c.entered_us, c.key_us,
        c.digest, c.state, c.priority_s, () if c.needs is NOTHING else plain_needs(c.needs), c.customer, c.link,
        c.language, c.preferred, c.preferred_until_us, c.direct, c.held_until_us, c.hold_began_us, c.data, c.missed,
        c.retry_us, c.waited_us, [_of_offer(o) for o in c.offers], c.legs, c.outcome, c.ended_by, c.left_us, c.codes,
        c.resolved, c.sync_round, c.due_us, c.due_number, c.extra,
    ))  # fmt: skip


def of_tombstone(t: Tombstone) -> bytes:
    """The stored form of what is remembered of an ended contact."""
    return encode((
        "ended", SCHEMA, t.id, t.peer.key, t.digest, t.outcome, t.queue, t.number, t.ended_us, t.waited_us, t.codes,
        t.resolved, t.agent, t.due_us, t.due_number, t.place, t.customer,
    ))  # fmt: skip


def of_peer(p: Peer) -> bytes:
    """The stored form of a client."""
    return encode((
        SCHEMA, p.tenant, p.name, p.number, p.role, p.instance, p.last_seq, p.live, p.synced, p.draining,
        p.reports_ringing, p.reports_connecting, p.away_since_us, p.gone, p.sync_round, p.failures, p.failed_agent,
        p.failed_several, p.suspended_until_us, p.chore, p.reach, p.due_us, p.due_number, p.dials, p.confirms,
        p.sends, p.reckoning,
    ))  # fmt: skip


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


def of_world(world: World) -> bytes:
    """The stored form of time and numbers."""
    return encode((
        SCHEMA, world.now_us, world.utc_s, world.counter, world.epoch, world.ahead_us, world.secret,
        world.announcing.round_us,
    ))  # fmt: skip
