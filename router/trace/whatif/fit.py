"""A trace under a whole configuration: its queues, needs, rules, plans and calendars as they are, and the people of the
trace put into it.

It builds frozen core settings and says what of the configuration a trace can't show. It must not know how the run is
driven.

The one idea: the configuration decides everything that it speaks of; the record only says who came, how long each talk
and wrap-up took, and who was there when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from router.core import settings as of
from router.core.altered import altered
from router.core.callbacks.book import CHANNEL
from router.core.needs.able import Able
from router.core.needs.want import Traits, Want
from router.trace.records import DAY_US, Agent, Shift, Trace, TraceError, profiles
from router.trace.replay.settings import TENANT, UNLIMITED_US, Worker, derive, sound
from router.trace.whatif.asking import asks_for_estimates

ZONES_KNOWN_FROM: Final = 2020
"""Calendars are exact from this year on, see `router.config.zones`."""
IN_A_TRACE: Final = frozenset({"channel", "entry", "business", "calendar"})
"""What rows of the routes may go by that a trace can tell."""
LEARNED: Final = frozenset({"ewt_p50_s", "ewt_p90_s", "arrivals_ratio"})
"""Signals of rules that are unknown until the engine has seen enough."""
UNTIL_READY: Final = of.WrapUp("until_ready", most_us=UNLIMITED_US)


@dataclass(slots=True, frozen=True)
class Helpers:
    """People who are not in the trace and may be lent: a back office, say. Everybody of `team` in the configuration, by
    name, `most` of them at most, is signed in while anybody of the trace is."""

    team: str
    most: int = 1_000
    slower: float = 1.0
    """A talk of theirs takes so many times as long."""
    late_us: int = 0
    """Lent, they finish what they have before them for so long, then they take the first contact."""


@dataclass(slots=True, frozen=True)
class Fitted:
    """What a run goes by."""

    settings: of.Settings
    tenant: str
    workers: list[Worker]
    helpers: frozenset[str]
    """Agents who are not in the trace."""
    by_routes: bool
    """Contacts whose queue was chosen by routes ask the routes again."""
    utc_s: float
    """The trace's first moment, Unix time."""
    said: tuple[str, ...]
    """What of the configuration is not applied, or otherwise than it says; in whole sentences."""


def fit(
    trace: Trace, configuration: of.Settings | None, helpers: Iterable[Helpers] = (), *, calls_back: bool = False
) -> Fitted:
    """The trace under this configuration; None: under what is derived from the trace, as `replay` does without one.
    `calls_back`: some take the call-backs that are offered.

    Raises TraceError where the trace can't be replayed, or `helpers` names a team that nobody is in.
    """
    if configuration is None:
        basis = derive(trace)
        return Fitted(_unasked(basis.settings), TENANT, basis.workers, frozenset(), False, _utc_s(trace, None), ())
    sound(trace)
    said: list[str] = []
    tenant = _tenant(trace, configuration)
    queues = _queues(trace, configuration, tenant, said)
    agents, workers = _people(trace, configuration, queues, tenant, said)
    extra = _helpers(trace, configuration, tenant, helpers, {worker.person for worker in workers})
    known = {agent.name for agent in configuration.agents if agent.tenant == tenant}
    if away := len(known - {worker.person for worker in workers + extra}):
        said.append(f"{away} agents of the configuration are not in the trace, and are not there.")
    channels = {channel.name: channel for channel in configuration.channels}
    for name in sorted({contact.channel for contact in trace.contacts} - set(channels)):
        channels[name] = of.Channel(name)
    reasons = dict.fromkeys((*configuration.not_ready_reasons, "break", "login"))
    settings = altered(
        configuration,
        channels=tuple(channels.values()),
        queues=tuple(queues.values()) + tuple(each for each in configuration.queues if each.tenant != tenant),
        agents=agents,
        not_ready_reasons=tuple(reasons),
    )
    if not asks_for_estimates(settings):
        settings = _unasked(settings)
    by_routes = _by_routes(trace, configuration, tenant, said)
    said += _not_shown(trace, configuration, calls_back)
    people = frozenset(worker.person for worker in extra)
    return Fitted(settings, tenant, workers + extra, people, by_routes, _utc_s(trace, configuration), tuple(said))


def _unasked(settings: of.Settings) -> of.Settings:
    """Without estimates of waits, which decide nothing here and cost half of a run."""
    return altered(settings, estimates=altered(settings.estimates, enabled=False))


def _by_routes(trace: Trace, configuration: of.Settings, tenant: str, said: list[str]) -> bool:
    """Can routes be asked for contacts that came by routes? Only if no row goes by what a trace does not have."""
    rows = [row for row in configuration.routes if row.tenant == tenant]
    if not rows:
        return False
    if not any(contact.entry is not None for contact in trace.contacts):
        said.append("The routes are not asked: the trace names each contact's queue.")
        return False
    if any(row.plan for row in rows):
        said.append("Phone codes switch no plan: a trace has neither numbers nor codes, so their rows let nobody in.")
    asked = {condition.attribute for row in rows for condition in row.conditions}
    if lacks := sorted(asked - IN_A_TRACE):
        said.append(f"The routes are not asked: rows go by {', '.join(lacks)}, which a trace does not have.")
        return False
    if any(contact.entry is None for contact in trace.contacts):
        said.append("The routes are asked only for contacts that came by routes in the record.")
    return True


def _tenant(trace: Trace, configuration: of.Settings) -> str:
    """Whose queues the trace's are: the tenant with the most of their names; `main` among equals."""
    names = {contact.queue for contact in trace.contacts}
    found: defaultdict[str, int] = defaultdict(int)
    for queue in configuration.queues:
        found[queue.tenant] += queue.name in names
    return min(found, key=lambda each: (-found[each], each != TENANT, each), default=TENANT)


def _queues(trace: Trace, configuration: of.Settings, tenant: str, said: list[str]) -> dict[str, of.Queue]:
    """By name: the configuration's with the trace's channels, and derived ones where it has none."""
    known = {queue.name: queue for queue in configuration.queues if queue.tenant == tenant}
    used: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for contact in trace.contacts:
        used[contact.queue][contact.channel] = None
    derived = {queue.name: queue for queue in derive(trace).settings.queues}
    found = {}
    for name in sorted({*known, *derived}):
        queue = known.get(name)
        if queue is None:
            found[name] = altered(derived[name], tenant=tenant)
            continue
        channels = tuple(dict.fromkeys((*queue.channels, *sorted(used[name]))))
        wrap_up = tuple((channel, UNTIL_READY) for channel in sorted(channels))
        found[name] = altered(queue, channels=channels, wrap_up=wrap_up)
        if more := sorted(set(channels) - set(queue.channels)):
            said.append(f"Queue {name} serves {', '.join(more)} too, since the trace has such contacts.")
    if missing := sorted(set(used) - set(known)):
        said.append(
            f"Not in the configuration, and run with a target of 20 s by the longest idle agent: {', '.join(missing)}."
        )
    return found


def _people(
    trace: Trace, configuration: of.Settings, queues: dict[str, of.Queue], tenant: str, said: list[str]
) -> tuple[tuple[of.Agent, ...], list[Worker]]:
    """Everybody of the trace at their own times: with team and skills of the configuration where it names them, else
    with what they served in the record, in whatever words the queues ask for it."""
    known = {agent.name: agent for agent in configuration.agents if agent.tenant == tenant}
    named = [Worker(agent.name, agent) for agent in trace.agents if agent.name in known]
    others = [
        Worker(person, agent)
        for person, agent in profiles(
            Trace(trace.header, [each for each in trace.agents if each.name not in known], [])
        )
    ]
    if taken := sorted({worker.agent.name for worker in others} & set(known)):
        what = f"{taken[0]} is one of several sets of queues of a person, and an agent of the configuration"
        raise TraceError("agent_twice", what, remedy="rename the agent of the configuration")
    made, unable = [], set()
    for worker in others:
        agent, lacks = _able(worker.agent, queues, tenant)
        made.append(agent)
        unable |= lacks
    if others:
        names = len({worker.person for worker in others})
        said.append(
            f"{names} of {len(trace.agents)} people of the trace are not in the configuration: they are of team "
            "main, and can do what they did in the record."
        )
    if unable:
        said.append(f"Nobody who is not in the configuration can be given what these queues need: {', '.join(unable)}.")
    return (*configuration.agents, *made), named + others


def _able(agent: Agent, queues: dict[str, of.Queue], tenant: str) -> tuple[of.Agent, set[str]]:
    """An agent of the engine who meets what these queues need, and the queues whose needs can't be given."""
    skills: dict[str, int] = {}
    languages: dict[str, int] = {}
    attributes: dict[str, str] = {}
    team = "main"
    for queue, level in sorted(agent.skills.items()):
        for want in _parts(queues[queue].needs):
            for name, least in want.skills:
                skills[name] = max(skills.get(name, 0), least, level)
            for name, least in want.languages:
                languages[name] = max(languages.get(name, 0), least)
            attributes.update(want.attributes)
            team = want.teams[0] if want.teams else team
    made = of.Agent(
        agent.name,
        tenant,
        team,
        tuple(sorted(skills.items())),
        tuple(sorted(languages.items())),
        tuple(sorted(attributes.items())),
    )
    able = Able(Traits(made.skills, made.languages, made.attributes, made.team))
    return made, {queue for queue in agent.skills if not able.meets(queues[queue].needs)}


def _parts(want: Want) -> Iterator[Want]:
    """What meets it: itself, and of each group the first."""
    yield want
    for group in want.any_of:
        yield from _parts(group[0])


def _helpers(
    trace: Trace, configuration: of.Settings, tenant: str, helpers: Iterable[Helpers], there: set[str]
) -> list[Worker]:
    """Those who may be lent, while anybody of the trace is there."""
    shifts = [Shift(from_us, to_us, ()) for from_us, to_us in _open(trace)]
    found = []
    for helper in helpers:
        team = [
            agent.name
            for agent in sorted(configuration.agents, key=lambda each: each.name)
            if agent.tenant == tenant and agent.team == helper.team and agent.name not in there
        ]
        if not team:
            what = f"nobody of team {helper.team} is in the configuration and not in the trace"
            raise TraceError("nobody_there", what, remedy="name a team of agents.toml that the trace does not have")
        found += [Worker(name, Agent(name, {}, shifts)) for name in team[: helper.most]]
    return found


def _open(trace: Trace) -> Iterator[tuple[int, int]]:
    """Each day's stretch in which anybody was signed in."""
    days: dict[int, tuple[int, int]] = {}
    for agent in trace.agents:
        for shift in agent.shifts:
            day = shift.from_us // DAY_US
            from_us, to_us = days.get(day, (shift.from_us, shift.to_us))
            days[day] = (min(from_us, shift.from_us), max(to_us, shift.to_us))
    over_us = 0
    for _, (from_us, to_us) in sorted(days.items()):
        if to_us > max(from_us, over_us):
            yield max(from_us, over_us), to_us
            over_us = to_us


def _utc_s(trace: Trace, configuration: of.Settings | None) -> float:
    """When the trace begins. A start without an offset is local in the trace's time zone; where it names none, in that
    of the configuration's first calendar; else UTC."""
    start = datetime.fromisoformat(trace.header.start)
    if start.tzinfo is None and trace.header.time_zone is not None:
        start = start.replace(tzinfo=ZoneInfo(trace.header.time_zone))
    if start.tzinfo is not None:
        return start.timestamp()
    local_s = start.replace(tzinfo=UTC).timestamp()
    zones = [calendar.offsets for calendar in configuration.calendars if calendar.offsets] if configuration else []
    if not zones:
        return local_s
    ahead_s = zones[0][0][1]
    for from_s, seconds in zones[0]:
        if from_s <= local_s - seconds:
            ahead_s = seconds
    return local_s - ahead_s


def _not_shown(trace: Trace, configuration: of.Settings, calls_back: bool) -> Iterator[str]:
    """What no trace can show."""
    yield "Wrap-up takes as long as in the record, whatever the queue says; offers are accepted at once."
    if configuration.partners:
        yield "Partners answer at once, and talk as long as one of ours would."
    signals = {each.signal for rule in configuration.rules for each in rule.compares}
    if learned := sorted(signals & LEARNED):
        names = ", ".join(learned)
        yield f"What is learned from traffic begins anew with the trace, so rules on {names} act late or never."
    if configuration.calendars and int(trace.header.start[:4]) < ZONES_KNOWN_FROM:
        yield f"Calendars know clock changes and public holidays from {ZONES_KNOWN_FROM} on only."
    callbacks = any(queue.callback.numbers for queue in configuration.queues)
    if callbacks and not calls_back:
        yield "Call-backs are offered, and nobody takes them: --callback-accept says how many do."
    if calls_back and (recorded := sum(contact.channel == CHANNEL for contact in trace.contacts)):
        yield f"{recorded} call-backs of the record do not come: the run makes its own."
    if configuration.steers:
        yield "Other channels are offered, and nobody takes them."
