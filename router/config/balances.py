"""From the tables `[balance.NAME]` of `queues.toml` to the core's balances, checked against its queues."""

from __future__ import annotations

from msgspec.structs import replace

from router.config.centre import Centre
from router.config.faults import Findings, Where, dangling, doubled
from router.config.read import Found
from router.core.match.balance_settings import Balance
from router.core.settings import Queue


def balances(found: Found, centre: Centre, findings: Findings) -> tuple[tuple[Balance, ...], Centre]:
    """The balances, sorted, and the centre with each queue of one switched as that says; every mistake in them is among
    the findings."""
    queues = {(queue.tenant, queue.name): queue for queue in centre.queues}
    places: dict[tuple[str, str], Found] = {}
    taken: dict[tuple[str, str], Where] = {}
    made = []
    for table in found.tables("balance"):
        balance: Balance = table.fill(Balance(str(table.values.get("name", table.key)), ()), "name")
        balance = replace(balance, queues=tuple(sorted(balance.queues)))
        key = (balance.tenant, balance.name)
        if key in places:
            doubled(table.where, f"balance {balance.name} of tenant {balance.tenant}", places[key].where, findings)
            continue
        places[key] = table
        made.append(balance)
        if "queues" not in table.given:
            findings.error(table.where, "names no queues", 'add queues = ["...", "..."]')
        for index, name in enumerate(table.values.get("queues", ())):
            where, named = table.at("queues") / index, (balance.tenant, name)
            if named not in queues:
                there = [each for tenant, each in queues if tenant == balance.tenant]
                dangling(where, f"queue of tenant {balance.tenant} named", name, there, findings)
                continue
            if named in taken:
                findings.error(where, f"queue {name} is in another balance", "let it be in one of them")
            taken[named] = where
            _fits(queues[named], where, findings)
            queues[named] = replace(queues[named], balanced=balance.on)
        _differ(balance, table, queues, findings)
    for table in found.tables("queues"):
        queue_key = (table.get("tenant"), str(table.values.get("name", table.key)))
        if table.values.get("service_level") and queue_key not in taken:
            findings.warn(table.at("service_level"), "has no effect: the queue is in no balance", "name it in one")
    made.sort(key=lambda balance: (balance.tenant, balance.name))
    return tuple(made), centre._replace(
        queues=tuple(queues[queue.tenant, queue.name] for queue in centre.queues), balanced=frozenset(taken)
    )


def _fits(queue: Queue, where: Where, findings: Findings) -> None:
    if queue.order != "urgency":
        findings.error(where, f'is of order = "{queue.order}"', 'a balance is among queues of order = "urgency"')


def _differ(balance: Balance, table: Found, queues: dict[tuple[str, str], Queue], findings: Findings) -> None:
    """What makes a balance of no use, though each of its queues is right."""
    inside = [queues[balance.tenant, name] for name in balance.queues if (balance.tenant, name) in queues]
    if len({queue.contact_class for queue in inside}) > 1:
        what = "has queues of different contact_class: a higher class goes first, whatever the balance says"
        findings.warn(table.at("queues"), what, "give them one class")
    if sum(1 for queue in inside if queue.service_level) == 1:
        what = "has one queue with a service_level: there is none to give and take with, so no threshold moves"
        findings.warn(table.at("queues"), what, "give another one a service_level")
