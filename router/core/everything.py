"""All that is kept of a world, as a list of its entities: what a store that has lost some must be given again.

It must not know stores. The one idea: the records are the entities', so whoever can name every entity can write the
whole state anew.
"""

from __future__ import annotations

from typing import Any

from router.core.world import World


def everything(world: World) -> list[Any]:
    """Every entity with a record, but the world itself. O(live things); about 10 ms for 100,000."""
    entities: list[Any] = [*world.peers.values(), *world.agents.values(), *world.hours.values()]
    entities += [queue.door for queue in world.queues.values() if queue.door is not None and queue.door.kept]
    for peer in world.peers.values():
        entities += peer.contacts.values()
        entities += peer.endpoints.values()
        entities += peer.ended.values()
    return entities
