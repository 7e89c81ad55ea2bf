"""The roster: taking days of agents, and showing what is planned."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from router.core import audit, rota
from router.core import commands as ask
from router.core.effects import MissingStatus, Reply, RosterReply, RostersReply
from router.core.entities import Peer
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US, SECOND_US

SECOND_MS = SECOND_US // MILLISECOND_US
PAGE = 200
ENTRY_MOST_S = 2 * 86_400
"""A shift over night ends on the next day; nothing lasts longer than two."""
MISSING_MOST = 500
"""Of those who are missing so many are shown, and counted beyond it."""


def roster(world: World, peer: Peer, command: ask.Roster) -> Reply:
    """Each day in the place of what was planned for it."""
    reply = RosterReply(command.seq, 0)
    now_s = rota.utc_s(world)
    taken: list[tuple[ask.RosterDay, tuple[rota.Entry, ...]]] = []
    kept = world.rota.days
    if len({(day.agent, day.day) for day in command.days}) < len(command.days):
        raise Refused("bad_roster", "a day of an agent stands twice in it")
    for day in command.days:
        agent = world.agents.get((peer.tenant, day.agent))
        if agent is None or agent.retired:
            if not command.check:
                raise Refused("unknown_agent", day.agent)
            reply.unknown.append(day.agent)
            continue
        entries = _entries(day)
        if entries and now_s and max(entry[1] for entry in entries) + rota.KEPT_S <= now_s:
            reply.past += 1
            continue
        reply.fresh += bool(entries) and day.day not in kept.get((peer.tenant, day.agent), {})
        taken.append((day, entries))
    reply.days = len(taken)
    reply.room = world.settings.estimates.roster_days_max - world.rota.count
    if command.check:
        return reply
    if reply.fresh > reply.room:
        raise Refused("roster_full", str(world.settings.estimates.roster_days_max))
    for day, entries in taken:
        rota.replace(world, peer.tenant, day.agent, day.day, entries)
    reply.room -= reply.fresh
    if taken:
        first, last = taken[0][0], taken[-1][0]
        target = f"{first.agent} {first.day} .. {last.agent} {last.day}" if len(taken) > 1 else _name(first)
        audit.write(world, peer, command.who, command.why, "roster", target, {}, {"days": str(len(taken))})
    return reply


def _entries(day: ask.RosterDay) -> tuple[rota.Entry, ...]:
    """The day's entries, in order. Raises `Refused`."""
    for entry in day.entries:
        if not entry.from_utc_s < entry.until_utc_s <= entry.from_utc_s + ENTRY_MOST_S or entry.activity == rota.OFF:
            raise Refused("bad_roster", f"{_name(day)}: {entry.from_utc_s} to {entry.until_utc_s} {entry.activity}")
    return tuple(sorted((entry.from_utc_s, entry.until_utc_s, entry.activity) for entry in day.entries))


def _name(day: ask.RosterDay) -> str:
    return f"{day.agent} {day.day}"


def listed(world: World, peer: Peer, command: ask.Rosters) -> Reply:
    """A page of days."""
    agents = sorted(
        agent
        for tenant, agent in world.rota.days
        if tenant == peer.tenant and command.agent in (None, agent) and agent >= command.after.partition("/")[0]
    )
    days = (
        (f"{agent}/{name}", day)
        for agent in agents
        for name, day in sorted(world.rota.days[peer.tenant, agent].items())
    )
    page = [day for _, day in islice((found for found in days if found[0] > command.after), PAGE + 1)]
    return RostersReply(
        command.seq,
        [ask.RosterDay(d.agent, d.day, [ask.RosterEntry(*entry) for entry in d.entries]) for d in page[:PAGE]],
        len(page) > PAGE,
    )


def missing_status(world: World, tenant: str) -> tuple[list[MissingStatus], int]:
    """Who is missing, the longest first, and how many more than are shown."""
    found = rota.missing(world, tenant)
    now_s = rota.utc_s(world)
    shown = []
    for agent, since_s in found[:MISSING_MOST]:
        span = world.rota.planned((tenant, agent.name), now_s)
        assert span is not None
        times_ms = (now_s - since_s) * SECOND_MS, (span[1] - now_s) * SECOND_MS
        if agent.state == "offline":
            shown.append(MissingStatus(agent.name, "not_signed_in", *times_ms))
        else:
            shown.append(MissingStatus(agent.name, "not_ready", *times_ms, agent.reason))
    return shown, len(found) - len(shown)


HANDLERS: dict[type[ask.Request], Callable[[World, Peer, Any], Reply]] = {
    ask.Roster: roster,
    ask.Rosters: listed,
}
