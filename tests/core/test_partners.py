"""What a partner's contract leaves room for: shares, windows, and how one that falls short gets less."""

from __future__ import annotations

import pytest

from router.core.actions import SendToPartner
from router.core.layers.plan_settings import Plan
from router.core.partners.partner import IN_TARGET, JUDGED, JUDGED_LEAST, SENT, Partner, Partners
from router.core.partners.settings import PartnerContract
from router.core.settings import Queue, Settings
from router.core.world import World
from router.rules.window import ring
from router.terms import SECOND_US

CONTRACT = PartnerContract("acme", share_most=0.4, service_level=0.8, probe_share=0.1, window_us=120 * SECOND_US)
PLAN = Plan("busy", actions=(SendToPartner(("a",), ("acme",)),))


def judged(in_target: int, of: int, contract: PartnerContract = CONTRACT) -> Partner:
    """One that has answered so many in time, of so many."""
    partner = Partner(contract, ring(contract.window_us, 2, 0), {"a": ring(contract.window_us, 2, 0)})
    partner.judged.add(0, JUDGED, of)
    partner.judged.add(0, IN_TARGET, in_target)
    return partner


@pytest.mark.parametrize(
    ("in_target", "of", "share"),
    [
        (0, 0, 0.4),
        (0, JUDGED_LEAST - 1, 0.4),
        (10, 10, 0.4),
        (8, 10, 0.4),
        (6, 12, 0.25),
        (4, 20, 0.1),
        (0, 20, 0.04),
    ],
)
def test_the_share_is_scaled_by_what_was_achieved(in_target: int, of: int, share: float) -> None:
    """share_most x min(1, max(probe_share, achieved / promised)); too few say nothing; a probe always goes on."""
    assert judged(in_target, of).share(0) == pytest.approx(share)


def test_a_share_is_reached_and_never_passed() -> None:
    """29 of 100 at a share of 0.29, though 0.29 x 100 is a little less than 29 in binary."""
    partner = judged(0, 0, PartnerContract("acme", share_most=0.29))
    partner.flows["a"].add(0, 0, 100)
    for _ in range(29):
        assert partner.lacks(0, "a", 1.0) == ""
        partner.flows["a"].add(0, SENT, 1)
    assert partner.lacks(0, "a", 1.0) == "share"


def test_what_was_judged_counts_for_its_window_only() -> None:
    """After the window a bad quarter of an hour is forgotten."""
    partner = judged(0, 20)
    assert partner.share(119 * SECOND_US) == pytest.approx(0.04)
    assert partner.share(121 * SECOND_US) == pytest.approx(0.4)


def test_queues_know_whom_they_may_be_sent_to() -> None:
    """By what plans and rules say; another window begins anew; without a contract and without anybody it is gone."""
    settings = Settings(queues=(Queue("a"), Queue("b")), plans=(PLAN,), partners=(CONTRACT,))
    world = World(settings, 1)
    partner = world.partners.known["main", "acme"]
    assert (world.queues["main", "a"].partners, world.queues["main", "b"].partners) == ((partner,), ())
    partner.flows["a"].add(0, SENT, 1)
    longer = Settings(
        queues=settings.queues, plans=(PLAN,), partners=(PartnerContract("acme", window_us=240 * SECOND_US),)
    )
    assert world.partners.take(longer, world.queues, 0) == []
    assert partner.flows["a"].totals == [0, 0]
    assert world.partners.take(Settings(queues=settings.queues), world.queues, 0) == [partner]
    assert (world.partners.known, world.queues["main", "a"].partners) == ({}, ())


def test_a_partner_is_found_once() -> None:
    """By its name, whatever its contract is by now."""
    partners = Partners()
    assert partners.find(CONTRACT, 0) is partners.find(PartnerContract("acme"), 0)
