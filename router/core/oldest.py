"""The longest wait of a queue, the figure that a supervisor looks at first: of those who stand in its lines.

Who rings is not among them: somebody was found, for the ring time at most, and where that comes to nothing the contact
stands again with its whole wait. Nor is who stands beside the line, held or waiting for one agent by name. Status,
metrics and rules all ask here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from router.core.entities import Peer
    from router.core.line import Line
    from router.core.queue import Queue
    from router.core.world import World

OLDEST_MOST = 1000
"""Places of a line that are looked at for the oldest: as many as come within a common head start."""


def longest_waits_us(world: World, queue: Queue) -> Iterator[tuple[int, Line]]:
    """The longest wait of each line where somebody stands. With head starts the head of a line need not have waited
    longest: but nobody waits since before their key, so a walk ends where the keys reach the oldest entry found. Of
    tickets, whose keys say when they are due, and where the newest comes first, it goes on."""
    for line in queue.lines.values():
        if line.order.first is None:
            continue
        oldest_us = now_us = line.time(world.now_us)
        if not line.aged:
            entries = reversed(line.order) if line.newest else iter(line.order)
            oldest_us = min(entry[2].entered_us for entry in islice(entries, OLDEST_MOST))
        else:
            for key_us, _, contact in islice(line.order, OLDEST_MOST):
                if key_us >= oldest_us:
                    break
                oldest_us = min(oldest_us, contact.entered_us)
        yield now_us - oldest_us, line


def is_sure(world: World, queue: Queue) -> bool:
    """Do all who wait here stand in its lines? Who waits on a gateway that is away, or is not through with opening yet,
    stands nowhere: how long they have waited is not seen. Nor does who waits for somebody by name, which looks the same
    as long as any gateway is away."""
    tenant = queue.settings.tenant
    if not any(peer.tenant == tenant and is_away(peer) for peer in world.ruling.away):
        return True
    standing = sum(len(line.order) for line in queue.lines.values())
    return queue.counts["waiting"] + queue.beside <= standing


def is_away(peer: Peer) -> bool:
    """Is it away, and do those who wait there come to stand again, or are they given up? Not one that drains."""
    if peer.role != "gateway":
        return False
    opens = peer.chore == "shut" and peer.synced and not peer.draining and not peer.suspended_until_us
    return opens or peer.chore in ("open", "close") or peer.awaited()


def went(world: World, peer: Peer) -> None:
    """From now on it may be unknown how long people wait."""
    world.ruling.away[peer] = None
    _look_anew(world, peer)


def is_back(world: World, peer: Peer) -> None:
    """All of its contacts stand again, or are gone: what was unknown because of them is known."""
    if peer in world.ruling.away:
        del world.ruling.away[peer]
        _look_anew(world, peer)


def _look_anew(world: World, peer: Peer) -> None:
    for queue in world.ruling.of_queue:
        if queue.view is not None and queue.settings.tenant == peer.tenant:
            world.ruling.dirty[queue.view] = None


def oldest_wait_us(world: World, queue: Queue) -> int:
    """The longest wait of those standing in the queue's lines; 0 where nobody does."""
    return max((waited_us for waited_us, _ in longest_waits_us(world, queue)), default=0)
