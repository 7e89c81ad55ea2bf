"""Who meets which needs, as the judge sees it: evaluated from the tables as they were said, with none of the core's
code for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from msgspec import structs

from router.core import commands as ask
from router.core import settings as of
from router.core.needs.want import Want
from router.terms import MILLISECOND_US, SECOND_US

CLOCK_SLACK_US = 3 * SECOND_US
"""A wait that is counted by a calendar is known as well as the wall clock."""

if TYPE_CHECKING:
    from tests.sim.seen import AgentSeen, Visit

if TYPE_CHECKING:
    from tests.sim.seen import Visit


def meets(agent: of.Agent, want: Want) -> bool:
    """Does the agent meet what a queue's settings ask?"""
    skills, languages, attributes = dict(agent.skills), dict(agent.languages), dict(agent.attributes)
    return (
        all(skills.get(name, 0) >= least for name, least in want.skills)
        and all(languages.get(name, 0) >= least for name, least in want.languages)
        and all(attributes.get(name) == value for name, value in want.attributes)
        and all(agent.team == team for team in want.teams)
        and all(any(meets(agent, one) for one in group) for group in want.any_of)
        and all(not meets(agent, one) for one in want.none_of)
    )


def meets_table(agent: of.Agent, table: Mapping[str, Any] | None) -> bool:
    """Does the agent meet a contact's own needs, as they came over the wire?"""
    return all(_meets_entry(agent, key, value) for key, value in (table or {}).items())


def _meets_entry(agent: of.Agent, key: str, value: Any) -> bool:
    if isinstance(value, int):
        return dict(agent.skills).get(key, 0) >= value
    if key == "languages":
        return all(dict(agent.languages).get(name, 0) >= least for name, least in value.items())
    if key == "attributes":
        return all(dict(agent.attributes).get(name) == text for name, text in value.items())
    if key == "team":
        return agent.team in ([value] if isinstance(value, str) else value)
    if key == "all":
        return all(_alternatives(agent, value))
    if key == "any":
        return any(_alternatives(agent, value))
    if key == "not":
        return not any(_alternatives(agent, value))
    assert key == "prefer", key
    return True


def _alternatives(agent: of.Agent, value: Any) -> list[bool]:
    if isinstance(value, Mapping):
        return [_meets_entry(agent, key, inner) for key, inner in value.items()]
    return [meets_table(agent, table) for table in value]


def asks(want: Want, table: Mapping[str, Any] | None) -> tuple[dict[str, int], str]:
    """What a queue's needs and a contact's own ask together: whoever asks the same stands in one line."""
    levels, more = dict(want.skills), {}
    for key, value in (table or {}).items():
        if isinstance(value, int):
            levels[key] = max(value, levels.get(key, 0))
        else:
            more[key] = value
    return levels, repr(sorted(more.items()))


# -- needs that give way ----------------------------------------------------------------------------------------------


def gives_way(visit: Visit) -> bool:
    """Do its needs change while it waits? Those of call-backs and tickets do not."""
    if visit.channel in ("callback", "ticket"):
        return False
    return bool(visit.queue.relax or visit.own_relax or visit.queue.preferred_for_us)


def meets_now(agent: of.Agent, visit: Visit, queue: of.Queue, now_us: int, *, surely: bool, own: bool = True) -> bool:
    """Does the agent meet what the visit needs now, in `queue` as it may be? A step with a condition may have been
    taken or not: `surely`, in either case; else, in one of them. Without `own`: only what its queue needs, at whatever
    stage."""
    waited_us = now_us - visit.entered_us
    moving = gives_way(visit)
    slack_us = CLOCK_SLACK_US if visit.clock else 0
    of_queue = [(step.after_us, step.conditional) for step in queue.relax] if moving else []
    stages = _stages(of_queue, waited_us, slack_us) if own else list(range(len(of_queue) + 1))
    # Where there is no room for a line more, a contact's own needs and language are given up: such a visit is unsure.
    language = visit.language if own else None
    met = [_meets_queue(agent, queue, stage) and _speaks(agent, queue, stage, language) for stage in stages]
    mine = [True]
    if own:
        own_steps = [
            (step.after_ms * MILLISECOND_US, step.if_none_free or step.if_service_level_below > 0)
            for step in (visit.own_relax if moving else ())
        ]
        mine = [_meets_own(agent, visit, stage) for stage in _stages(own_steps, waited_us, slack_us)]
    pairs = [one and other for one, other in product(met, mine)]
    if surely and moving and waited_us <= queue.preferred_for_us + slack_us:
        return False
    return all(pairs) if surely else any(pairs)


def _stages(steps: Sequence[tuple[int, bool]], waited_us: int, slack_us: int) -> list[int]:
    """The steps (time, has conditions) that may be in effect after this wait: at the very time of one, those before it
    too; where the wait is only known about, those around it."""
    found = set()
    least = sum(at < waited_us - slack_us for at, _ in steps)
    most = sum(at <= waited_us + slack_us for at, _ in steps)
    for come in range(least, most + 1):
        stage = come
        found.add(stage)
        while stage > 0 and steps[stage - 1][1]:
            stage -= 1
            found.add(stage)
    return sorted(found)


def _meets_queue(agent: of.Agent, queue: of.Queue, stage: int) -> bool:
    if stage == 0:
        return meets(agent, queue.needs)
    step = queue.relax[stage - 1]
    met = _meets_queue(agent, queue, stage - 1) if step.needs is None else meets(agent, step.needs)
    return met or (step.also is not None and meets(agent, step.also))


def _speaks(agent: of.Agent, queue: of.Queue, stage: int, language: str | None) -> bool:
    levels = [queue.language_level, *(step.language_level for step in queue.relax[:stage])]
    least = [level for level in levels if level is not None][-1]
    return language is None or dict(agent.languages).get(language, 0) >= least


def _meets_own(agent: of.Agent, visit: Visit, stage: int) -> bool:
    if stage == 0:
        return meets_table(agent, visit.own_needs)
    step: ask.RelaxStep = visit.own_relax[stage - 1]
    if step.needs is None:
        met = _meets_own(agent, visit, stage - 1)
    else:
        met = meets_table(agent, step.needs) and meets(agent, visit.row_needs)
    return met or (step.also is not None and meets_table(agent, step.also))


def same_line(one: Visit, other: Visit) -> bool:
    """Do they stand in one line, as long as the needs of neither give way?"""
    if one.direct != other.direct or one.own_target_us != other.own_target_us:
        return False
    if one.rank(0, 1)[0] != other.rank(0, 1)[0]:
        return False
    if one.queue is not other.queue or one.channel != other.channel:
        return False
    if one.queue.language_level and one.language != other.language:
        return False
    return asks(one.needs, one.own_needs) == asks(other.needs, other.own_needs)


def agent_now(agent: AgentSeen) -> of.Agent:
    """The agent with the skills that they have now."""
    return structs.replace(agent.known, skills=tuple(agent.levels.items()))
