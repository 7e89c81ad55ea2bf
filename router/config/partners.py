"""From the tables `[partners.NAME]` to contracts, with what only a look at the whole shows."""

from __future__ import annotations

from collections.abc import Iterable

from router.config.faults import Findings, dangling
from router.config.read import Found
from router.core.actions import SendToPartner
from router.core.layers.plan_settings import Plan
from router.core.partners.settings import PartnerContract
from router.core.ruling.settings import ActingRule
from router.core.settings import Calendar


def partners(found: Found, calendars: Iterable[Calendar], findings: Findings) -> tuple[PartnerContract, ...]:
    """All partners, sorted; every mistake in them is among the findings."""
    names = [calendar.name for calendar in calendars]
    made: list[PartnerContract] = []
    for table in found.tables("partners"):
        contract: PartnerContract = table.fill(PartnerContract(table.key))
        if not contract.address:
            findings.error(table.where, "says not where customers are connected to", 'add address = "..."')
        if contract.calendar and contract.calendar not in names:
            dangling(table.at("calendar"), "calendar", contract.calendar, names, findings)
        if contract.answer_most_us < contract.target_us:
            findings.error(table.at("answer_most_s"), "is shorter than target_s", "make it longer")
        made.append(contract)
    return tuple(sorted(made, key=lambda contract: (contract.tenant, contract.name)))


def nobody_sent(found: Found, sources: Iterable[Plan | ActingRule], findings: Findings) -> None:
    """Partners that no action names."""
    named = {
        (source.tenant, name)
        for source in sources
        for action in source.actions
        for name in (action.partners if isinstance(action, SendToPartner) else ())
    }
    for table in found.tables("partners"):
        if (table.get("tenant"), table.key) not in named:
            findings.warn(table.where, "nobody is sent there", 'name it in an action of kind = "send_to_partner"')
