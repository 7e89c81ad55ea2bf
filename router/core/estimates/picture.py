"""From the live centre to what `router.ewt` estimates from: the crews that serve a line, and the lines they share with.

A picture is made in slices; what changes between two of them is seen by the next picture. The order in which agents,
profiles and lines came to be known has no part in it: it is not the same after a start.
"""

from __future__ import annotations

from collections.abc import Generator
from itertools import islice
from typing import TYPE_CHECKING

from router.core.estimates.crews import BUCKET_US, SLOT, Crew
from router.core.estimates.movers import count
from router.core.estimates.outlook import DECIDED, TOLD, Outlook
from router.core.estimates.service import Service
from router.core.estimates.view import View, can_be_seen, name_of
from router.ewt.agents import READY, TALK, Agents, Group
from router.ewt.laws import QueueLaws
from router.ewt.lines import Line as Known
from router.ewt.supply import Jumps, Scene
from router.ewt.trajectory import Trajectory
from router.ewt.walk import walk
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.estimates.state import Estimates
    from router.core.line import Line
    from router.core.roster import Profile
    from router.core.world import World

NEAR_FOR_US = 30 * SECOND_US
"""Which lines share agents with a line is looked up so often: profiles change seldom."""
NEAR_LOOKED = 2048
"""Pairs of profile and line looked at for that, and lines kept."""
NEAR_MOST = 128
BESIDE_MOST = 32
"""Lines that share agents, and where somebody waits or who come first, in one picture."""
CREWS_A_SLICE = 128
MIX_KEEP = 0.8
"""Share of what a group of agents was seen to take before that is kept when it is seen again."""
MIXES_MOST = 32


Made = tuple[Trajectory | None, Trajectory | None]
"""What is decided by, and what is told: see `View`."""


def trajectory(world: World, estimates: Estimates, view: View) -> Generator[None, None, Made]:
    """Make the view's trajectories, a slice at a time; None where its laws are not built, or nobody serves it."""
    now_s = world.now_us / SECOND_US
    laws = estimates.book.laws(view.service, now_s) if view.service.known else None
    if laws is None:
        return None, None
    moving = estimates.moving
    if not moving.is_fresh(world):
        yield from count(world, moving)
    beside = _beside(world, estimates, view)
    agents = Agents(1, BUCKET_US / SECOND_US)
    outlook = Outlook(world)
    if world.rota.at_work:
        yield from outlook.comers(world, estimates.coming(view.line.needs.channel), view, beside)
    if moving.groups:
        yield from outlook.movers(world, estimates, view, beside)
    if view.line in moving.shifts:
        yield from outlook.shift(world, estimates, view, beside)
    ours = yield from _groups(world, estimates, view, beside, outlook)
    agents.by_queue[view.name] = ours
    for other in beside:
        theirs = [group for group in ours if other.name in group.skills]
        if other.priority < view.priority:
            theirs += yield from _outside(world, estimates, view, other, outlook)
        else:
            theirs.append(_rest(view, other))
        agents.by_queue[other.name] = theirs
    yield
    plain = _walked(world, estimates, view, beside, agents, laws, outlook.jumps(DECIDED))
    if not outlook.differs:
        return plain, plain
    yield
    told = _walked(world, estimates, view, beside, agents, laws, outlook.jumps(TOLD))
    if told is not None:
        # A measurement may still prove wrong what is likely.
        told.confidence = "medium"
    return plain, told


def _walked(
    world: World,
    estimates: Estimates,
    view: View,
    beside: list[View],
    agents: Agents,
    laws: QueueLaws,
    jumps: Jumps,
) -> Trajectory | None:
    """The last slice: the flow, and all positions of the line."""
    if view.line not in view.line.queue.lines:
        return None
    lines = _talked_to(estimates, agents)
    for seen in (view, *beside):
        seen.weigh()
        lines[seen.name] = seen
    now_s, settings = world.now_us / SECOND_US, view.settings
    book = estimates.book

    def laws_of(line: Known) -> QueueLaws:
        service = line.service if isinstance(line, View) else line
        if service is view.service or not isinstance(service, Service):
            return laws
        return book.beside(service, laws)

    scene = Scene(lines, agents, laws_of, jumps, now_s, settings.wait_max_s, settings.pace_doubt_ratio)
    picture = scene.picture(view)
    if picture.agents <= 0 and not any(view.name in skills for skills in jumps):
        return None
    walked = walk(picture.flow, picture.asker, picture.equals, now_s, settings.waiting_blocks)
    lives = view.talk.lives
    confidence = "medium" if lives < settings.medium_confidence_lives else "high"
    made = Trajectory(view, picture.asker.arrived, walked, now_s, confidence)  # type: ignore[arg-type]  # one of two
    made.agents, made.pace = picture.agents, picture.pace
    # Laid out now, by what is known now: when somebody reads it first must not matter.
    made.at(1)
    return made


def _talked_to(estimates: Estimates, agents: Agents) -> dict[str, Known]:
    """The services whose contacts the agents have, or had: not all that there are, whose names alone are cold."""
    found: dict[str, Known] = {}
    for groups in agents.by_queue.values():
        for group in groups:
            for name in (*group.mix, *(name for _, name in group.cells)):
                service = estimates.by_name.get(name)
                if service is not None:
                    found[name] = service
    return found


# -- lines that share agents ------------------------------------------------------------------------------------------


def _beside(world: World, estimates: Estimates, view: View) -> list[View]:
    """Lines that take agents from this one now, the fullest first."""
    if not 0 <= world.now_us - view.near_us < NEAR_FOR_US or view.near_us < 0:
        view.near, view.near_us = _near(world, view.line), world.now_us
    found = []
    moved = [other for other in estimates.moving.beside(view.line) if can_be_seen(other) and _may_fill(other)]
    for line in dict.fromkeys((*view.near, *moved)):
        if line not in line.queue.lines or line.contact_class < view.line.contact_class:
            continue
        first, alike = line.contact_class > view.line.contact_class, line.per_us == view.line.per_us
        if line.order.first is None and not first and alike and line.boost == view.line.boost:
            continue
        found.append((-len(line.order), estimates.view(line)))
    found.sort(key=lambda item: (item[0], item[1].name))
    return [other for _, other in found[:BESIDE_MOST]]


def _near(world: World, line: Line) -> list[Line]:
    """Lines that some profile serves beside this one: of its channel, or of one that leaves no room beside it."""
    found: dict[Line, None] = {}
    channel = line.needs.channel
    looked = 0
    profiles = sorted(line.needs.profiles, key=_first_member)
    for profile in profiles:
        for name, pool in profile.pools.items():
            if name != channel and not _excludes(world, name, channel):
                continue
            for needs in pool.needs:
                looked += len(needs.lines)
                for other in needs.lines:
                    if other is not line and can_be_seen(other) and _may_fill(other):
                        found[other] = None
        if looked >= NEAR_LOOKED:
            break
    return sorted(found, key=lambda other: (-other.contact_class, name_of(other)))[:NEAR_MOST]


def _may_fill(line: Line) -> bool:
    """Does somebody stand in it, or may somebody who has just come? Where needs give way, whoever is offered in another
    of their queues belongs to the line of a state that has passed; after a start it is another one."""
    return line.order.first is not None or not line.course.streams or line.queue.own.get(line.needs.channel) is line


def _first_member(profile: Profile) -> int:
    """A place among profiles that does not depend on when they came to be known."""
    return min(profile.members, default=0)


def _excludes(world: World, one: str, other: str) -> bool:
    """Can an agent of the usual capacity not hold a contact of each at a time?"""
    channels = [world.channels[name] for name in (one, other) if name in world.channels]
    return len(channels) < 2 or any(c.exclusive for c in channels) or sum(c.units for c in channels) > 100


# -- crews ------------------------------------------------------------------------------------------------------------


def _groups(
    world: World, estimates: Estimates, view: View, beside: list[View], outlook: Outlook
) -> Generator[None, None, list[Group]]:
    """The agents who serve the view, or will, grouped by which of the lines beside it they serve as well."""
    found: dict[frozenset[str], list[Crew]] = {}
    for number, profile in enumerate(list(view.line.needs.profiles), 1):
        crew = estimates.crew(profile, view.line.needs.channel)
        if not crew.is_fresh(world.now_us):
            yield from crew.count(world, estimates)
        skills = frozenset((view.name, *(other.name for other in beside if profile in other.line.needs.levels)))
        found.setdefault(skills, []).append(crew)
        if number % CREWS_A_SLICE == 0:
            yield
    for skills in outlook.skills():
        if view.name in skills:
            found.setdefault(skills, [])
    groups = [_group(skills, crews, outlook) for skills, crews in found.items()]
    groups.sort(key=lambda group: sorted(group.skills))
    for group in groups:
        _mix(estimates, view, group)
    return groups


def _outside(
    world: World, estimates: Estimates, view: View, other: View, outlook: Outlook
) -> Generator[None, None, list[Group]]:
    """Agents who serve a line that comes before the view, and not the view itself."""
    crews = []
    needs = view.line.needs
    for number, profile in enumerate(list(other.line.needs.profiles), 1):
        if profile in needs.levels:
            continue
        crew = estimates.crew(profile, other.line.needs.channel)
        if not crew.is_fresh(world.now_us):
            yield from crew.count(world, estimates)
        crews.append(crew)
        if number % CREWS_A_SLICE == 0:
            yield
    alone = frozenset((other.name,))
    if not crews and alone not in outlook.skills():
        return []
    group = _group(alone, crews, outlook)
    _mix(estimates, other, group)
    return [group]


def _rest(view: View, other: View) -> Group:
    """Those who serve a line beside the view and not the view: how many they are is all that is asked of them."""
    group = Group(frozenset((other.name,)), BUCKET_US / SECOND_US)
    needs = view.line.needs
    group.size = sum(
        profile.agents for profile in islice(other.line.needs.profiles, 512) if profile not in needs.levels
    )
    return group


def _group(skills: frozenset[str], crews: list[Crew], outlook: Outlook) -> Group:
    """Several crews as one group: whole numbers are added up, and brought into an order of their own."""
    cells: dict[tuple[int, str], dict[int, list[int]]] = {}
    size = free = 0
    for crew in crews:
        size += crew.size
        free += crew.free
        if crew.plans:
            outlook.add(skills, crew.plans)
        for key, buckets in crew.cells.items():
            cell = cells.setdefault(key, {})
            for bucket, (slots, sum_us) in buckets.items():
                entry = cell.setdefault(bucket, [0, 0])
                entry[0] += slots
                entry[1] += sum_us
    group = Group(skills, BUCKET_US / SECOND_US)
    group.size, group.free = size / SLOT, free / SLOT
    for key in sorted(cells):
        buckets = cells[key]
        group.cells[key] = {
            bucket: [buckets[bucket][0] / SLOT, buckets[bucket][1] / SLOT / SECOND_US] for bucket in sorted(buckets)
        }
    return group


def _mix(estimates: Estimates, view: View, group: Group) -> None:
    """Of which services the group takes how many: who talks now, by how long they talk, and what was seen before."""
    if len(view.mixes) > MIXES_MOST:
        view.mixes.clear()
    mix = {name: weight * MIX_KEEP for name, weight in view.mixes.get(group.skills, {}).items()}
    for (state, name), cell in group.cells.items():
        service = estimates.by_name.get(name)
        if state == READY or service is None:
            continue
        mean_s = max(service.talk.mean_s(), 1.0) if state == TALK else max(service.wrap.mean_s(), 1.0)
        mix[name] = mix.get(name, 0.0) + sum(entry[0] for entry in cell.values()) / mean_s / 2
    view.mixes[group.skills] = mix
    group.mix = {name: mix[name] for name in sorted(mix)}
    group.mixed = sum(group.mix.values())
