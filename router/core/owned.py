"""What a gateway owns, by number: how work on all of it is listed to be done in slices, and how far a list of it was
gone through (`handlers/sync_end.py`)."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias, Union

from msgspec import Struct

if TYPE_CHECKING:
    from router.core.entities import Contact, Endpoint, Offer, Peer
    from router.core.world import World

Owned: TypeAlias = Union["Contact", "Endpoint", "Offer"]

NUMBER: Final[Any] = attrgetter("number")


class Reckoning(Struct, array_like=True, gc=False):
    """How far the engine has come with a list that is whole."""

    seq: int
    """The `sync_end` that is answered when it is through."""
    reach: int = 0
    """What has a number up to this was gone through."""
    lost: int = 0
    """Contacts that were not listed, and have ended for that."""


def end_reckoning(world: World, peer: Peer) -> None:
    """Its list is gone through, or counts no more."""
    peer.reckoning = None
    peer.todo.clear()
    if not peer.chore:
        world.chores.pop(peer.number, None)
    world.changed[peer] = None


def listed(owned: list[Owned], reach: int, downwards: bool = False) -> list[Owned]:
    """What lies above the reach, the lowest last; or up to it, the highest last. Sorted and cut without a loop of ours:
    a hundred thousand take some milliseconds."""
    owned.sort(key=NUMBER)
    cut = bisect_right(owned, reach, key=NUMBER)
    if downwards:
        del owned[cut:]
    else:
        del owned[:cut]
        owned.reverse()
    return owned


def list_todo(peer: Peer, todo: list[Owned]) -> None:
    """This is to be done, with the numbers that it is listed under. Two lists: pairs would take longer to make."""
    peer.todo, peer.todo_numbers = todo, list(map(NUMBER, todo))
