"""From the tables of `rules.toml` to rules, with what only a look at the whole shows: names that nothing has, rules
that wait for one another in a circle, and conditions that can never hold, always do, or fight one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec import UNSET

from router.config import plans
from router.config.catalogue.rules import RULES_MAX
from router.config.centre import Centre
from router.config.faults import Findings, Path, dangling, doubled
from router.config.people import People
from router.config.read import Found
from router.config.zones import offsets
from router.core.routes.settings import Segment
from router.core.ruling.settings import ActingRule
from router.core.settings import Calendar
from router.rules import All, Compare, Condition, Not, Rule, contradictions

THINGS = {"queue": "queue", "team": "team", "segment": "segment", "hours": "calendar", "rule": "rule"}


class Around(NamedTuple):
    """What a condition may name, by scope and tenant; calendars belong to all tenants."""

    names: dict[tuple[str, str], set[str]]

    def known(self, scope: str, tenant: str) -> set[str]:
        """The names of this kind."""
        return self.names.get((scope, "" if scope == "hours" else tenant), set())


class Ruled(NamedTuple):
    """All rules, and the time zones that what is usual is learned by."""

    rules: tuple[ActingRule, ...]
    zones: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]


def ruling(
    found: Found,
    centre: Centre,
    people: People,
    segments: tuple[Segment, ...],
    calendars: tuple[Calendar, ...],
    findings: Findings,
    there: plans.Around,
) -> Ruled:
    """All rules, sorted; every mistake in them is among the findings. `there`: what their actions may name."""
    around = _around(centre, people, segments, calendars)
    rules: dict[str, ActingRule] = {}
    places: dict[str, Found] = {}
    for table in found.tables("rules"):
        rule = _rule(table, there, findings)
        if rule is None:
            continue
        if rule.key in places:
            doubled(table.where, f"rule {rule.name} of tenant {rule.tenant}", places[rule.key].where, findings)
            continue
        places[rule.key], rules[rule.key] = table, rule
        around.names.setdefault(("rule", rule.tenant), set()).add(rule.name)
    if len(rules) > RULES_MAX:
        findings.error(found.where, f"holds {len(rules)} rules", f"use at most {RULES_MAX}")
    for key, rule in rules.items():
        _names(places[key], rule, around, findings)
        _sense(places[key], rule, findings)
    _rounds(rules, places, findings)
    zones = {
        queue.time_zone
        for queue in centre.queues
        for rule in rules.values()
        for each in rule.compares
        if each.signal == "arrivals_ratio" and (queue.tenant, queue.name) == (rule.tenant, each.subject)
    }
    return Ruled(tuple(rules[key] for key in sorted(rules)), tuple((zone, offsets(zone)) for zone in sorted(zones)))


def _around(centre: Centre, people: People, segments: tuple[Segment, ...], calendars: tuple[Calendar, ...]) -> Around:
    around = Around({})
    named = [
        *(("queue", queue.tenant, queue.name) for queue in centre.queues),
        *(("team", agent.tenant, agent.team) for agent in people.agents),
        *(("segment", segment.tenant, segment.name) for segment in segments),
        *(("hours", "", calendar.name) for calendar in calendars),
    ]
    for scope, tenant, name in named:
        around.names.setdefault((scope, tenant), set()).add(name)
    return around


def _rule(table: Found, there: plans.Around, findings: Findings) -> ActingRule | None:
    when = table.get("when")
    if when is UNSET:
        if "when" not in table.given:
            remedy = 'add when = { queue = "sales", signal = "oldest_wait_s", above = 60 }'
            findings.error(table.where, "has no condition, so it would never start", remedy)
        return None
    made = plans.actions(table, table.get("tenant"), there, findings)
    rule: ActingRule = table.fill(ActingRule(str(table.values.get("name", table.key)), when, actions=made), "name")
    return rule


def _names(table: Found, rule: Rule, around: Around, findings: Findings) -> None:
    """Everything that it names is there."""
    for setting, condition in (("when", rule.when), ("until", rule.until)):
        for path, each in _places(condition) if condition is not None else ():
            known = around.known(each.scope, rule.tenant)
            if each.scope != "site" and each.subject not in known:
                where = table.at(setting)
                for part in (*path, each.scope):
                    where /= part
                of = "" if each.scope == "hours" else f" of tenant {rule.tenant}"
                dangling(where, f"{THINGS[each.scope]}{of} named", each.subject, known, findings)
    if rule.hours and rule.hours not in around.known("hours", ""):
        dangling(table.at("hours"), "calendar named", rule.hours, around.known("hours", ""), findings)


def _places(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, Compare]]:
    """Its comparisons, each with where it stands."""
    if isinstance(condition, Compare):
        yield path, condition
    elif isinstance(condition, Not):
        yield from _places(condition.part, (*path, "not"))
    else:
        word = "all" if isinstance(condition, All) else "any"
        for number, part in enumerate(condition.parts):
            yield from _places(part, (*path, word, number))


def _sense(table: Found, rule: Rule, findings: Findings) -> None:
    """Conditions that make no sense."""
    for each in contradictions(rule.when, rule.until):
        if each.certain:
            findings.error(table.at(each.of), each.what, "correct one of its bounds, or take the rule out")
        else:
            findings.warn(table.at(each.of), each.what, "let their bounds lie apart")


def _rounds(rules: Mapping[str, Rule], places: Mapping[str, Found], findings: Findings) -> None:
    """Rules that wait for one another in a circle."""
    leads = {
        key: sorted({f"{rule.tenant}/{each.subject}" for each in rule.compares if each.scope == "rule"})
        for key, rule in rules.items()
    }
    said: set[str] = set()
    for key in rules:
        way = _way_back(key, leads)
        if way and not said & set(way):
            said |= set(way)
            shown = " -> ".join(rules[each].name for each in (*way, key))
            findings.error(places[key].at("when"), f"waits for itself: {shown}", "let one of them not name the next")


def _way_back(key: str, leads: Mapping[str, list[str]]) -> list[str]:
    """The rules on a way from this one back to it, itself first; none where there is no such way."""
    ways = [[key]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for to in leads.get(way[-1], ()):
            if to == key:
                return way
            if to not in seen:
                seen.add(to)
                ways.append([*way, to])
    return []
