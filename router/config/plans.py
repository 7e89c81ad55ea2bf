"""From the tables of `plans.toml` to the core's plans, and from `[[...actions]]` to actions, with what only a look at
the centre shows: queues that are not there, and actions that say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from router.config.catalogue_actions import KINDS
from router.config.centre import Centre
from router.config.faults import Findings, dangling, doubled, listed
from router.config.read import Found
from router.core.actions import AnyAction, RaisePriority
from router.core.plan_settings import Plan
from router.core.settings import Calendar, Queue


def plans(found: Found, centre: Centre, calendars: Iterable[Calendar], findings: Findings) -> tuple[Plan, ...]:
    """All plans, sorted; every mistake in them is among the findings."""
    known: dict[tuple[str, str], Plan] = {}
    places: dict[tuple[str, str], Found] = {}
    names = [calendar.name for calendar in calendars]
    for table in found.tables("plans"):
        plan = _plan(table, centre, names, findings)
        key = (plan.tenant, plan.name)
        if key in places:
            doubled(table.where, f"plan {plan.name} of tenant {plan.tenant}", places[key].where, findings)
            continue
        places[key], known[key] = table, plan
    return tuple(known[key] for key in sorted(known))


def _plan(table: Found, centre: Centre, calendars: list[str], findings: Findings) -> Plan:
    tenant = table.get("tenant")
    made = actions(table, tenant, centre, findings)
    plan: Plan = table.fill(Plan(str(table.values.get("name", table.key)), actions=made), "name")
    if plan.calendar and plan.calendar not in calendars:
        dangling(table.at("calendar"), "calendar", plan.calendar, calendars, findings)
    if not plan.actions and not plan.todo:
        findings.warn(table.where, "does nothing", "add [[plans.NAME.actions]], or todo = what is done by hand")
    if plan.warn_before_us and not plan.lasts_us:
        findings.error(table.at("warn_before_s"), "has no effect without an end", "add lasts_s, or take it out")
    elif plan.lasts_us and plan.warn_before_us >= plan.lasts_us:
        findings.error(table.at("warn_before_s"), "is not shorter than lasts_s", "make it shorter")
    return plan


def actions(table: Found, tenant: str, centre: Centre, findings: Findings) -> tuple[AnyAction, ...]:
    """The `[[...actions]]` of a plan or a rule, in their order."""
    queues = {queue.name: queue for queue in centre.queues if queue.tenant == tenant}
    made = (_action(inner, tenant, queues, findings) for inner in table.tables("actions"))
    return tuple(action for action in made if action is not None)


def _action(table: Found, tenant: str, queues: dict[str, Queue], findings: Findings) -> AnyAction | None:
    kind = table.values.get("kind")
    if kind is None:
        findings.error(table.where, "says not which action it is", f"add kind = {listed(list(KINDS))}")
        return None
    row = KINDS[kind]
    for setting in table.values.keys() - {"kind", *row.rows}:
        findings.error(table.at(setting), f'has no effect with kind = "{kind}"', f"it has {listed(row.rows)}")
    missing = [setting for setting in row.needs if setting not in table.values]
    if missing:
        findings.error(table.where, f'kind = "{kind}" says no {listed(missing)}', f"add {missing[0]} = ...")
    if row.one_of and not any(setting in table.values for setting in row.one_of):
        findings.error(table.where, f'kind = "{kind}" changes nothing', f"add {listed(row.one_of)}")
    for index, name in enumerate(table.values.get("queues", ())):
        if name not in queues:
            dangling(table.at("queues") / index, f"queue of tenant {tenant} named", name, queues, findings)
    _leads(table, tenant, queues, findings)
    rows = table.section.rows
    given: dict[str, Any] = {rows[name].field: table.values[name] for name in row.rows if name in table.values}
    action: AnyAction = row.struct(**given)  # type: ignore[assignment]  # one of the union, by the table
    if isinstance(action, RaisePriority):
        for index, name in enumerate(action.queues):
            if name in queues and queues[name].order == "oldest":
                what = 'is of order = "oldest": it is compared by age alone, so priority has no effect'
                findings.error(table.at("queues") / index, what, "take it out")
    return action


def _leads(table: Found, tenant: str, queues: dict[str, Queue], findings: Findings) -> None:
    """`to`: another queue, and one that is there."""
    to = table.values.get("to")
    if to is None:
        return
    if "message" in table.values:
        findings.error(table.at("to"), "stands beside message", "give one of the two")
    if to in table.values.get("queues", ()):
        findings.error(table.at("to"), "sends contacts back to the same queue", "name another queue")
    elif to not in queues:
        dangling(table.at("to"), f"queue of tenant {tenant} named", to, queues, findings)
