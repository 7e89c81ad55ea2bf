"""From the tables of `plans.toml` to the core's plans, and from `[[...actions]]` to actions, with what only a look at
the centre shows: queues that are not there, and actions that say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from router.config.catalogue.actions import KINDS
from router.config.centre import Centre
from router.config.faults import Findings, dangling, doubled, listed
from router.config.keys import WAYS, KeyRing
from router.config.model import Webhook
from router.config.people import People
from router.config.read import Found
from router.core.actions import (
    ActivatePlan,
    AnyAction,
    CloseEntry,
    Empty,
    LimitEntry,
    RaisePriority,
    SteerAway,
    SwitchBalance,
)
from router.core.layers.plan_settings import Plan
from router.core.needs.want import names_in
from router.core.settings import Calendar, Queue


class Around(NamedTuple):
    """What actions may name, by tenant where it has one."""

    queues: dict[tuple[str, str], Queue]
    channels: frozenset[str]
    plans: frozenset[tuple[str, str]]
    webhooks: frozenset[tuple[str, str]]
    teams: frozenset[tuple[str, str]]
    partners: frozenset[tuple[str, str]]
    balanced: frozenset[tuple[str, str]]

    def of(self, tenant: str, kind: str) -> list[str]:
        """The names that this tenant has."""
        return [name for owner, name in getattr(self, kind) if owner == tenant]


def around(found: Found, centre: Centre, staff: People) -> Around:
    """What the actions of this configuration may name; `found`: the tables of plans.toml."""
    return Around(
        {(queue.tenant, queue.name): queue for queue in centre.queues},
        frozenset(channel.name for channel in centre.channels),
        frozenset((table.get("tenant"), str(table.values.get("name", table.key))) for table in found.tables("plans")),
        frozenset((table.get("tenant"), table.key) for table in found.tables("webhooks")),
        frozenset((agent.tenant, agent.team) for agent in staff.agents),
        frozenset((table.get("tenant"), table.key) for table in found.tables("partners")),
        centre.balanced,
    )


def webhooks(found: Found, ring: KeyRing | None, findings: Findings) -> tuple[Webhook, ...]:
    """All webhooks, sorted. Without a ring their keys are left alone."""
    made: list[Webhook] = []
    for table in found.tables("webhooks"):
        if "url" not in table.values:
            findings.error(table.where, "says not where to", 'add url = "https://..."')
        key = None if ring is None else ring.key(table, table.key)
        made.append(table.fill(Webhook(table.key, ""), *WAYS, key=key))
    return tuple(sorted(made, key=lambda webhook: (webhook.tenant, webhook.name)))


def plans(found: Found, calendars: Iterable[Calendar], findings: Findings, there: Around) -> tuple[Plan, ...]:
    """All plans, sorted; every mistake in them is among the findings. `there`: what their actions may name."""
    known: dict[tuple[str, str], Plan] = {}
    places: dict[tuple[str, str], Found] = {}
    names = [calendar.name for calendar in calendars]
    for table in found.tables("plans"):
        plan = _plan(table, there, names, findings)
        key = (plan.tenant, plan.name)
        if key in places:
            doubled(table.where, f"plan {plan.name} of tenant {plan.tenant}", places[key].where, findings)
            continue
        places[key], known[key] = table, plan
    _rounds(known, places, findings)
    return tuple(known[key] for key in sorted(known))


def _rounds(known: dict[tuple[str, str], Plan], places: dict[tuple[str, str], Found], findings: Findings) -> None:
    """Plans that activate one another in a round would never end."""
    leads = {
        key: [(key[0], action.plan) for action in plan.actions if isinstance(action, ActivatePlan)]
        for key, plan in known.items()
    }
    for key in known:
        seen: set[tuple[str, str]] = set()
        ahead = list(leads[key])
        while ahead:
            to = ahead.pop()
            if to not in seen:
                seen.add(to)
                ahead += leads.get(to, [])
        if key in seen:
            findings.error(places[key].where, "activates itself, by itself or by others", "take one of them out")


def _plan(table: Found, there: Around, calendars: list[str], findings: Findings) -> Plan:
    tenant = table.get("tenant")
    made = actions(table, tenant, there, findings)
    plan: Plan = table.fill(Plan(str(table.values.get("name", table.key)), actions=made), "name")
    if plan.calendar and plan.calendar not in calendars:
        dangling(table.at("calendar"), "calendar", plan.calendar, calendars, findings)
    if not table.tables("actions") and not plan.todo:
        findings.warn(table.where, "does nothing", "add [[plans.NAME.actions]], or todo = what is done by hand")
    if plan.warn_before_us and not plan.lasts_us:
        findings.error(table.at("warn_before_s"), "has no effect without an end", "add lasts_s, or take it out")
    elif plan.lasts_us and plan.warn_before_us >= plan.lasts_us:
        findings.error(table.at("warn_before_s"), "is not shorter than lasts_s", "make it shorter")
    return plan


def actions(table: Found, tenant: str, there: Around, findings: Findings) -> tuple[AnyAction, ...]:
    """The `[[...actions]]` of a plan or a rule, in their order."""
    made = (_action(inner, tenant, there, findings) for inner in table.tables("actions"))
    return tuple(action for action in made if action is not None)


def _action(table: Found, tenant: str, there: Around, findings: Findings) -> AnyAction | None:
    kind = table.values.get("kind")
    if kind is None:
        if "kind" not in table.given:
            findings.error(table.where, "says not which action it is", f"add kind = {listed(KINDS, len(KINDS))}")
        return None
    row = KINDS[kind]
    for setting in table.values.keys() - {"kind", *row.rows}:
        findings.error(table.at(setting), f'has no effect with kind = "{kind}"', f"it has {listed(row.rows)}")
    missing = [setting for setting in row.needs if setting not in table.values]
    if missing:
        findings.error(table.where, f'kind = "{kind}" says no {listed(missing)}', f"add {missing[0]} = ...")
    if row.one_of and not any(setting in table.values for setting in row.one_of):
        findings.error(table.where, f'kind = "{kind}" changes nothing', f"add {listed(row.one_of)}")
    _names(table, tenant, there, findings)
    _lends(table, tenant, there, findings)
    rows = table.section.rows
    given: dict[str, Any] = {rows[name].field: table.values[name] for name in row.rows if name in table.values}
    action: AnyAction = row.struct(**given)  # type: ignore[assignment]  # one of the union, by the table
    _sense(table, action, tenant, there, findings)
    return action


def _lends(table: Found, tenant: str, there: Around, findings: Findings) -> None:
    """A loan has one donor, and lends what some queue asks for."""
    if table.values.get("kind") != "borrow":
        return
    queues = {name: queue for (owner, name), queue in there.queues.items() if owner == tenant}
    if "team" in table.values and "queues" in table.values:
        findings.error(table.at("team"), "stands beside queues", "name one donor: a team, or queues")
    for index, name in enumerate(table.values.get("keep_queues", ())):
        if name not in queues:
            dangling(table.at("keep_queues") / index, f"queue of tenant {tenant} named", name, queues, findings)
    wants = [want for queue in queues.values() for want in queue.wants()]
    asked = {name for want in wants for kind, name in names_in(want) if kind == "skill"}
    for skill, _ in table.values.get("skills", ()):
        if skill not in asked:
            dangling(table.at("skills"), f"queue of tenant {tenant} that asks for skill", skill, asked, findings)


def _names(table: Found, tenant: str, there: Around, findings: Findings) -> None:
    """What is named is there."""
    queues = there.of(tenant, "queues")
    for index, name in enumerate(table.values.get("queues", ())):
        if name not in queues:
            dangling(table.at("queues") / index, f"queue of tenant {tenant} named", name, queues, findings)
    for setting, kind, word in (
        ("queue", "queues", "queue"),
        ("plan", "plans", "plan"),
        ("webhook", "webhooks", "webhook"),
        ("team", "teams", "team"),
    ):
        name = table.values.get(setting)
        if name is not None and name not in there.of(tenant, kind):
            dangling(table.at(setting), f"{word} of tenant {tenant} named", name, there.of(tenant, kind), findings)
    partners = there.of(tenant, "partners")
    for index, name in enumerate(table.values.get("partners", ())):
        if name not in partners:
            dangling(table.at("partners") / index, f"partner of tenant {tenant} named", name, partners, findings)
    to = table.values.get("to")
    if to is None or table.values["kind"] == "steer":
        return
    if to in table.values.get("queues", ()):
        findings.error(table.at("to"), "sends contacts back to the same queue", "name another queue")
    elif to not in queues:
        dangling(table.at("to"), f"queue of tenant {tenant} named", to, queues, findings)


def _sense(table: Found, action: AnyAction, tenant: str, there: Around, findings: Findings) -> None:
    """Settings that do not go together, or have no effect."""
    if isinstance(action, LimitEntry | CloseEntry) and action.to and action.message:
        findings.error(table.at("to"), "stands beside message", "give one of the two")
    if isinstance(action, Empty) and action.callback and action.message:
        findings.error(table.at("message"), "has no effect beside a call-back", "give one of the two")
    if isinstance(action, SteerAway) and action.to != "self_service":
        if action.to not in there.channels:
            dangling(table.at("to"), "channel", action.to, [*there.channels, "self_service"], findings)
        elif action.queue is None:
            findings.error(table.where, "says not where that channel is served", "add queue = ...")
        elif (tenant, action.queue) in there.queues and action.to not in there.queues[tenant, action.queue].channels:
            findings.error(table.at("queue"), f"the queue takes no contacts of channel {action.to}", "name another")
    _of_queues(table, action, tenant, there, findings)


def _of_queues(table: Found, action: AnyAction, tenant: str, there: Around, findings: Findings) -> None:
    """Actions that some of their queues have no use for."""
    if isinstance(action, SwitchBalance):
        for index, name in enumerate(action.queues):
            if (tenant, name) in there.queues and (tenant, name) not in there.balanced:
                findings.error(table.at("queues") / index, f"queue {name} is in no balance", "take it out")
    if isinstance(action, RaisePriority):
        for index, name in enumerate(action.queues):
            if (tenant, name) in there.queues and there.queues[tenant, name].order == "oldest":
                what = 'is of order = "oldest": it is compared by age alone, so priority has no effect'
                findings.error(table.at("queues") / index, what, "take it out")
