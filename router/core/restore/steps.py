"""The part of `world.py` that is about steps of needs: what they wait on, and who looks once more."""

from __future__ import annotations

from typing import Any

from router.core.needs import courses
from router.core.needs.levels import level_of
from router.core.stored.steps import CourseRecord, LevelRecord
from router.core.world import World


def conditions(world: World, kinds: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """What steps wait on. Returns the records that are of no use any more."""
    stale = [("steps", key) for key, record in kinds["steps"].items() if not _steps(world, record)]
    return stale + [("level", key) for key, record in kinds["level"].items() if not _level(world, record)]


def _steps(world: World, r: CourseRecord) -> bool:
    """What is known of the steps of some course; False where there is no such queue."""
    tenant, name, *_ = (*r.key.split("/"), "")
    queue = world.queues.get((tenant, name))
    if queue is None:
        return False
    held_us = {(stream, step): at_us for stream, step, at_us in r.held}
    own = [line.course for line in queue.own.values() if courses.record_key(line.course) == r.key]
    if own:
        own[0].held_us = held_us
    else:
        queue.kept_steps[r.key] = held_us
    return True


def _level(world: World, r: LevelRecord) -> bool:
    """A queue's service level; False where there is no such queue, or it counts otherwise now."""
    queue = world.queues.get((r.tenant, r.queue))
    if queue is None or level_of(queue).bucket_us != r.bucket_us:
        return False
    level = level_of(queue)
    level.last, level.in_target, level.counted = r.last, r.in_target, r.counted
    level.due_number = r.due_number
    world.counter = max(world.counter, r.due_number)
    if r.due_us:
        world.deadlines.set(level, r.due_us, r.due_number)
    return True


def forget_steps(world: World, stale: list[tuple[str, str]]) -> None:
    """What is known of steps that nobody waits for goes, and joins the records of no use."""
    for queue in world.queues.values():
        stale += [("steps", key) for key in queue.kept_steps]
        queue.kept_steps = {}
        for line in queue.own.values():
            if line.course.held_us and not line.course.members:
                line.course.held_us = {}
                stale.append(("steps", courses.record_key(line.course)))


def look_once_more(world: World) -> None:
    """Lines that nobody able is there for, and those whose needs may have given way just before."""
    for queue in world.queues.values():
        for line in list(queue.lines.values()):
            if line.members and line.needs.staffed == 0:
                courses.leave_unstaffed(world, line)
            # While a gateway is being opened its agents and contacts look when their turn has come.
            if line.course.streams and line.order.first is not None and line.needs.ready and not world.chores:
                world.roster.easing[line] = None
