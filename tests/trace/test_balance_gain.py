"""A balance is worth having: in a peak the queue furthest below its service level comes nearer to it."""

from __future__ import annotations

from bench.balance import Case, run


def test_a_balance_halves_what_the_worst_queue_lacks() -> None:
    """Against plain urgency, with the same callers and agents, over one peak."""
    urgency, held = (run(Case("morning", order, 1)) for order in ("urgency", "length held"))
    assert urgency["shortfall"] > 5
    assert held["shortfall"] < urgency["shortfall"] / 2
