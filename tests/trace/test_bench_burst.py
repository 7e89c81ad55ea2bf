"""The table of bursts: its sample is a configuration, and its variants are rules of it."""

from __future__ import annotations

from bench.burst import BURSTS, HELPED, HELPERS, SAMPLE, SEEDS, VARIANTS
from router.config import check


def test_the_sample_is_a_configuration() -> None:
    """Nothing in it is wrong; what the check warns of is that its people come from the record."""
    report = check(SAMPLE, read_keys=False)
    assert report.configuration is not None, report.errors
    assert all("so nobody can serve the queue" in fault.what for fault in report.warnings), report.warnings


def test_every_variant_is_made_of_its_rules() -> None:
    """And every rule of it is in one; the terms are those that were set."""
    configuration = check(SAMPLE, read_keys=False).configuration
    assert configuration is not None
    rules = {rule.name for rule in configuration.settings.rules}
    assert {name for names, _ in VARIANTS.values() for name in names} == rules
    assert set(HELPED) < {queue.name for queue in configuration.settings.queues}
    (helpers,) = HELPERS
    assert (helpers.most, helpers.slower, helpers.late_us) == (6, 1.3, 180_000_000)
    assert sum(agent.team == helpers.team for agent in configuration.settings.agents) == helpers.most
    assert len(BURSTS) == 3
    assert SEEDS >= 5
