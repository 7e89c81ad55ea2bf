"""From the tables of `routes.toml` to the core's rows and segments, with the checks that need more than one setting.

And what can be said of the ways that contacts take: rows that nothing reaches, queues that send on in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, get_args

from router.config.centre import NEEDS_TO, Centre, again
from router.config.faults import Findings, Where, dangling
from router.config.patterns import condition
from router.config.reach import unreachable
from router.config.read import Found
from router.config.routing_codes import ONLY_PLANNED, plan_code
from router.core.customers.settings import Again
from router.core.effects import Treatment
from router.core.routes.settings import Condition, Route, Segment, Steer
from router.core.routes.steering import NOBODY_NEEDED
from router.core.settings import Calendar, Limits, Queue
from router.terms import Business

ONLY_ROUTED = ("queues", "priority_s", "contact_class", "needs", "segment", "repeat")
"""Settings of a row that mean nothing where it refuses."""


class Routing(NamedTuple):
    """What `routes.toml` says."""

    routes: tuple[Route, ...]
    segments: tuple[Segment, ...]
    places: dict[tuple[str, str], Found]
    """(tenant, row) -> its table."""
    steers: tuple[Steer, ...] = ()


def routing(found: Found, centre: Centre, calendars: Iterable[Calendar], limits: Limits, findings: Findings) -> Routing:
    """Rows and segments in the order of the file; every mistake in them is among the findings."""
    channels = [channel.name for channel in centre.channels]
    hours = [calendar.name for calendar in calendars]
    segments = [_segment(table, centre, findings) for table in found.tables("segments")]
    _count_classes(found, centre, segments, limits.target_classes_max, findings)
    queues = {(queue.tenant, queue.name): queue for queue in centre.queues}
    routes = []
    places = {}
    for table in found.tables("routes"):
        route = _route(table, {"channel": channels, "calendar": hours}, segments, queues, findings)
        if len(route.queues) >= limits.queues_per_contact_max:
            what = f"leads into {1 + len(route.queues)} queues, and a contact waits in {limits.queues_per_contact_max}"
            findings.error(table.at("queues"), what, "name fewer, or raise queues_per_contact_max in [limits]")
        routes.append(route)
        places[route.tenant, route.name] = table
    for kind in ("routes", "segments"):
        tables = found.tables(kind)
        if len(tables) > limits.routes_max:
            what = f"is number {limits.routes_max + 1}, and there are at most {limits.routes_max} {kind}"
            findings.error(tables[limits.routes_max].where, what, "raise routes_max in [limits], or join rows")
    steers = [_steer(table, channels, segments, queues, findings) for table in found.tables("steers")]
    return Routing(tuple(routes), tuple(segments), places, tuple(steers))


def _conditions(table: Found, known: dict[str, list[str]], findings: Findings) -> tuple[Condition, ...]:
    """`known`: the names that there are, of attributes that name something of the configuration."""
    conditions = []
    for name in ("when", "unless"):
        inner = table.only(name)
        for attribute, patterns in inner.values.items():
            for index, pattern in enumerate(patterns if attribute in known else ()):
                if not pattern.endswith("*") and pattern not in known[attribute]:
                    dangling(inner.at(attribute) / index, attribute, pattern, known[attribute], findings)
            conditions.append(condition(attribute, patterns, negated=name == "unless"))  # type: ignore[arg-type]  # a row's
    return tuple(conditions)


def _segment(table: Found, centre: Centre, findings: Findings) -> Segment:
    segment: Segment = table.fill(Segment(table.key))
    target_us = 0
    if segment.target_class:
        if segment.target_class not in centre.classes:
            dangling(table.at("target_class"), "target class", segment.target_class, centre.classes, findings)
        target_us = centre.classes.get(segment.target_class, 0)
    if not segment.target_class and not segment.tolerance_us:
        findings.warn(table.where, "has neither a target nor a tolerance", "give it target_class or tolerance_s")
    if 0 < segment.tolerance_us <= target_us:
        findings.warn(table.at("tolerance_s"), "is no more than the target", "make it longer than the target")
    return Segment(
        segment.name, segment.tenant, _conditions(table, {}, findings), segment.target_class, target_us,
        segment.tolerance_us,
    )  # fmt: skip


def _count_classes(
    found: Found, centre: Centre, segments: Iterable[Segment], classes_max: int, findings: Findings
) -> None:
    seen = {queue.target_class for queue in centre.queues}
    for segment, table in zip(segments, found.tables("segments"), strict=True):
        if segment.target_class and segment.target_class not in seen:
            seen.add(segment.target_class)
            if len(seen) > classes_max:
                what = f"is the {len(seen)}th different target, and there are at most {classes_max}"
                findings.error(table.at("target_class"), what, "let queues and segments share targets")


def _route(
    table: Found,
    known: dict[str, list[str]],
    segments: list[Segment],
    queues: dict[tuple[str, str], Queue],
    findings: Findings,
) -> Route:
    route: Route = table.fill(Route(table.key))
    refuse = _refusal(table, findings) if not route.plan else Treatment()
    if route.plan or any(setting in table.values for setting in ONLY_PLANNED):
        plan_code(table, route, findings)
    if refuse is None:
        _goes_to(table, route, known["channel"], queues, findings)
        own = [segment.name for segment in segments if segment.tenant == route.tenant]
        if route.segment and route.segment not in own:
            dangling(table.at("segment"), "segment", route.segment, own, findings)
    else:
        if route.queue:
            beside = "plan" if route.plan else "refuse"
            findings.error(table.at("queue"), f"stands beside {beside}", "give one of the two")
        told = [setting for setting in ONLY_ROUTED if setting in table.values or table.tables(setting)]
        for setting in told:
            what = (
                "has no effect where the row switches a plan" if route.plan else "has no effect where the row refuses"
            )
            findings.error(table.at(setting), what, "take it out")
    return Route(
        route.name, route.tenant, _conditions(table, known, findings), route.queue, refuse, route.priority_us,
        route.contact_class, route.needs, route.segment, route.test, _repeat(table, route, queues, findings),
        route.queues, route.plan, route.plan_action, route.callers, route.pin,
    )  # fmt: skip


def _repeat(table: Found, route: Route, queues: dict[tuple[str, str], Queue], findings: Findings) -> Again | None:
    """What the row does for who comes again; none where it says nothing of it."""
    if not table.tables("repeat"):
        return None
    known = [name for tenant, name in queues if tenant == route.tenant]
    return again(table.only("repeat"), route.queue, route.tenant, known, findings)


def _refusal(table: Found, findings: Findings) -> Treatment | None:
    if not table.tables("refuse"):
        return None
    inner = table.only("refuse")
    treatment: Treatment = inner.fill(Treatment())
    if treatment.do in NEEDS_TO and not treatment.to:
        findings.error(inner.where, f'do = "{treatment.do}" says not where', 'add to = "..."')
    elif treatment.do == "refuse" and treatment.to:
        findings.error(inner.at("to"), 'has no effect where do is "refuse"', 'write do = "message", or take it out')
    return treatment


def _goes_to(
    table: Found, route: Route, channels: list[str], queues: dict[tuple[str, str], Queue], findings: Findings
) -> None:
    """Its queue exists, and takes the channels that it asks for."""
    if not route.queue:
        findings.error(table.where, "says not where to", 'add queue = "...", or refuse = { do = "refuse" }')
        return
    queue = queues.get((route.tenant, route.queue))
    known = [name for tenant, name in queues if tenant == route.tenant]
    for index, name in enumerate(route.queues):
        if name == route.queue:
            findings.error(table.at("queues") / index, "is the first queue already", "take it out")
        elif name not in known:
            dangling(table.at("queues") / index, f"queue of tenant {route.tenant} named", name, known, findings)
    if queue is None:
        dangling(table.at("queue"), f"queue of tenant {route.tenant} named", route.queue, known, findings)
        return
    asked = table.only("when").values.get("channel", ())
    for index, name in enumerate(route.queues if route.queue in known else ()):
        other = queues.get((route.tenant, name))
        if other is not None and asked and not set(asked) & set(other.channels):
            what = f"queue {name} takes none of the channels {', '.join(asked)}"
            findings.warn(table.at("queues") / index, what, "take it out, or let the queue take one of them")
    strange = [channel for channel in asked if channel in channels and channel not in queue.channels]
    for channel in strange:
        what = f"queue {queue.name} takes no contacts of channel {channel}"
        findings.error(table.only("when").at("channel"), what, f"add it to the channels of {queue.name}")


def _steer(
    table: Found,
    channels: list[str],
    segments: list[Segment],
    queues: dict[tuple[str, str], Queue],
    findings: Findings,
) -> Steer:
    steer: Steer = table.fill(Steer(table.key))
    known = [segment.name for segment in segments if segment.tenant == steer.tenant]
    for index, name in enumerate(steer.segments):
        if name not in known:
            dangling(table.at("segments") / index, "segment", name, known, findings)
    for index, name in enumerate(steer.channels):
        if name not in channels:
            dangling(table.at("channels") / index, "channel", name, channels, findings)
        elif name == steer.to:
            findings.error(table.at("channels") / index, "is where it leads to", "take it out")
    if steer.to in NOBODY_NEEDED:
        if steer.queue is not None:
            findings.error(table.at("queue"), f'has no effect where to is "{steer.to}"', "take it out")
    elif steer.to not in channels:
        dangling(table.at("to"), "channel", steer.to, [*NOBODY_NEEDED, *channels], findings)
    elif steer.queue is None:
        findings.error(table.where, f"says not which queue serves {steer.to}", 'add queue = "..."')
    else:
        queue = queues.get((steer.tenant, steer.queue))
        if queue is None:
            names = [name for tenant, name in queues if tenant == steer.tenant]
            dangling(table.at("queue"), f"queue of tenant {steer.tenant} named", steer.queue, names, findings)
        elif steer.to not in queue.channels:
            what = f"queue {queue.name} takes no contacts of channel {steer.to}"
            findings.error(table.at("queue"), what, "name one that does")
    return steer


# -- ways -------------------------------------------------------------------------------------------------------------


def ways(rows: Routing, centre: Centre, found: Found, findings: Findings) -> None:
    """Warnings about rows and segments that nothing reaches, and treatments that lead in a circle or nowhere."""
    finite: dict[str, tuple[str | None, ...]] = {
        "channel": tuple(channel.name for channel in centre.channels),
        "business": (*get_args(Business), None),
    }
    remedy = "put it before the rows that take what it asks for, or take it out"
    for kind, each in (("routes", rows.routes), ("segments", rows.segments)):
        tables = found.tables(kind)
        for number in unreachable(each, finite):
            findings.warn(
                tables[number].where,
                "can't be reached: rows before it take all that it asks for, or it excludes that itself",
                remedy,
            )
    for tenant in sorted({queue.tenant for queue in centre.queues}):
        _circles(tenant, [queue for queue in centre.queues if queue.tenant == tenant], centre, findings)


def _circles(tenant: str, queues: list[Queue], centre: Centre, findings: Findings) -> None:
    """Each circle of queues that send contacts on to one another is told once, where it closes."""
    leads = {queue.name: _leads_to(queue) for queue in queues}
    takes = {queue.name: set(queue.channels) for queue in queues}
    done: set[str] = set()
    for queue in queues:
        for why, to in leads[queue.name].items():
            if to in takes and not takes[to] & takes[queue.name]:
                what = f"queue {to} takes none of this queue's channels, so contacts are refused"
                findings.warn(_at(centre, tenant, queue.name, why), what, "name a queue that takes them")
        if queue.name not in done:
            _walk(tenant, queue.name, leads, done, centre, findings)


def _walk(
    tenant: str, first: str, leads: dict[str, dict[str, str]], done: set[str], centre: Centre, findings: Findings
) -> None:
    """All ways from a queue, each once; `path` is where one stands, `ahead` what is left to try from there."""
    path, ahead = [first], [iter(leads.get(first, {}).items())]
    while path:
        step = next(ahead[-1], None)
        if step is None:
            done.add(path.pop())
            ahead.pop()
            continue
        why, to = step
        if to in path:
            circle = " -> ".join([*path[path.index(to) :], to])
            what = f"sends contacts on in a circle: {circle}; where nobody takes them they are refused"
            findings.warn(_at(centre, tenant, path[-1], why), what, "let one of them do something else")
        elif to not in done:
            path.append(to)
            ahead.append(iter(leads.get(to, {}).items()))


def _leads_to(queue: Queue) -> dict[str, str]:
    """Reason -> queue, each queue once."""
    found: dict[str, str] = {}
    for why, treatment in queue.treatments:
        if treatment.do == "queue" and treatment.to not in found.values():
            found[why] = treatment.to
    return found


def _at(centre: Centre, tenant: str, name: str, why: str) -> Where:
    return centre.places[tenant, name].where / "treatments" / why
