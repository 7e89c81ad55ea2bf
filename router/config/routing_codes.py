"""Rows that switch a plan by a phone code: what of them can't be meant, and what would let anybody do it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from router.config.faults import Findings, dangling
from router.config.kinds.fields import Wrong

if TYPE_CHECKING:
    from router.config.plans import Around
    from router.config.read import Found
    from router.core.routes.settings import Route

ONLY_PLANNED = ("plan_action", "callers", "pin")
"""Settings of a row that mean nothing where it switches no plan."""

_NUMBER = re.compile(r"\+?[0-9]{3,20}")
_PIN = re.compile(r"[0-9]{6,16}")


def pin_wrong(pin: str) -> Wrong | None:
    """What is wrong with a code, None where nothing is; empty: none is asked for."""
    if not pin or _PIN.fullmatch(pin):
        return None
    # Never the code itself: a message of a check is read by many.
    return Wrong("is no code", "write 6 to 16 digits: with fewer it could be found by trying")


def plan_code(table: Found, route: Route, findings: Findings) -> None:
    """The row says who may, and nothing else."""
    if not route.plan:
        for setting in ONLY_PLANNED:
            if setting in table.values:
                findings.error(table.at(setting), "has no effect where the row switches no plan", "add plan = ...")
        return
    if not route.callers and not route.pin:
        findings.error(table.where, f"lets anybody {route.plan_action} plan {route.plan}", "add callers, pin or both")
    if table.tables("refuse"):
        findings.error(table.at("plan"), "stands beside refuse", "give one of the two")
    for index, number in enumerate(route.callers):
        if not _NUMBER.fullmatch(number):
            what = f"{number} is no number that a gateway tells"
            findings.error(table.at("callers") / index, what, "write digits alone, with or without a +")


def dangling_codes(found: Found, there: Around, findings: Findings) -> None:
    """The plans that rows switch exist. `found`: the tables of routes.toml."""
    for table in found.tables("routes"):
        tenant, plan = table.get("tenant"), table.values.get("plan")
        if plan and plan not in there.of(tenant, "plans"):
            dangling(table.at("plan"), f"plan of tenant {tenant} named", plan, there.of(tenant, "plans"), findings)
