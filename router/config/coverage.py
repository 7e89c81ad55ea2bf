"""Who serves what: queues that nobody can serve, skills that nothing asks for, clients of tenants that do not
exist.

All of these are allowed (people may be hired tomorrow) and are most often a slip of the pen: they are
warnings.
"""

from __future__ import annotations

from collections.abc import Iterable

from router.config.centre import Centre
from router.config.faults import Findings, Where
from router.config.people import People
from router.config.read import Found
from router.core.settings import Agent, Queue

Skills = dict[str, int]
Profile = tuple[tuple[tuple[str, int], ...], int]
"""(skills with levels, capacity): agents who are alike here."""


def coverage(centre: Centre, people: People, queues_at: Where, findings: Findings) -> None:
    """Warnings about queues and skills that do not meet."""
    if not centre.queues:
        findings.warn(queues_at, "there is no queue, so every contact will be refused", "add a table [queues.NAME]")
        return
    able = _profiles(people.agents)
    units = {channel.name: channel.units for channel in centre.channels}
    known: dict[str, set[str]] = {}
    for agent in people.agents:
        known.setdefault(agent.tenant, set()).update(skill for skill, _ in agent.skills)
    for queue in centre.queues:
        found = centre.places[queue.tenant, queue.name]
        profiles = able.get(queue.tenant, [])
        if not profiles:
            findings.warn(found.where, f"tenant {queue.tenant} has no agents", "add agents of this tenant")
        elif _skills_known(queue, found, known[queue.tenant], findings):
            _reached(queue, found, profiles, units, findings)
    _unused(centre, people, findings)


def tenants(peers: Iterable[tuple[str, Where]], centre: Centre, people: People, findings: Findings) -> None:
    """Warnings about clients (tenant, place) whose tenant has neither queues nor agents."""
    known = {queue.tenant for queue in centre.queues} | {agent.tenant for agent in people.agents}
    for tenant, where in peers:
        if known and tenant not in known:
            meant = findings.alike(tenant, sorted(known))
            remedy = f"did you mean {meant}?" if meant else "it will see nothing"
            findings.warn(where, f"tenant {tenant} has neither queues nor agents", remedy)


def _profiles(agents: Iterable[Agent]) -> dict[str, list[tuple[Skills, int]]]:
    """Tenant -> its different (skills, capacity)."""
    found: dict[str, dict[Profile, None]] = {}
    for agent in agents:
        found.setdefault(agent.tenant, {})[agent.skills, agent.capacity_units] = None
    return {tenant: [(dict(skills), units) for skills, units in each] for tenant, each in found.items()}


def _skills_known(queue: Queue, found: Found, known: set[str], findings: Findings) -> bool:
    """Has anybody each of the skills at all? Told at the skill, where it is most often misspelt."""
    strange = [skill for skill, _ in queue.needs if skill not in known]
    for skill in strange:
        meant = findings.alike(skill, sorted(known))
        remedy = f"did you mean {meant}?" if meant else "give an agent the skill"
        what = f"no agent of tenant {queue.tenant} has the skill {skill}, so nobody can serve the queue"
        findings.warn(found.at("needs") / skill, what, remedy)
    return not strange


def _reached(
    queue: Queue, found: Found, profiles: list[tuple[Skills, int]], units: dict[str, int], findings: Findings
) -> None:
    """Can some agent serve the queue, on each of its channels?"""
    capacity = max(
        (
            capacity
            for levels, capacity in profiles
            if all(levels.get(skill, 0) >= level for skill, level in queue.needs)
        ),
        default=None,
    )
    if capacity is None:
        needs = ", ".join(f"{skill} {level}" for skill, level in queue.needs)
        what = f"no agent of tenant {queue.tenant} has {needs} together, so nobody can serve the queue"
        findings.warn(found.at("needs"), what, "lower a level, or give an agent the skills")
        return
    for channel in queue.channels:
        if units.get(channel, 0) > capacity:
            what = f"a contact of channel {channel} takes {units[channel]} units, more than any able agent has"
            findings.warn(found.at("channels"), what, "raise capacity_units of an agent")


def _unused(centre: Centre, people: People, findings: Findings) -> None:
    """Skills of agents that no queue of their tenant needs: told once each, where it first stands."""
    needed = {(queue.tenant, skill) for queue in centre.queues for skill, _ in queue.needs}
    told: set[tuple[str, str]] = set()
    for agent in people.agents:
        for skill, _ in agent.skills:
            key = (agent.tenant, skill)
            if key in needed or key in told or skill in centre.contact_skills:
                continue
            told.add(key)
            meant = findings.alike(skill, sorted(skill for tenant, skill in needed if tenant == agent.tenant))
            remedy = f"did you mean {meant}?" if meant else "name it in contact_skills of queues.toml, or remove it"
            where = people.places[agent.tenant, agent.name] / "skills" / skill
            findings.warn(where, f"no queue of tenant {agent.tenant} needs the skill {skill}", remedy)
