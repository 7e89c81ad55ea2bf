"""The judge of `who`: every agent is told once; who could take a contact is able, here and free, and who lacks what it
needs is told so, and nobody else. From the settings and from what was said; nothing from the core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core import commands as ask
from router.core.effects import WhoReply, WhoStatus
from tests.sim.needs_seen import agent_now, meets, meets_table
from tests.sim.seen import AgentSeen

if TYPE_CHECKING:
    from tests.sim.judge import Judge

REACHED = ("who: could take it", "who: lacks something", "who: of a contact")
"""What a set of a hundred seeds must reach."""


def said(judge: Judge, command: ask.Who, reply: WhoReply) -> None:
    """A supervisor was told who could take such a contact."""
    names = [status.agent for status in reply.agents]
    if names != sorted(name for name in judge.agents if name > command.after) and not reply.more:
        judge.fault("who", f"{command!r} tells of {names}")
    for status in reply.agents:
        agent = judge.agents[status.agent]
        judge.reached["who: could take it"] += status.takes
        if status.takes != (status.why_not is None):
            judge.fault("who", f"{status!r} says both")
        if status.takes and not _could(judge, agent, reply.channel):
            judge.fault("who", f"{command!r}: {status!r}, who is {agent.state}")
        if (status.why_not == "not_signed_in") != (agent.state == "offline") and status.why_not not in LASTS:
            judge.fault("who", f"{command!r}: {status!r}, who is {agent.state}")
        _ability(judge, command, status, agent)


LASTS = ("needs", "waits_for")
"""Reasons that come before all that passes."""


def _could(judge: Judge, agent: AgentSeen, channel: str) -> bool:
    """Is there a device for it, and may somebody be given something at all?"""
    devices = [
        channels
        for gateway in judge.gateways.values()
        for name, channels in gateway.endpoints.values()
        if name == agent.known.name
    ]
    return agent.state in ("available", "reserved") and any(channel in channels for channels in devices)


def _ability(judge: Judge, command: ask.Who, status: WhoStatus, agent: AgentSeen) -> None:
    """Needs come before all other reasons, so what is said of them is known whatever else is."""
    known, lacks = agent_now(agent), status.why_not == "needs"
    judge.reached["who: lacks something"] += lacks
    if command.contact is None:
        queue = judge.queues[command.queue or ""]
        if queue.preferred_for_us or any(step.after_us == 0 for step in queue.relax):
            return
        found = {
            meets(able, each.needs) and meets_table(able, command.needs)
            for able in judge.layers.possible.abilities(agent)
            for each in judge.layers.possible.needs(queue)
        }
        if found == {lacks}:
            judge.fault("who", f"{command!r}: {status!r}, who has {known.skills}")
        return
    visit = judge.visits.get((f"main/{command.gateway}", command.contact))
    if visit is None or visit.unsure or status.why_not == "waits_for":
        return
    judge.reached["who: of a contact"] += 1
    visit = judge.places.at(visit, status.queue) if status.queue and visit.places else visit
    own = {meets_table(able, command.needs) for able in judge.layers.possible.abilities(agent)}
    if lacks and own == {True} and judge.layers.possible.meets(agent, visit, surely=True):
        judge.fault("who", f"{command!r}: {status!r}, who has {known.skills}")
    named = visit.direct is not None or visit.preferred is not None
    if not lacks and not named and not (own != {False} and judge.layers.possible.meets(agent, visit, surely=False)):
        judge.fault("who", f"{command!r}: {status!r}, who has {known.skills}")
