"""Who serves what: queues that nobody can serve, skills that nothing asks for, clients of tenants that do not
exist.

All of these are allowed (people may be hired tomorrow) and are most often a slip of the pen: they are
warnings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from router.config.centre import Centre
from router.config.faults import Findings, Where
from router.config.people import People
from router.config.read import Found
from router.core.needs.able import Able
from router.core.needs.want import ANYBODY, Traits, names_in, said
from router.core.settings import Agent, Queue


def coverage(centre: Centre, people: People, queues_at: Where, findings: Findings) -> None:
    """Warnings about queues and skills that do not meet."""
    if not centre.queues:
        findings.warn(queues_at, "there is no queue, so every contact will be refused", "add a table [queues.NAME]")
        return
    able = _profiles(people.agents)
    units = {channel.name: channel.units for channel in centre.channels}
    known: dict[str, set[tuple[str, str]]] = {}
    for agent in people.agents:
        known.setdefault(agent.tenant, set()).update(_names(agent))
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


def _profiles(agents: Iterable[Agent]) -> dict[str, list[tuple[Able, int]]]:
    """Tenant -> its different (what an agent is, capacity)."""
    found: dict[str, dict[tuple[Traits, int], None]] = {}
    for agent in agents:
        found.setdefault(agent.tenant, {})[agent.traits, agent.capacity_units] = None
    return {tenant: [(Able(traits), units) for traits, units in each] for tenant, each in found.items()}


def _names(agent: Agent) -> Iterator[tuple[str, str]]:
    """What the agent has, as `names_in` tells what is asked."""
    for kind, pairs in (("skill", agent.skills), ("language", agent.languages), ("attribute", agent.attributes)):
        yield from ((kind, name) for name, _ in pairs)
    yield "team", agent.team


def _skills_known(queue: Queue, found: Found, known: set[tuple[str, str]], findings: Findings) -> bool:
    """Has anybody each thing asked for at all? Told where it stands, for it is most often misspelt."""
    strange = [(kind, name) for kind, name in names_in(queue.needs) if (kind, name) not in known]
    plain = {("skill", skill) for skill, _ in queue.needs.skills}
    for kind, name in strange:
        meant = findings.alike(name, sorted(other for its, other in known if its == kind))
        remedy = f"did you mean {meant}?" if meant else f"give an agent the {kind}"
        must = (kind, name) in plain
        what = f"no agent of tenant {queue.tenant} has the {kind} {name}" + (", so nobody can serve the queue" * must)
        findings.warn(found.at("needs") / name if must else found.at("needs"), what, remedy)
    for number, step in enumerate(queue.relax):
        for want in (step.needs, step.also):
            for kind, name in names_in(want or ANYBODY):
                if (kind, name) not in known:
                    what = f"no agent of tenant {queue.tenant} has the {kind} {name}"
                    findings.warn(found.at("relax") / number, what, f"give an agent the {kind}")
    return not strange


def _reached(
    queue: Queue, found: Found, profiles: list[tuple[Able, int]], units: dict[str, int], findings: Findings
) -> None:
    """Can some agent serve the queue, on each of its channels?"""
    capacity = max((capacity for able, capacity in profiles if able.meets(queue.needs)), default=None)
    if capacity is None:
        needs = said(queue.needs)
        what = f"no agent of tenant {queue.tenant} has {needs} together, so nobody can serve the queue"
        findings.warn(found.at("needs"), what, "lower a level, or give an agent the skills")
        return
    for channel in queue.channels:
        if units.get(channel, 0) > capacity:
            what = f"a contact of channel {channel} takes {units[channel]} units, more than any able agent has"
            findings.warn(found.at("channels"), what, "raise capacity_units of an agent")


def _unused(centre: Centre, people: People, findings: Findings) -> None:
    """Skills of agents that no queue of their tenant needs: told once each, where it first stands."""
    needed = {
        (queue.tenant, skill)
        for queue in centre.queues
        for want in queue.wants()
        for kind, skill in names_in(want)
        if kind == "skill"
    }
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
