"""The part of `world.py` that is about needs and steps, evaluated again from the settings and the contacts.

It has its own evaluation of what an agent meets, and its own view of how far a contact's steps have come.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.entities import Agent, Contact
from router.core.line import Line, Needs
from router.core.needs.course import Course
from router.core.needs.want import Traits, Want
from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]


def meets(traits: Traits, want: Want) -> bool:
    """Does somebody with these traits meet what is asked?"""
    return (
        all(any(has == skill and level >= least for has, level in traits.skills) for skill, least in want.skills)
        and all(
            any(has == name and level >= least for has, level in traits.languages) for name, least in want.languages
        )
        and set(want.attributes) <= set(traits.attributes)
        and {traits.team}.issuperset(want.teams)
        and all(any(meets(traits, one) for one in group) for group in want.any_of)
        and not any(meets(traits, one) for one in want.none_of)
    )


def able(world: World, needs: Needs) -> list[Agent]:
    """The signed-in agents who meet these needs on some endpoint."""
    tenant, channel, want = needs.key
    return [
        agent
        for agent in world.agents.values()
        if agent.state != "offline"
        and agent.tenant == tenant
        and any(channel in endpoint.channels for endpoint in agent.endpoints.values())
        and meets(agent.traits, want)
    ]


def _check_steps(world: World, line: Line) -> Found:
    """Whoever stands in a line has come as far on their course as it says, and nothing waits for what is true."""
    course = line.course
    name = f"line {course.key} {line.state}"
    if line.needs.want != course.wanted(line.state):
        yield "index", f"{name}: needs {line.needs.want}"
    if (course.lines.get(line.state) is line) == (line in course.joining):
        yield "index", f"{name}: not a line of its course"
    if line in course.joining and line.order.first is not None and line not in world.roster.joining:
        yield "I13", f"{name}: {line.order.first[2].id} stands apart from those of the same state"
    if line.pending != any(stage < come for stage, come in line.state):
        yield "index", f"{name}: pending {line.pending}"
    if line.needs.awaited != sum(1 for other in line.needs.lines if other.pending):
        yield "index", f"{name}: {line.needs.awaited} await"
    for entry in line.order:
        # What came due while its gateway was away is looked at when that has been worked through.
        if entry[2].peer.open and not entry[2].peer.chore:
            yield from _check_state(world, line, entry[2], name)
    if not line.needs.ready and any(entry[2].peer.open and not entry[2].peer.chore for entry in line.order):
        for stream, (stage, come) in zip(course.streams, line.state, strict=True):
            if any(step.if_none_free and step.if_service_level_below <= 0 for step in stream.steps[stage:come]):
                yield "steps", f"{name}: nobody is free, and a step waits on that"


def _check_state(world: World, line: Line, contact: Contact, name: str) -> Found:
    """This contact has come as far as its line says. A deadline of this very moment may be a step's that has not fired,
    or another's."""
    now_us = line.time(world.now_us)
    unfired_us = max(0, world.now_us - contact.due_us + 1) if contact.due_us else 0
    for stream, (stage, come) in zip(line.course.streams, line.state, strict=True):
        times_us = [contact.entered_us + step.after_us for step in stream.steps]
        if come not in {sum(at_us <= at for at_us in times_us) for at in (now_us - unfired_us, now_us)}:
            yield "steps", f"{name}: {contact.id} stands there, waited {now_us - contact.entered_us}"
        if any(not step.conditional for step in stream.steps[stage:come]):
            yield "steps", f"{name}: {contact.id} waits on no condition"


def check_line(world: World, line: Line) -> Found:
    """Its order (I6), its members, and how far they have come."""
    name = f"line {line.queue.name} {line.needs.key}"
    entries = list(line.order)
    if entries != sorted(entries, key=lambda entry: entry[:2]) or len(entries) != len(line.order):
        yield "I6", f"{name}: not in order"
    if line.order.first is not (entries[0] if entries else None):
        yield "I6", f"{name}: its head is not its first"
    if any(entry[2].standing is not line.order or entry != entry[2].entry for entry in entries):
        yield "I6", f"{name}: holds one who stands elsewhere"
    if line.members == 0 and line not in line.queue.own.values():
        yield "index", f"{name}: empty and kept"
    if not world.roster.stirred:
        yield from _check_steps(world, line)
    if line.needs.lines.count(line) != 1 or world.roster.needs.get(line.needs.key) is not line.needs:
        yield "index", f"{name}: its needs do not know it"


def check_course(course: Course) -> Found:
    """Its members are those of its lines."""
    if not course.streams:
        return
    members = sum(line.members for line in (*course.lines.values(), *course.joining))
    if members != course.members:
        yield "index", f"course {course.key}: {course.members} members, {members} found"
