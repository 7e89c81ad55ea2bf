"""Who meets which needs, as the judge sees it: evaluated from the tables as they were said, with none of the core's
code for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from router.core import settings as of
from router.core.want import Want

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


def same_line(one: Visit, other: Visit) -> bool:
    """Do these two contacts stand in one line?"""
    if one.direct != other.direct or one.own_target_us != other.own_target_us:
        return False
    if one.rank(0, 1)[0] != other.rank(0, 1)[0]:
        return False
    if one.queue is not other.queue or one.channel != other.channel:
        return False
    return asks(one.needs, one.own_needs) == asks(other.needs, other.own_needs)
