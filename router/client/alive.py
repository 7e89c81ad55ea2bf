"""What is alive, in pieces that fit the engine's limits: the list that a gateway sends after hello.

It knows sizes and nothing of connections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from router.wire.catalogue import AliveContact, AliveEndpoint, Limits, Sync
from router.wire.codec import encode_frame

Alive: TypeAlias = AliveContact | AliveEndpoint
TellAlive: TypeAlias = Callable[[], Iterable[Alive]]
"""Called after each welcome of a leader: everything that this gateway owns at this moment. Endpoints first
or last, in any order."""

T = TypeVar("T")

FRAME_SPARE_BYTES = 64
"""What a frame needs beside its entries: the length, the number, which is given later, and the map around
it."""


def sync_messages(alive: Iterable[Alive], limits: Limits) -> Iterator[Sync]:
    """The list as messages, endpoints before contacts, so that a contact in talk finds its agent.

    Numbers are 0 and given when they are sent. An entry too large for any frame is sent alone: the engine
    refuses it and says why."""
    contacts = []
    endpoints = []
    for entry in alive:
        if isinstance(entry, AliveContact):
            contacts.append(entry)
        else:
            endpoints.append(entry)
    for endpoint_part in _parts(endpoints, limits.sync_entries_max):
        yield from _fitting(endpoint_part, limits.frame_bytes_max, lambda part: Sync(0, endpoints=tuple(part)))
    for contact_part in _parts(contacts, limits.sync_entries_max):
        yield from _fitting(contact_part, limits.frame_bytes_max, lambda part: Sync(0, contacts=tuple(part)))


def _parts(entries: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(entries), most):
        yield entries[start : start + most]


def _fitting(entries: Sequence[T], bytes_max: int, build: Callable[[Sequence[T]], Sync]) -> Iterator[Sync]:
    """One message, or its halves where it is too long."""
    message = build(entries)
    if len(entries) == 1 or len(encode_frame(message)) + FRAME_SPARE_BYTES <= bytes_max:
        yield message
        return
    half = len(entries) // 2
    yield from _fitting(entries[:half], bytes_max, build)
    yield from _fitting(entries[half:], bytes_max, build)
