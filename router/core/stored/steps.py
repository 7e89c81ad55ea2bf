"""The stored form of what steps of needs wait on: see `records.py`, which these belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Encoder

from router.core.needs.courses import record_key

if TYPE_CHECKING:
    from router.core.needs.course import Course
    from router.core.needs.levels import Level

SCHEMA = 1

encode = Encoder().encode


class CourseRecord(Struct, array_like=True, gc=False):
    """See `course.Course`: (stream, step, time by its lines' clock) of each condition that held."""

    schema: int
    key: str
    held: tuple[tuple[int, int, int], ...]


class LevelRecord(Struct, array_like=True, gc=False):
    """See `levels.Level`."""

    schema: int
    tenant: str
    queue: str
    bucket_us: int
    last: int
    in_target: list[int]
    counted: list[int]
    due_us: int
    due_number: int


def of_course(c: Course) -> bytes:
    """The stored form of what is known of the steps of a course."""
    held = sorted((stream, step, at_us) for (stream, step), at_us in c.held_us.items())
    return encode((SCHEMA, record_key(c), held))


def of_level(level: Level) -> bytes:
    """The stored form of a service level."""
    return encode((
        SCHEMA, level.queue.settings.tenant, level.queue.name, level.bucket_us, level.last, level.in_target,
        level.counted, level.due_us, level.due_number,
    ))  # fmt: skip
