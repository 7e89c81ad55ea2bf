"""From the tables of `agents.toml`, and the CSV table that it includes, to the core's agents.

The CSV itself is read in `roster`; here both kinds of agent meet, and names are checked over both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from router.config.catalogue.centre import ENGINE_REASONS
from router.config.channels import most_at_once
from router.config.faults import Findings, Where, dangling, doubled, listed
from router.config.read import Found
from router.config.roster import Person
from router.core.settings import Agent, Channel

DEFAULT = Agent("any")
"""For the defaults of team, tenant and capacity."""


class Team(NamedTuple):
    """What is the same for a team's people."""

    tenant: str
    capacity_units: int


class People(NamedTuple):
    """All agents, with the place of each."""

    agents: tuple[Agent, ...]
    places: dict[tuple[str, str], Where]
    """(tenant, agent) -> where they stand."""


def people(
    found: Found, persons: Iterable[Person], findings: Findings, channels: Iterable[Channel] | None = None
) -> People:
    """Agents of both kinds, sorted; every mistake in them is among the findings. `channels`: those that there are,
    where that is known."""
    known = None if channels is None else {channel.name for channel in channels}
    teams = {t.key: Team(t.get("tenant"), t.get("capacity_units")) for t in found.tables("teams")}
    _reasons(found, findings)
    agents: list[Agent] = []
    places: dict[tuple[str, str], Where] = {}
    for person in (*map(_person, found.tables("agents")), *persons):
        agent = _agent(person, teams, findings)
        for channel, _ in person.most_at_once:
            if known is not None and channel not in known:
                dangling(person.where / "channels" / channel, "channel", channel, known, findings)
        key = (agent.tenant, agent.name)
        if key in places:
            doubled(person.where, f"agent {agent.name} of tenant {agent.tenant}", places[key], findings)
        else:
            places[key] = person.where
            agents.append(agent)
    agents.sort(key=lambda agent: (agent.tenant, agent.name))
    return People(tuple(agents), places)


def _person(table: Found) -> Person:
    values = table.values
    return Person(
        name=values.get("name", table.key),
        where=table.where,
        team=values.get("team"),
        tenant=values.get("tenant"),
        capacity_units=values.get("capacity_units"),
        skills=values.get("skills", ()),
        most_at_once=most_at_once(table),
        languages=values.get("languages", ()),
        attributes=values.get("attributes", ()),
    )


def _agent(person: Person, teams: dict[str, Team], findings: Findings) -> Agent:
    team = person.team or DEFAULT.team
    if teams and team not in teams:
        # The team `main` of someone who names none is as unknown as any other, once teams are listed.
        where = person.where / "team" if person.team else person.where
        dangling(where, "team", team, teams, findings)
    of_team = teams.get(team, Team(person.tenant or DEFAULT.tenant, DEFAULT.capacity_units))
    if person.tenant and person.tenant != of_team.tenant:
        findings.error(
            person.where / "tenant",
            f"is {person.tenant}, and team {team} belongs to {of_team.tenant}",
            "take it out, or choose a team of that tenant",
        )
    return Agent(
        name=person.name,
        tenant=person.tenant or of_team.tenant,
        team=team,
        skills=person.skills,
        languages=person.languages,
        attributes=person.attributes,
        capacity_units=person.capacity_units or of_team.capacity_units,
        most_at_once=person.most_at_once,
    )


def _reasons(found: Found, findings: Findings) -> None:
    given = found.values.get("not_ready_reasons")
    missing = [reason for reason in ENGINE_REASONS if given is not None and reason not in given]
    if missing:
        findings.error(
            found.at("not_ready_reasons"),
            f"lacks {listed(missing)}, which the engine gives itself",
            "add it to the list",
        )
