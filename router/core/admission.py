"""May a contact come into a queue, and if not, into which other one: the entry checks, and the way along treatments.

The checks come in their order: open, blocked, staffed, length. Where one fails and the queue's treatment for it is
another queue, that one is asked at once, and so on for at most `hops_max` queues, none of them twice. Asking changes
nothing: who counts and records what was refused is the caller's.
"""

from __future__ import annotations

from router.core import settings as of
from router.core.doors import doors
from router.core.effects import Treatment
from router.core.entities import Agent
from router.core.line import Line
from router.core.needs import courses
from router.core.needs.asked import Asked
from router.core.queue import Queue
from router.core.world import World
from router.errors import Refused
from router.terms import RefusedWhy

Hop = tuple[Queue, str, Treatment]
"""A queue that did not let it in, or can't serve it any longer, why, and what it wants done."""


def refusal(
    world: World, line: Line, customer: str | None, agent: Agent | None, excused: bool = False
) -> RefusedWhy | None:
    """The first entry check that fails, None where the contact may come in. `agent`: it asks for this one only.
    `excused`: it was sent on because it is blocked, and is not refused for that again."""
    queue = line.queue
    if (queue.door is not None or not queue.settings.open) and _is_closed(world, line):
        return "closed"
    if customer is not None and not excused and world.routing.is_blocked(queue.settings.tenant, customer, world.utc_s):
        return "blocked"
    if agent is not None and queue.settings.direct.overflow_at_log_out and is_gone(agent):
        # It overflows to the others at once: they are who must be there.
        agent = None
    if not queue.settings.enter_unstaffed and not somebody(world, line, agent):
        return "nobody"
    if queue.waiting() >= queue.settings.waiting_max:
        return "full"
    return None


def _is_closed(world: World, line: Line) -> bool:
    return doors.closed_by(world, line.queue, line.needs.channel) is not None or doors.too_late(world, line)


def is_gone(agent: Agent) -> bool:
    """Is the agent signed out, or about to be?"""
    return agent.state == "offline" or agent.next_state == "offline"


def somebody(world: World, line: Line, agent: Agent | None) -> bool:
    """Is somebody signed in who is able, or will be after a step of the needs? Where it asks for one agent only: is
    that one, to stay, with a device for it?"""
    if agent is None:
        if line.needs.staffed > 0 or world.crossing is not None:
            # While agents cross to other settings, whoever is able may not have come yet.
            return True
        return bool(line.course.streams) and courses.wanted_later(world, line)
    there = not is_gone(agent)
    return there and agent.profile is not None and line.needs.channel in agent.profile.pools


def follow(
    world: World,
    queue: Queue,
    channel: str,
    needs: Asked,
    customer: str | None,
    why: str,
    treatment: Treatment,
    contact_class: int | None = None,
    own_target: str = "",
    language: str | None = None,
) -> tuple[Line | None, list[Hop]]:
    """After `queue` has refused it, or can't serve it any longer, for `why`, and wants `treatment` for it: the line of
    the first queue along the treatments that lets the contact in (None where none does), and all that refused, the
    first one included. Nobody is asked for by name any more."""
    hops: list[Hop] = [(queue, why, treatment)]
    tenant = queue.settings.tenant
    excused = why == "blocked"
    while len(hops) <= world.settings.hops_max:
        following = next_queue(world, tenant, treatment, channel)
        if following is None or any(following is hop[0] for hop in hops):
            break
        queue = following
        try:
            line = world.line(queue, channel, needs, contact_class, own_target, language)
        except Refused:
            # No room for another kind of needs there.
            refused: RefusedWhy | None = "full"
        else:
            refused = refusal(world, line, customer, None, excused)
            if refused is None:
                return line, hops
            drop_if_empty(world, line)
        assert refused is not None
        treatment = treatment_for(queue, refused)
        excused = excused or refused == "blocked"
        hops.append((queue, refused, treatment))
    return None, hops


def next_queue(world: World, tenant: str, treatment: Treatment, channel: str) -> Queue | None:
    """The queue that a treatment leads to, None where it leads to none that takes the channel."""
    if treatment.do != "queue":
        return None
    queue = world.queues.get((tenant, treatment.to))
    if queue is None or queue.retired or channel not in queue.settings.channels:
        return None
    return queue


def treatment_for(queue: Queue, why: RefusedWhy) -> Treatment:
    """What a queue that does not let a contact in wants done with it."""
    return doors.treatment(queue, waiting=False) if why == "closed" else queue.treatment(why)


def last_treatment(world: World, hops: list[Hop]) -> Treatment:
    """What is left to do with a contact that nobody let in: the treatment of the last queue asked. One that leads on
    to a queue is the engine's own to follow, and came to its end: refuse; unless following is switched off."""
    treatment = hops[-1][2]
    if treatment.do == "queue" and world.settings.hops_max:
        return of.REFUSE
    return treatment


def refused_why(hops: list[Hop]) -> RefusedWhy:
    """Why the last queue asked did not let it in."""
    why: RefusedWhy = hops[-1][1]  # type: ignore[assignment]  # who asks to come in is refused for one of these
    return why


def drop_if_empty(world: World, line: Line) -> None:
    """A line that was made only to ask about it goes again."""
    courses.drop_if_empty(world, line)
