"""What counts as a missed offer: not an agent who is busy elsewhere, nor a device that can't be reached."""

from __future__ import annotations

import pytest

from router.core import commands as ask
from router.terms import RejectReason
from tests.core.test_reconfigure import Site


@pytest.mark.parametrize(("reason", "missed"), [("declined", 1), ("no_answer", 1), ("busy", 0), ("unreachable", 0)])
def test_only_misses_are_counted_as_missed(reason: RejectReason, missed: int) -> None:
    """The metric says what RONA says."""
    site = Site()
    offer = next(offer for offer in site.engine.world.offers.values() if offer.contact.id == "s0")
    site.say(ask.Reject, offer.id, reason)
    assert site.engine.world.queues["main", "sales"].tally.missed == missed
