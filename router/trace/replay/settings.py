"""The configuration that a replay routes by: derived from the trace, with the queues' settings of another where given.

It builds frozen core settings and nothing else; it must not know how the replay is driven or judged.

The one idea: whatever the record fixes (who serves what, how long wrap-up takes, who was let in) comes from the
trace, and only what decides the order and the choice of agents may come from a configuration. So a replay under
another configuration answers "what if we had routed like this", and nothing else changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from router.core import settings as of
from router.core.altered import altered
from router.core.estimates.settings import Estimating
from router.core.needs.want import Want
from router.terms import SECOND_US, is_id
from router.trace.records import DAY_US, Agent, Trace, TraceError, profiles

TENANT: Final = "main"
UNLIMITED_US: Final = 366 * DAY_US
"""Longest wrap-up that the engine allows here: the replay itself ends each one at its recorded time."""
UNLIMITED: Final = 1 << 53
"""Contacts let in: the record says who came in, no limit may keep them out."""
HEAD_START_S_MAX: Final = 86_400
"""What the wire allows for `priority_s`."""
LEVELS: Final = range(1, 11)
"""Of a skill."""

_DAMAGED: Final = "make the file again with `switchboard import`, or mend what wrote it"


class Worker(NamedTuple):
    """A person with one set of queues: an agent of the engine."""

    person: str
    agent: Agent


@dataclass(slots=True, frozen=True)
class Basis:
    """What a replay routes by."""

    settings: of.Settings
    workers: list[Worker]
    configured: tuple[str, ...]
    """Queues of the trace whose settings were found in the configuration."""
    derived: tuple[str, ...]
    """Queues of the trace with derived settings."""
    not_in_trace: tuple[str, ...]
    """Queues of the configuration that the trace does not have."""


def derive(trace: Trace, configuration: of.Settings | None = None) -> Basis:
    """The settings for this trace.

    Derived: every queue has a target of 20 s and the longest idle agent; it needs a skill of its own name, so that
    agents serve what they served in the record; wrap-up lasts until the replay ends it; everyone is let in. A queue of
    the configuration with the same name gives target, boost, class, order and agent choice instead.

    Raises TraceError where the trace cannot be replayed.
    """
    workers = [Worker(person, agent) for person, agent in profiles(sound(trace))]
    _names_differ([worker.agent.name for worker in workers], "agent_twice")
    channels: dict[str, dict[str, None]] = {queue: {} for queue in sorted(_queues(trace))}
    for contact in trace.contacts:
        channels[contact.queue][contact.channel] = None
    known: dict[str, of.Queue] = {}
    if configuration is not None:
        for queue in sorted(configuration.queues, key=lambda each: each.tenant != TENANT):
            known.setdefault(queue.name, queue)
    every_channel = sorted({channel for own in channels.values() for channel in own} | {"voice"})
    defaults = {channel.name: channel for channel in of.Settings().channels}
    chosen = configuration or of.Settings()
    settings = of.Settings(
        site="replay",
        channels=tuple(defaults.get(name) or of.Channel(name) for name in every_channel),
        queues=tuple(_queue(name, tuple(sorted(own)) or ("voice",), known.get(name)) for name, own in channels.items()),
        agents=tuple(
            of.Agent(worker.agent.name, TENANT, skills=tuple(sorted(worker.agent.skills.items()))) for worker in workers
        ),
        break_resets_idle=chosen.break_resets_idle,
        oldest_target_us=chosen.oldest_target_us,
        short_abandon_us=chosen.short_abandon_us,
        limits=of.Limits(contacts_max=UNLIMITED),
        # A record has nobody whom an estimate is told: it would be made thousands of times and never read.
        estimates=Estimating(enabled=False),
        balances=tuple(
            altered(balance, queues=tuple(name for name in balance.queues if name in channels))
            for balance in chosen.balances
            if balance.tenant == TENANT
        ),
    )
    return Basis(
        settings,
        workers,
        configured=tuple(name for name in channels if name in known),
        derived=tuple(name for name in channels if name not in known),
        not_in_trace=tuple(sorted(name for name in known if name not in channels)),
    )


def _queue(name: str, channels: tuple[str, ...], like: of.Queue | None) -> of.Queue:
    like = like or of.Queue(name, target_us=20 * SECOND_US)
    until_ready = of.WrapUp("until_ready", most_us=UNLIMITED_US)
    return of.Queue(
        name,
        TENANT,
        channels=channels,
        needs=Want(((name, 1),)),
        target_us=like.target_us,
        target_class=like.target_class,
        contact_class=like.contact_class,
        boost=like.boost,
        service_level=like.service_level,
        balanced=like.balanced,
        order=like.order,
        agent_choice=like.agent_choice,
        enter_unstaffed=True,
        waiting_max=UNLIMITED,
        wrap_up=tuple((channel, until_ready) for channel in channels),
        whisper=like.whisper,
    )


def _queues(trace: Trace) -> set[str]:
    queues = {contact.queue for contact in trace.contacts} | set(trace.header.queues)
    return queues.union(*(agent.skills for agent in trace.agents))


def sound(trace: Trace) -> Trace:
    """The trace itself, once it is certain that it can be replayed."""
    _names_differ([contact.id for contact in trace.contacts], "contact_twice")
    _names_differ([agent.name for agent in trace.agents], "agent_twice")
    for queue in _queues(trace):
        _is_name(queue, "queue")
    for channel in {contact.channel for contact in trace.contacts}:
        _is_name(channel, "channel")
    for contact in trace.contacts:
        if not is_id(contact.id):
            _is_name(contact.id, "contact")
        if (
            contact.arrival_us < 0
            or not 0 <= contact.head_start_s <= HEAD_START_S_MAX
            or (contact.patience_us or 0) < 0
            or (contact.service_us or 0) < 0
            or (contact.wrap_up_us or 0) < 0
        ):
            what = f"contact {contact.id} has a time that is negative or a head start beyond {HEAD_START_S_MAX} s"
            raise TraceError("bad_time", what, remedy=_DAMAGED)
    for agent in trace.agents:
        _is_name(agent.name, "agent")
        _sound_agent(agent)
    return trace


def _sound_agent(agent: Agent) -> None:
    for queue, level in agent.skills.items():
        if level not in LEVELS:
            what = f"agent {agent.name} has level {level!r} for {queue}"
            raise TraceError("bad_level", what, remedy="give a level from 1 to 10")
    ended_us: int | None = None
    for shift in sorted(agent.shifts, key=lambda each: each.from_us):
        if shift.to_us < shift.from_us or any(pause.for_us < 0 for pause in shift.breaks):
            raise TraceError(
                "bad_time", f"a shift or break of agent {agent.name} ends before it begins", remedy=_DAMAGED
            )
        if ended_us is not None and shift.from_us < ended_us:
            raise TraceError("shifts_overlap", f"two shifts of agent {agent.name} overlap", remedy=_DAMAGED)
        if strange := set(shift.skills) - set(agent.skills):
            what = f"a shift of agent {agent.name} serves {min(strange)}, for which there is no level"
            raise TraceError("bad_level", what, remedy="list every queue of a shift in the agent's skills")
        ended_us = shift.to_us


def _is_name(name: str, of_what: str) -> None:
    if not is_id(name):
        what = f"{name!r} is no name of a {of_what}"
        raise TraceError("bad_id", what, remedy="use 1 to 64 of A-Z a-z 0-9 . _ : @ + -")


def _names_differ(names: list[str], code: str) -> None:
    if len(set(names)) == len(names):
        return
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise TraceError(code, f"{name} stands there twice", remedy=_DAMAGED)
        seen.add(name)
