"""From records to a live world, in any order and any mixture.

A record holds names; what a name no longer finds is filled in harmlessly: an unknown agent is one without skills, an
unknown queue one without settings of its own, an unknown client one that is away. Everything that has an order is
built in the order of numbers, so that the loaded world decides exactly as the one that was stored.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from router.core import people, reservations, ringing, rota
from router.core import settings as of
from router.core.callbacks import book as callback_book
from router.core.callbacks import callbacks
from router.core.dispatch import refresh
from router.core.doors.closing import resume
from router.core.doors.doors import hang_door
from router.core.doors.hours import new_hours
from router.core.entities import Agent, Backoff, Contact, Endpoint, Offer, Peer, Tombstone
from router.core.entity import EVERYTHING
from router.core.estimates.kept import take_up
from router.core.extra import Extra
from router.core.gateways import may_open
from router.core.layers import breathers, lending, shares
from router.core.layers.loans import layered
from router.core.match import balance
from router.core.needs.asked import NOTHING, Asked
from router.core.needs.want import Want
from router.core.offers import link
from router.core.oldest import is_away
from router.core.partners.sent import AWAY
from router.core.places import tokens
from router.core.queue import Queue
from router.core.restore import layers as restore_layers
from router.core.restore import partners as restore_partners
from router.core.restore import rules as restore_rules
from router.core.restore.consults import without_handed_over
from router.core.restore.several import give_up_unknown, take_places
from router.core.restore.steps import conditions, forget_steps, look_once_more
from router.core.stored import recording
from router.core.stored import records as stored
from router.core.stored.balance import take_up_balances
from router.core.stored.customers import take_back
from router.core.stored.people import AgentRecord, EndpointRecord
from router.core.talks.consults import mend
from router.core.tickets import due as ticket_due
from router.core.tickets import path as ticket_path
from router.core.tickets import solved
from router.core.tickets.ticket import ticket_of
from router.core.visits import beside, join_line
from router.core.world import World
from router.terms import SECOND_US

IN_LINE = ("held", "waiting", "offered", "connecting", "sent")


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
    _visits(world, sorted(kinds["contact"].values(), key=lambda record: record.number))
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
        _due(world, hours, record)
    for record in sorted(kinds["door"].values(), key=lambda record: (record.tenant, record.queue)):
        queue = world.queues.get((record.tenant, record.queue))
        if queue is None:
            queue = _gone_queue(world, of.Queue(record.queue, record.tenant))
        door = hang_door(world, queue, always=True)
        assert door is not None
        door.hand, door.until_us, door.message, door.serve_out = (
            record.hand,
            record.until_us,
            record.message,
            record.serve_out,
        )
        door.kept = True
        _due(world, door, record)


def _close_doors(world: World) -> None:
    """Who stands in a queue that sends its waiting away was being sent away."""
    for queue in world.queues.values():
        if queue.door is not None:
            resume(world, queue)


def _visits(world: World, entries: list[Any]) -> None:
    """Contacts, what is remembered of ended ones, and the live offers, each in its order."""
    pairs: list[tuple[Offer, Any]] = []
    special: list[Contact] = []
    for record in without_handed_over(entries):
        if isinstance(record, stored.TombstoneRecord):
            _tombstone(world, record)
        else:
            special += _contact(world, record, pairs)
    for offer, record in sorted(pairs, key=lambda pair: pair[0].number):
        offer.contact.offers.append(offer)
        link(world, offer)
        if offer.ring_us:
            # The agent's record may be older than the offer: it is written when the agent comes free.
            offer.agent.last_offer = max(offer.agent.last_offer, offer.number)
        _due(world, offer, record)
    mend(special)
    give_up_unknown(world, special)
    for offer in world.offers.values():
        if offer.contact.state == "offered" and offer.contact.queue.settings.ring_several > 1:
            ringing.look(world, offer.contact)
    world.buried = deque(sorted(world.buried, key=lambda tombstone: tombstone.due_number))


def _due(world: World, entity: Any, record: Any) -> None:
    entity.due_us, entity.due_number = 0, record.due_number
    # Numbers go on above the highest, also where the record of the world is older than that of the entity.
    # An agent's number is their place in the configuration.
    drawn = 0 if isinstance(entity, Agent) else getattr(entity, "number", 0)
    world.counter = max(world.counter, drawn, record.due_number)
    if record.due_us:
        world.deadlines.set(entity, record.due_us, record.due_number)


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
    _due(world, peer, r)
    if is_away(peer):
        world.ruling.away[peer] = None
    if peer.chore or peer.reckoning is not None:
        world.chores[peer.number] = peer


def _find_peer(world: World, key: str) -> Peer:
    peer = world.peers.get(key)
    if peer is None:
        tenant, _, name = key.partition("/")
        peer = world.peers[key] = Peer(key, tenant, name, world.number())
        world.ruling.away[peer] = None
        world.set_due(peer, world.now_us + world.settings.limits.gateway_grace_us)
    return peer


def _find_agent(world: World, key: str) -> Agent:
    tenant, _, name = key.partition("/")
    agent = world.agents.get((tenant, name))
    if agent is None:
        # The configuration does not know them any more.
        agent = world.agents[tenant, name] = Agent(name, tenant, world.number())
        agent.retired = True
    return agent


def _agent(world: World, r: AgentRecord) -> None:
    agent = _find_agent(world, f"{r.tenant}/{r.name}")
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
    _due(world, agent, r)
    if r.backoff is not None:
        why, until_us, number = r.backoff
        agent.backoff, world.resting[agent] = Backoff(agent, why), None
        world.counter = max(world.counter, number)
        world.deadlines.set(agent.backoff, until_us, number)


def _endpoint(world: World, r: EndpointRecord) -> None:
    peer, agent = _find_peer(world, r.peer), _find_agent(world, r.agent)
    endpoint = Endpoint(r.address, peer, agent, r.number, r.channels)
    endpoint.outside, endpoint.outside_units = r.outside, r.outside_units
    endpoint.outside_since_us, endpoint.sync_round = r.outside_since_us, r.sync_round
    peer.endpoints[r.address] = endpoint
    agent.endpoints[recording.endpoint_key(endpoint)] = endpoint
    agent.used += r.outside_units


def _find_queue(world: World, tenant: str, name: str, channel: str) -> Queue:
    queue = world.queues.get((tenant, name))
    if queue is None:
        queue = _gone_queue(world, of.Queue(name, tenant, (channel,)))
    return queue


def _gone_queue(world: World, settings: of.Queue) -> Queue:
    """A queue that the configuration does not have any more: it takes nobody in."""
    queue = world.adopt_queue(settings)
    queue.retired = True
    return queue


def _tombstone(world: World, r: stored.TombstoneRecord) -> None:
    peer = _find_peer(world, r.peer)
    tombstone = Tombstone(r.id, peer, r.digest, r.outcome, r.queue, r.number, r.ended_us)
    tombstone.waited_us, tombstone.codes, tombstone.resolved, tombstone.agent = (
        r.waited_us,
        r.codes,
        r.resolved,
        r.agent,
    )
    tombstone.due_us, tombstone.due_number, tombstone.customer = r.due_us, r.due_number, r.customer
    peer.ended[r.id] = tombstone
    if r.place is not None and tokens.found_again(world, tombstone, r.place.token):
        tombstone.place = r.place
    world.buried.append(tombstone)


def _contact(world: World, r: stored.ContactRecord, pairs: list[tuple[Offer, Any]]) -> list[Contact]:
    """The contact, its offers among `pairs`. Returns it if it has a special part."""
    peer = _find_peer(world, r.peer)
    queue = _find_queue(world, peer.tenant, r.queue, r.channel)
    contact = Contact(
        r.id, peer, queue, r.channel, r.number, r.arrived_us, r.entered_us, r.key_us, r.digest,
    )  # fmt: skip
    contact.state, contact.priority_s, contact.needs, contact.extra = r.state, r.priority_s, _asked(r), r.extra
    contact.customer, contact.link, contact.language, contact.data = r.customer, r.link, r.language, r.data
    contact.preferred, contact.preferred_until_us, contact.direct = r.preferred, r.preferred_until_us, r.direct
    contact.held_until_us, contact.hold_began_us = r.held_until_us, r.hold_began_us
    contact.missed, contact.retry_us, contact.waited_us = r.missed, r.retry_us, r.waited_us
    contact.legs, contact.outcome, contact.ended_by, contact.left_us = r.legs, r.outcome, r.ended_by, r.left_us
    contact.codes, contact.resolved, contact.sync_round = r.codes, r.resolved, r.sync_round
    peer.contacts[r.id] = contact
    if r.extra is not None:
        _special(world, contact, r.extra)
    if r.state in AWAY:
        restore_partners.found(world, contact)
    ticket = ticket_of(contact)
    if ticket is not None:
        ticket_path.list_it(world, contact, ticket)
    queue.counts[r.state] += 1
    world.live += 1
    for offer in r.offers:
        agent = _find_agent(world, offer.agent)
        made_for = _find_queue(world, peer.tenant, offer.queue, offer.channel)
        pairs.append((_offer(world, contact, made_for, agent, offer), offer))
    if r.state in IN_LINE:
        _stand(world, contact, r)
    _due(world, contact, r)
    return [contact] if contact.extra is not None else []


def _asked(r: stored.ContactRecord) -> Asked:
    if r.extra is not None and r.extra.needs is not None:
        return r.extra.needs
    return Asked(Want(r.needs)) if r.needs else NOTHING


def _special(world: World, contact: Contact, extra: Extra) -> None:
    """What only some contacts have. A place that two records claim is that of the first."""
    if extra.place is not None and not tokens.found_again(world, contact, extra.place.number):
        extra.place = None
        contact.number = world.number()
    callback = callback_book.of(contact)
    if callback is not None and contact.state in IN_LINE:
        callback_book.enter(world, contact, callback)
    if extra.heard is not None and extra.heard.look_us:
        world.counter = max(world.counter, extra.heard.look_number)
        world.announcing.set(contact, extra.heard.look_us, extra.heard.look_number)


def _offer(world: World, contact: Contact, queue: Queue, agent: Agent, r: stored.OfferRecord) -> Offer:
    offer = Offer(
        r.id, r.number, contact, queue, agent, r.endpoint, _find_peer(world, r.endpoint_peer), r.channel, r.units,
        r.made_us, r.ring_us, r.version,
    )  # fmt: skip
    offer.state, offer.rang, offer.asked = r.state, r.rang, r.asked
    offer.accepted_us, offer.connected_us, offer.talk_over_us = r.accepted_us, r.connected_us, r.talk_over_us
    offer.held_us, offer.wrap_up_most_us, offer.left_us = r.held_us, r.wrap_up_most_us, r.left_us
    return offer


def _stand(world: World, contact: Contact, r: stored.ContactRecord) -> None:
    """Give the contact its line, and its stand where it had one: a chore under way tells how far it has come."""
    peer = contact.peer
    line = world.some_line_of(contact)
    # A deadline that has come and not fired yet may be that of a step, which then is not taken yet.
    unfired_us = max(0, world.now_us - r.due_us + 1) if r.due_us else 0
    join_line(world, contact, line, unfired_us)
    line = contact.line or line
    if contact.extra is not None and contact.extra.beside:
        take_places(world, contact, unfired_us)
    callback = callback_book.of(contact) if contact.extra is not None else None
    if callback is not None and contact.state == "held":
        if callback.phase == "hold" and peer.takes(contact):
            callbacks.stand_among_holds(world, contact)
        line.dialling += callback.phase == "dialling"
        return
    if contact.state != "waiting" or not peer.takes(contact):
        return
    name = contact.direct or contact.preferred
    if name is None:
        world.stand(contact, line.order)
        for place in contact.stand_ins or ():
            assert place.line is not None
            world.stand(place, place.line.order)
        return
    world.stand(contact, beside(_find_agent(world, f"{peer.tenant}/{name}"), line))
