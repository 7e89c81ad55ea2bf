"""Courses in slices: contacts of one state find one another, and heads of lines that gave way look for an agent.

Called between steps, so that a line of fifty thousand stalls nobody. What a course is stands in `courses.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from router.core.line import Line
from router.core.needs.courses import SLICE, move
from router.core.world import World


def join(world: World) -> None:
    """A slice: who stands in a line of a state that has another one goes over to that. Nobody notices."""
    line = next(iter(world.roster.joining))
    course = line.course
    into = course.lines.get(line.state)
    if into is None:
        course.joining.remove(line)
        course.lines[line.state] = line
    else:
        for entry in list(islice(line.order, SLICE)):
            move(world, entry[2], into)
    if into is None or line.order.first is None:
        world.roster.joining.pop(line, None)


def ease(world: World, match: Callable[[World], None]) -> None:
    """A slice: who stands first in a line that gave way looks for an agent. A line is done with when a slice of it has
    found nobody."""
    while world.roster.easing:
        line = min(world.roster.easing, key=_first_number)
        heads = [entry[2] for entry in islice(line.order, SLICE)] if line.needs.ready else []
        world.loose_contacts.extend(contact for contact in heads if contact.peer.open)
        match(world)
        found = any(contact.standing is None for contact in heads)
        if not found or len(heads) < SLICE:
            world.roster.easing.pop(line, None)
        if found:
            return


def _first_number(line: Line) -> int:
    """An order of lines that a start does not change."""
    return line.order.first[1] if line.order.first is not None else 0
