"""Questions: they change nothing."""

from __future__ import annotations

from itertools import islice

from router.core import commands as ask
from router.core.doors.doors import changes_in_ms, closed_by, too_late
from router.core.effects import (
    AgentsReply,
    AgentStatus,
    EstimateStatus,
    PlaceIn,
    PositionReply,
    QueueStatus,
    Reply,
    SegmentStatus,
    StatusReply,
    SteerStatus,
)
from router.core.entities import Agent, Contact, Peer
from router.core.handlers.contacts import own
from router.core.handlers.rota import missing_status
from router.core.needs import courses
from router.core.oldest import oldest_wait_us
from router.core.places import several
from router.core.queue import Queue
from router.core.world import World
from router.errors import Refused
from router.ewt import Verdict
from router.terms import MILLISECOND_US

PAGE = 1000


def position(world: World, peer: Peer, command: ask.Position) -> Reply:
    """Where the contact stands: among those of its line, held ones and others beside it not counted."""
    contact = own(peer, command.contact)
    waited_us = world.waited_us(contact) if contact.line is not None else contact.waited_us
    place, length = _where(world, contact, contact.state)
    reply = PositionReply(
        command.seq, contact.id, contact.state, place, waited_us // MILLISECOND_US, length  # type: ignore[arg-type]  # a table's
    )  # fmt: skip
    if contact.stand_ins is not None:
        others = [other for other in several.places(contact) if other is not contact]
        reply.places = [PlaceIn(other.queue.name, *_where(world, other, contact.state)) for other in others]
    return reply


def _where(world: World, place: Contact, state: str) -> tuple[int, int]:
    """The rank of a place from 1, and how many stand there; 0 where it stands nowhere in this state."""
    if place.line is None or place.entry is None or state not in ("waiting", "held"):
        return 0, 0
    order = place.standing if place.standing is not None else courses.would_stand(world, place)
    return (order.rank(place.entry) + 1, len(order)) if order is not None else (1, 0)


def top_urgency(world: World, queue: Queue) -> float:
    """The highest urgency among the heads of the queue's lines; 0 where nobody stands."""
    now_us = world.now_us
    heads = [(line, line.order.first) for line in queue.lines.values()]
    return max((line.urgency_of(head, now_us) for line, head in heads if head is not None), default=0.0)


def queue_status(world: World, queue: Queue) -> QueueStatus:
    """One queue, now and since the engine's start."""
    tally, counts = queue.tally, queue.counts
    answered = tally.answered_wait.count
    status = QueueStatus(
        queue.name, counts["waiting"] + counts["held"], counts["held"], counts["offered"] + counts["connecting"],
        counts["connected"], counts["wrapping"],
    )  # fmt: skip
    status.oldest_wait_ms = oldest_wait_us(world, queue) // MILLISECOND_US
    status.staffed = max((line.needs.staffed for line in queue.own.values()), default=0)
    status.free = max((sum(pool.free for pool in line.needs.ready.values()) for line in queue.own.values()), default=0)
    status.arrived = tally.arrived
    status.answered = answered
    status.abandoned = sum(count for (_, outcome), count in tally.ended.items() if outcome.startswith("abandoned"))
    status.refused = sum(tally.refused.values())
    status.parked = counts["parked"]
    replies = tally.first_reply.count
    if tally.reply_counted:
        status.first_reply_level = tally.replied_in_target / tally.reply_counted
    if replies:
        status.first_reply_ms = tally.first_reply.sum_us // replies // MILLISECOND_US
    if tally.counted:
        status.service_level = tally.answered_in_target / tally.counted
    if answered:
        status.asa_ms = tally.answered_wait.sum_us // answered // MILLISECOND_US
    status.repeats = sum(tally.repeats.values())
    if tally.customers_known:
        status.repeat_rate = status.repeats / tally.customers_known
    if tally.first_contacts_known:
        status.first_contact_resolution = tally.first_contacts_resolved / tally.first_contacts_known
    status.closed_by = closed_by(world, queue)
    if status.closed_by is None and any(too_late(world, line) for line in queue.own.values()):
        status.closed_by = "last_admission"
    status.changes_in_ms = changes_in_ms(world, queue)
    status.callbacks = len(queue.callbacks)
    status.estimates = [_judged(channel, v) for channel, v in world.estimates.verdicts(queue).items()]
    status.beside, status.elsewhere = queue.beside, tally.elsewhere
    return status


def _judged(channel: str, verdict: Verdict) -> EstimateStatus:
    """How good estimates are on one channel of a queue."""
    return EstimateStatus(
        channel,
        verdict.judged,
        round((verdict.bias_s or 0.0) * 1000),
        verdict.mape,
        verdict.near or 0.0,
        verdict.covered or 0.0,
        verdict.kept or 0.0,
    )


def status(world: World, peer: Peer, command: ask.Status) -> Reply:
    """Every queue of the tenant, or one, and the agents by state."""
    if command.queue is not None and (peer.tenant, command.queue) not in world.queues:
        raise Refused("unknown_queue", command.queue)
    queues = [
        queue_status(world, queue)
        for (tenant, name), queue in world.queues.items()
        if tenant == peer.tenant and command.queue in (None, name)
    ]
    by_state: dict[str, int] = {}
    for (tenant, _), agent in world.agents.items():
        if tenant == peer.tenant:
            doing = agent_doing(agent)
            by_state[doing] = by_state.get(doing, 0) + 1
    return StatusReply(
        command.seq,
        queues,
        by_state,
        world.live,
        world.epoch,
        world.settings.version,
        world.tally.violations,
        world.durability,
        [segment_status(world, key) for key in world.routing.segments if key[0] == peer.tenant],
        [steer_status(world, peer.tenant, cell.name) for cell in world.routing.steering.cells.get(peer.tenant, ())],
        dict(sorted(world.tally.refused.items())),
        world.pending,
        *missing_status(world, peer.tenant),
    )


def steer_status(world: World, tenant: str, name: str) -> SteerStatus:
    """One cell of the matrix, since the engine's start."""
    tally = world.routing.steering.tallies[tenant, name]
    return SteerStatus(name, tally.advised, tally.taken, tally.came_back)


def segment_status(world: World, key: tuple[str, str]) -> SegmentStatus:
    """One segment of customers, since the engine's start."""
    tally = world.routing.tallies[key]
    status = SegmentStatus(key[1], tally.answered, tally.abandoned)
    if tally.counted:
        status.service_level = tally.answered_in_target / tally.counted
    if tally.answered:
        status.asa_ms = tally.answered_wait_us // tally.answered // MILLISECOND_US
    status.overdue = tally.overdue
    return status


def agent_doing(agent: Agent) -> str:
    """The one word for an agent that figures use: their state, or what an available one is doing."""
    if agent.state == "offline" or (agent.state == "not_ready" and not agent.offers):
        return agent.state
    states_of = {offer.state for offer in agent.offers.values()}
    for doing in ("connected", "connecting", "offered", "wrap_up"):
        if doing in states_of:
            return doing
    return "outside" if agent.used else agent.state


def agents(world: World, peer: Peer, command: ask.Agents) -> Reply:
    """A page of agents by name who are signed in, or have skills by hand."""
    names = sorted(
        name
        for (tenant, name), agent in world.agents.items()
        if tenant == peer.tenant and name > command.after and (agent.state != "offline" or agent.by_hand)
    )
    page = [agent_status(world, world.agents[peer.tenant, name]) for name in islice(names, PAGE)]
    return AgentsReply(command.seq, page, len(names) > PAGE)


def agent_status(world: World, agent: Agent) -> AgentStatus:
    """One agent."""
    status_of = AgentStatus(
        agent.name, agent.team, agent.state, agent.reason,
        (world.now_us - agent.since_us) // MILLISECOND_US, agent.used, agent.capacity,
    )  # fmt: skip
    for offer in agent.offers.values():
        if offer.state == "offered":
            status_of.offered += 1
        elif offer.state == "wrap_up":
            status_of.wrapping += 1
        else:
            status_of.connected += 1
    if agent.backoff is not None:
        status_of.backoff_after = agent.backoff.why
        status_of.backoff_ms = max(0, agent.backoff.due_us - world.now_us) // MILLISECOND_US
    status_of.wanted = sum(len(order) for order in agent.wanted.values()) if agent.wanted else 0
    status_of.next_state, status_of.by_hand = agent.next_state, agent.by_hand
    status_of.lent_by = [str(world.layers.loans.by_layer[key].source) for key in agent.lent]
    status_of.barred = list(agent.barred)
    status_of.outside = sum(1 for endpoint in agent.endpoints.values() if endpoint.outside)
    return status_of
