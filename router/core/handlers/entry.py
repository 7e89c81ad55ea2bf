"""Letting contacts in: enqueue and probe, with the entry checks in their order: open, blocked, staffed, length."""

from __future__ import annotations

from zlib import crc32

from msgspec.msgpack import Encoder

from router.core import history, visits
from router.core.commands import AliveContact, Enqueue, Probe
from router.core.effects import Busy, Probed, Queued, RefusedEntry, Reply
from router.core.entities import Agent, Contact, Peer, Tombstone
from router.core.line import Line
from router.core.queue import Queue
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US, SECOND_US, RefusedWhy

_encode = Encoder().encode


def enqueue(world: World, peer: Peer, command: Enqueue) -> Reply:
    """Take a contact in, or say why not."""
    known = peer.contacts.get(command.contact)
    if known is not None or command.contact in peer.ended:
        return _again(peer, command, known)
    queue = find_queue(world, peer, command.queue, command.channel)
    agent = None
    if command.preferred is not None or command.agent is not None:
        agent = _named_agent(world, peer, command)
    if command.data:
        check_data(world, command.data)
    if world.live >= world.settings.limits.contacts_max:
        return Busy(command.seq, world.settings.limits.retry_us // MILLISECOND_US, "contacts_max")
    line = world.line(queue, command.channel, sorted_needs(command.needs))
    why = refusal(world, line, command.customer, agent)
    if why is not None:
        drop_if_empty(world, line)
        refused = queue.tally.refused
        refused[why] = refused.get(why, 0) + 1
        history.write_refused(world, command.contact, peer.name, peer.tenant, queue.name, command.channel, why)
        return RefusedEntry(command.seq, why, queue.treatment(why))
    contact = admit(world, peer, queue, command, digest(command))
    if command.preferred is not None and agent is None:
        contact.preferred = command.preferred
        contact.preferred_until_us = world.now_us + command.preferred_most_ms * MILLISECOND_US
    visits.join_line(contact, line)
    if command.held:
        contact.held_until_us = world.now_us + queue.settings.held_most_us
        world.move_contact(contact, "enqueue_held")
        visits.arm(world, contact)
    else:
        world.move_contact(contact, "enqueue")
        visits.stand_in_line(world, contact)
    return Queued(command.seq, contact.id)


def admit(world: World, peer: Peer, queue: Queue, asked: Enqueue | AliveContact, body_digest: int) -> Contact:
    """Make the contact: counted as accepted, not yet in a line."""
    now_us = world.now_us
    entered_us = now_us - asked.waited_ms * MILLISECOND_US
    contact = Contact(
        asked.contact, peer, queue, asked.channel, world.number(), now_us, entered_us,
        entered_us - asked.priority_s * SECOND_US, body_digest, "new", asked.priority_s, sorted_needs(asked.needs),
        asked.customer, asked.link, asked.language, None, 0, asked.agent, 0, 0, asked.data,
    )  # fmt: skip
    queue.counts["new"] += 1
    queue.tally.arrived += 1
    peer.contacts[contact.id] = contact
    world.live += 1
    world.tally.accepted += 1
    return contact


def _again(peer: Peer, command: Enqueue, known: Contact | None) -> Reply:
    """An id that was used before: the same body is a repetition, another one a conflict."""
    entry: Contact | Tombstone = known if known is not None else peer.ended[command.contact]
    if entry.digest and entry.digest != digest(command):
        raise Refused("conflict", command.contact)
    if known is None:
        raise Refused("ended", command.contact)
    return Queued(command.seq, command.contact)


def digest(command: Enqueue) -> int:
    """A checksum of the body, its number left out; never 0, which stands for a body that was never seen."""
    return crc32(_encode((
        command.queue, command.channel, command.priority_s, command.needs, command.customer, command.link,
        command.language, command.preferred, command.agent, command.held, command.data,
    ))) or 1  # fmt: skip


def find_queue(world: World, peer: Peer, name: str, channel: str) -> Queue:
    """The tenant's queue of that name, serving that channel. Raises `Refused`."""
    queue = world.queues.get((peer.tenant, name))
    if queue is None or queue.retired:
        raise Refused("unknown_queue", name)
    if channel not in queue.settings.channels:
        raise Refused("unknown_channel", channel)
    return queue


def _named_agent(world: World, peer: Peer, command: Enqueue) -> Agent | None:
    if command.preferred is not None:
        world.agent(peer.tenant, command.preferred)
    return world.agent(peer.tenant, command.agent) if command.agent is not None else None


def check_data(world: World, data: dict[str, str] | None) -> None:
    """Data within its limit, or `Refused`."""
    if data and _bytes(data) > world.settings.limits.data_bytes_max:
        raise Refused("data_too_large", f"at most {world.settings.limits.data_bytes_max} bytes")


def _bytes(data: dict[str, str]) -> int:
    return sum(len(key.encode()) + len(value.encode()) for key, value in data.items())


def sorted_needs(needs: dict[str, int] | None) -> tuple[tuple[str, int], ...]:
    """Needs as they are interned."""
    return tuple(sorted(needs.items())) if needs else ()


def refusal(world: World, line: Line, customer: str | None, agent: Agent | None) -> RefusedWhy | None:
    """The first entry check that fails, None where the contact may come in. `agent`: it asks for this one only."""
    queue = line.queue
    if not queue.settings.open:
        return "closed"
    if customer is not None and customer in world.blocked:
        return "blocked"
    if not queue.settings.enter_unstaffed and not _somebody(line, agent):
        return "nobody"
    if queue.waiting() >= queue.settings.waiting_max:
        return "full"
    return None


def _somebody(line: Line, agent: Agent | None) -> bool:
    """Is somebody able signed in? Where it asks for one agent only: is that one, to stay, with a device for it?"""
    if agent is None:
        return line.needs.staffed > 0
    there = agent.state != "offline" and agent.next_state != "offline"
    return there and agent.profile is not None and line.needs.channel in agent.profile.pools


def probe(world: World, peer: Peer, command: Probe) -> Reply:
    """The entry checks without entering."""
    queue = find_queue(world, peer, command.queue, command.channel)
    agent = world.agent(peer.tenant, command.agent) if command.agent is not None else None
    line = world.line(queue, command.channel, sorted_needs(command.needs))
    why = refusal(world, line, command.customer, agent)
    free = sum(pool.free for pool in line.needs.ready.values())
    ahead, staffed = len(line.order), line.needs.staffed
    drop_if_empty(world, line)
    if why is not None:
        return RefusedEntry(command.seq, why, queue.treatment(why))
    return Probed(command.seq, ahead, free, staffed)


def drop_if_empty(world: World, line: Line) -> None:
    """A line that was made only to ask about it goes again."""
    queue = line.queue
    if line.members == 0 and line not in queue.own.values():
        world.drop_line(line)
