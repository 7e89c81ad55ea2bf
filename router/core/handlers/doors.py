"""A supervisor's hand on a queue's door: a layer over settings and calendar, taken back by hand or by its own end."""

from __future__ import annotations

from router.core import audit
from router.core import commands as ask
from router.core.doors import closing, doors
from router.core.doors.door import Door
from router.core.doors.doors import hang_door
from router.core.effects import Ok, Reply
from router.core.entities import Peer
from router.core.queue import Queue
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US


def close_queue(world: World, peer: Peer, command: ask.CloseQueue) -> Reply:
    """Nobody comes in, and who waits goes."""
    queue, door = _find(world, peer, command.queue)
    before = _facts(world, queue)
    closing.take_hand_off(door)
    door.hand, door.message, door.serve_out = "closed", command.message or "", command.serve_out
    return _done(world, peer, command, queue, before)


def open_queue(world: World, peer: Peer, command: ask.OpenQueue) -> Reply:
    """As settings and calendar say again, or open whatever they say."""
    queue, door = _find(world, peer, command.queue)
    before = _facts(world, queue)
    closing.take_hand_off(door)
    if command.until_ms:
        door.hand = "open"
    return _done(world, peer, command, queue, before)


def _find(world: World, peer: Peer, name: str) -> tuple[Queue, Door]:
    queue = world.queues.get((peer.tenant, name))
    if queue is None or queue.retired:
        raise Refused("unknown_queue", name)
    door = hang_door(world, queue, always=True)
    assert door is not None
    return queue, door


def _done(
    world: World, peer: Peer, command: ask.CloseQueue | ask.OpenQueue, queue: Queue, before: audit.Facts
) -> Reply:
    door = queue.door
    assert door is not None
    if command.until_ms:
        door.until_us = world.now_us + command.until_ms * MILLISECOND_US
    closing.turned(world, queue)
    what = str(type(command).__struct_config__.tag)
    audit.write(world, peer, command.who, command.why, what, queue.name, before, _facts(world, queue))
    return Ok(command.seq)


def _facts(world: World, queue: Queue) -> audit.Facts:
    """How the door stands, for the audit."""
    door = queue.door
    assert door is not None
    facts = {"open": "no" if doors.closed_by(world, queue) else "yes", "hand": door.hand, "message": door.message}
    if door.until_us:
        facts["until_s"] = str((door.until_us - world.now_us) // (1000 * MILLISECOND_US))
    if door.serve_out:
        facts["serve_out"] = "yes"
    return {name: value for name, value in facts.items() if value}
