"""From records to a live world, in any order and any mixture.

A record holds names; what a name no longer finds is filled in harmlessly: an unknown agent is one without skills, an
unknown queue one without settings of its own, an unknown client one that is away. Everything that has an order is
built in the order of numbers, so that the loaded world decides exactly as the one that was stored.
"""

from __future__ import annotations

from typing import Any

from router.core import people, reservations, rota
from router.core import settings as of
from router.core.dispatch import refresh
from router.core.doors.closing import resume
from router.core.doors.doors import hang_door
from router.core.doors.hours import new_hours
from router.core.entities import Backoff, Endpoint, Peer
from router.core.entity import EVERYTHING
from router.core.estimates.kept import take_up
from router.core.gateways import may_open
from router.core.layers import breathers, lending, shares
from router.core.layers.loans import layered
from router.core.match import balance
from router.core.oldest import is_away
from router.core.restore import layers as restore_layers
from router.core.restore import partners as restore_partners
from router.core.restore import rules as restore_rules
from router.core.restore import visits as restore_visits
from router.core.restore.finding import find_agent, find_peer, gone_queue, take_due
from router.core.restore.steps import conditions, forget_steps, look_once_more
from router.core.stored import recording
from router.core.stored import records as stored
from router.core.stored.balance import take_up_balances
from router.core.stored.customers import take_back
from router.core.stored.people import AgentRecord, EndpointRecord
from router.core.tickets import due as ticket_due
from router.core.tickets import solved
from router.core.world import World
from router.terms import SECOND_US


class Passive:
    """Decoded records by kind and key."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, Any]] = {kind: {} for kind in stored.KINDS}

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Take a record. Raises `records.BadRecord`."""
        self.kinds[kind][key] = stored.decode(kind, key, value)

    def drop(self, kind: str, key: str) -> None:
        """Forget a record."""
        self.kinds.get(kind, {}).pop(key, None)

    @property
    def now_us(self) -> int:
        """The core time of the records."""
        return max((record.now_us for record in self.kinds["world"].values()), default=0)


def restore(world: World, passive: Passive) -> None:
    """Build the live world."""
    kinds = passive.kinds
    balance.follow(world)
    for record in kinds["world"].values():
        world.now_us, world.utc_s, world.counter = record.now_us, record.utc_s, record.counter
        # Before it was kept, it can be told from when the wall clock was heard last.
        world.ahead_us = record.ahead_us or (record.utc_s and record.utc_s * SECOND_US - record.now_us)
        world.secret = record.secret
        world.announcing.round_us = record.announced_us
    _hours(world, kinds)
    # Before anybody stands in a line: what is in effect decides which.
    layers_edited = restore_layers.load(world, kinds)
    restore_partners.load(world, kinds)
    for kind, build in (("peer", _peer), ("agent", _agent), ("endpoint", _endpoint)):
        for record in sorted(kinds[kind].values(), key=lambda record: record.number):
            build(world, record)
    lending.restored(world)
    shares.restored(world)
    breathers.restored(world)
    for agent in world.agents.values():
        if agent.state != "offline":
            people.enrol(world, agent)
    stale = conditions(world, kinds) + take_up(world, kinds["learned"].values())
    take_back(world, kinds["customer"].values())
    rota.take_up(world, kinds["roster"].values())
    restore_visits.load(world, sorted(kinds["contact"].values(), key=lambda record: record.number))
    solved.load(world, kinds["ticket"].values())
    ticket_due.displaced(world)
    for agent in world.agents.values():
        if agent.reserved_for or agent.state == "reserved":
            reservations.restore(world, agent)
        refresh(world, agent)
    look_once_more(world)
    _close_doors(world)
    world.tally.accepted = world.live
    world.changed.clear()
    world.dropped.clear()
    # What is known of steps that nobody waits for any more, or of queues that are gone, is forgotten.
    forget_steps(world, stale)
    stale += restore_rules.rules(world, kinds) + restore_partners.stale(world)
    stale += take_up_balances(world, kinds["balance"].values())
    world.dropped.extend(sorted(stale))
    restore_layers.keep(world, layers_edited)
    world.roster.stirred.clear()
    world.roster.spared.clear()
    world.roster.loosened.clear()
    for loose in (world.loose_agents, world.heads, world.loose_contacts, world.loose_rings):
        loose.clear()
    world.effects.clear()


def _hours(world: World, kinds: dict[str, dict[str, Any]]) -> None:
    """Calendars, and doors with something to remember."""
    for record in sorted(kinds["hours"].values(), key=lambda record: record.name):
        hours = world.hours.get(record.name)
        if hours is None:
            # No calendar of the settings any more; but there may be waits that are counted by it.
            hours = world.hours[record.name] = new_hours(world, of.Calendar(record.name))
        hours.behind_us, hours.stopped_us, hours.since_us = record.behind_us, record.stopped_us, record.since_us
        hours.reach = record.reach
        if hours.reach != EVERYTHING:
            world.closing[f"hours {hours.name}"] = hours
        take_due(world, hours, record)
    for record in sorted(kinds["door"].values(), key=lambda record: (record.tenant, record.queue)):
        queue = world.queues.get((record.tenant, record.queue))
        if queue is None:
            queue = gone_queue(world, of.Queue(record.queue, record.tenant))
        door = hang_door(world, queue, always=True)
        assert door is not None
        door.hand, door.until_us, door.message, door.serve_out = (
            record.hand,
            record.until_us,
            record.message,
            record.serve_out,
        )
        door.kept = True
        take_due(world, door, record)


def _close_doors(world: World) -> None:
    """Who stands in a queue that sends its waiting away was being sent away."""
    for queue in world.queues.values():
        if queue.door is not None:
            resume(world, queue)


def _peer(world: World, r: stored.PeerRecord) -> None:
    peer = Peer(f"{r.tenant}/{r.name}", r.tenant, r.name, r.number)
    peer.role, peer.instance, peer.last_seq = r.role, r.instance, r.last_seq
    peer.live, peer.synced, peer.draining = r.live, r.synced, r.draining
    peer.reports_ringing, peer.reports_connecting = r.reports_ringing, r.reports_connecting
    peer.away_since_us, peer.gone = r.away_since_us, r.gone
    peer.sync_round, peer.failures, peer.dials = r.sync_round, r.failures, r.dials
    peer.confirms, peer.sends, peer.reckoning = r.confirms, r.sends, r.reckoning
    peer.failed_agent, peer.failed_several = r.failed_agent, r.failed_several
    peer.suspended_until_us, peer.chore, peer.reach = r.suspended_until_us, r.chore, r.reach
    peer.open = may_open(peer) and r.chore != "shut"
    world.peers[peer.key] = peer
    take_due(world, peer, r)
    if is_away(peer):
        world.ruling.away[peer] = None
    if peer.chore or peer.reckoning is not None:
        world.chores[peer.number] = peer


def _agent(world: World, r: AgentRecord) -> None:
    agent = find_agent(world, f"{r.tenant}/{r.name}")
    agent.state, agent.reason, agent.since_us = r.state, r.reason, r.since_us
    agent.next_state, agent.next_reason, agent.session = r.next_state, r.next_reason, r.session
    agent.signed_in_us, agent.free_since_us, agent.made_ready_us = (
        r.signed_in_us,
        r.free_since_us,
        r.made_ready_us,
    )
    agent.last_offer, agent.worked_us, agent.busy_ppm = r.last_offer, r.worked_us, r.busy_ppm
    agent.misses, agent.reserved_for = dict(r.misses), r.reserved_for
    agent.by_hand, agent.skills_us = dict(r.by_hand), r.skills_us
    agent.moves_us, agent.sheets, agent.barred = r.moves_us, r.sheets, r.barred
    if r.lent and not lending.restore_agent(world, agent, r.lent):
        world.layers.loans.ended.append(agent)
    agent.skills = layered(agent.configured, agent.by_hand, agent.grants)
    take_due(world, agent, r)
    if r.backoff is not None:
        why, until_us, number = r.backoff
        agent.backoff, world.resting[agent] = Backoff(agent, why), None
        world.counter = max(world.counter, number)
        world.deadlines.set(agent.backoff, until_us, number)


def _endpoint(world: World, r: EndpointRecord) -> None:
    peer, agent = find_peer(world, r.peer), find_agent(world, r.agent)
    endpoint = Endpoint(r.address, peer, agent, r.number, r.channels)
    endpoint.outside, endpoint.outside_units = r.outside, r.outside_units
    endpoint.outside_since_us, endpoint.sync_round = r.outside_since_us, r.sync_round
    peer.endpoints[r.address] = endpoint
    agent.endpoints[recording.endpoint_key(endpoint)] = endpoint
    agent.used += r.outside_units
