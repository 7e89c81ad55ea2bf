"""The stored form of calendars and doors: see `records.py`, which these belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Encoder

if TYPE_CHECKING:
    from router.core.doors.door import Door
    from router.core.doors.hours import Hours

SCHEMA = 1

encode = Encoder().encode


class HoursRecord(Struct, array_like=True, gc=False):
    """See `hours.Hours`."""

    schema: int
    name: str
    behind_us: int
    stopped_us: int
    since_us: int
    reach: int
    due_us: int
    due_number: int


class DoorRecord(Struct, array_like=True, gc=False):
    """See `entities.Door`."""

    schema: int
    tenant: str
    queue: str
    hand: str
    until_us: int
    message: str
    serve_out: bool
    due_us: int
    due_number: int


def door_key(door: Door) -> str:
    """tenant/queue."""
    return f"{door.queue.settings.tenant}/{door.queue.name}"


def of_hours(h: Hours) -> bytes:
    """The stored form of a calendar's open time."""
    return encode((SCHEMA, h.name, h.behind_us, h.stopped_us, h.since_us, h.reach, h.due_us, h.due_number))


def of_door(d: Door) -> bytes:
    """The stored form of a queue's door."""
    return encode((
        SCHEMA, d.queue.settings.tenant, d.queue.name, d.hand, d.until_us, d.message, d.serve_out, d.due_us,
        d.due_number,
    ))  # fmt: skip
