"""The figures of partners are those of the engine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from router.core.actions import SendToPartner
from router.core.layers.plan_settings import Plan
from router.core.partners.settings import PartnerContract
from router.core.settings import Queue, Settings
from router.core.world import World
from router.metrics.partner_rows import PARTNER_ROWS


def test_what_was_sent_and_what_it_costs_is_counted() -> None:
    """By partner; a service level that nobody knows has no row."""
    plan = Plan("busy", actions=(SendToPartner(("a",), ("acme",)),))
    world = World(Settings(queues=(Queue("a"),), plans=(plan,), partners=(PartnerContract("acme"),)), 1)
    partner = world.partners.known["main", "acme"]
    partner.sent, partner.answered, partner.cost, partner.talk_us = 3, 2, 2_500_000, 90_000_000
    seen: Any = SimpleNamespace(sources=SimpleNamespace(world=world))
    found = {row.name.removeprefix("switchboard_partner_"): row.read(seen) for row in PARTNER_ROWS}
    key = ("main", "acme")
    assert found["sent_contacts_total"] == {key: 3}
    assert found["answered_contacts_total"] == {key: 2}
    assert found["cost_total"] == {key: 2.5}
    assert found["talk_seconds_total"] == {key: 90}
    assert found["share_ratio"] == {key: 1.0}
    assert found["service_level_ratio"] == {}
