"""What a seed draws of partners: contracts, the actions of plans and rules that send to them, gateways that can, and
edits of the contracts in the middle of traffic.

Drawn apart from the rest of the plan, so that seeds without partners are what they were. What a gateway does with whom
it is to send is in `partner_calls.py`; the judge's view is in `books/partner.py`.
"""

from __future__ import annotations

from random import Random
from typing import TypeVar

from msgspec.structs import replace

from router.core import actions as core
from router.core import settings as of
from router.core.layers.plan_settings import Plan
from router.core.partners.settings import PartnerContract
from router.core.ruling.settings import ActingRule
from router.terms import SECOND_US

REACHED = (
    "sent to a partner", "sent: told again", "partner answered", "partner failed", "partner silent", "partner late",
    "partner hung up", "partner talk never ended", "partner leg lost",
    "partner answered, and nobody was told", "sync: at a partner", "send over: timed_out",
    "send over: talk_most", "caller gone: sent", "caller gone: at_partner", "found at a partner", "partners edited",
    "partner full", "partner with its whole share", "partner by hours", "partner: back at its place",
    "partner without a contract", "partner paid", "partners read",
)  # fmt: skip
"""What a set of a hundred seeds must show."""

SHARE = 0.5
"""Seeds with partners."""
EDITS_A_BEAT = 0.04
NAMES = ("acme", "nova", "zeta")
Source = TypeVar("Source", Plan, ActingRule)


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings with contracts, and with plans and rules that send to partners."""
    rng = Random(f"partners {seed}")
    if rng.random() >= SHARE or not (settings.plans or settings.rules):
        return settings
    names = NAMES[: rng.randint(1, 3)]
    contracts = tuple(_contract(rng, name, settings) for name in names)
    plans = tuple(_sends(rng, plan, settings, names, 0.9) for plan in settings.plans)
    rules = tuple(_sends(rng, rule, settings, names, 0.5) for rule in settings.rules)
    return replace(settings, partners=contracts, plans=plans, rules=rules)


def can_send(seed: int) -> tuple[bool, ...]:
    """Which gateways connect customers to partners."""
    rng = Random(f"sends {seed}")
    return tuple(rng.random() < 0.9 for _ in range(3))


def _contract(rng: Random, name: str, settings: of.Settings) -> PartnerContract:
    calendars = [calendar.name for calendar in settings.calendars]
    return PartnerContract(
        name,
        address=f"sip:{name}",
        calendar=rng.choice(calendars) if calendars and rng.random() < 0.4 else "",
        at_most=rng.choice((1, 2, 3, 20)),
        share_most=rng.choice((0.1, 0.3, 0.6, 1.0, 1.0)),
        window_us=rng.choice((12, 60)) * SECOND_US,
        target_us=rng.choice((1, 3, 10)) * SECOND_US,
        service_level=rng.choice((0.5, 0.8, 1.0)),
        probe_share=rng.choice((0.1, 0.5)),
        answer_most_us=rng.choice((4, 10, 20)) * SECOND_US,
        talk_most_us=rng.choice((15, 40)) * SECOND_US,
        price_contact=rng.choice((0.0, 1.5)),
        price_minute=rng.choice((0.0, 0.6)),
    )


def _sends(rng: Random, source: Source, settings: of.Settings, names: tuple[str, ...], chance: float) -> Source:
    """The same plan or rule, which perhaps sends to partners too."""
    if rng.random() >= chance:
        return source
    queues = [queue.name for queue in settings.queues]
    action = core.SendToPartner(
        tuple(sorted(rng.sample(queues, rng.randint(1, len(queues))))),
        tuple(rng.sample(names, rng.randint(1, len(names)))),
        rng.choice((0, 0, 2, 8)) * SECOND_US,
        rng.choice((0.3, 1.0, 1.0)),
    )
    return replace(source, actions=(*source.actions, action))


def edited(rng: Random, settings: of.Settings) -> tuple[PartnerContract, ...]:
    """Other contracts: some are gone, some have other terms."""
    return tuple(_edited(rng, contract) for contract in settings.partners if rng.random() < 0.8)


def _edited(rng: Random, contract: PartnerContract) -> PartnerContract:
    kind = rng.randrange(5)
    if kind == 0:
        return replace(contract, at_most=rng.choice((1, 2, 5)))
    if kind == 1:
        return replace(contract, share_most=rng.choice((0.2, 1.0)), window_us=rng.choice((12, 60)) * SECOND_US)
    if kind == 2:
        return replace(contract, price_contact=3.0, price_minute=1.2, address="sip:moved")
    if kind == 3:
        return replace(contract, answer_most_us=7 * SECOND_US, talk_most_us=25 * SECOND_US, target_us=2 * SECOND_US)
    return contract
