"""A balance is worth having: in a peak the queue furthest below its service level comes nearer to it."""

from __future__ import annotations

from itertools import permutations

from bench.balance import Case, classes_of, in_turn, moved, run


def test_a_balance_halves_what_the_worst_queue_lacks() -> None:
    """Against plain urgency, with the same callers and agents, over one peak."""
    urgency, held = (run(Case("morning", order, 1)) for order in ("urgency", "length held"))
    assert urgency["shortfall"] > 5
    assert held["shortfall"] < urgency["shortfall"] / 2


def test_strict_orders_are_sought_one_queue_at_a_time() -> None:
    """Of three queues every order is next to another but the one that is turned round."""
    names = ["cards", "general", "orders"]
    first_to_last = ["orders", "cards", "general"]
    classes = classes_of(first_to_last, names)
    assert classes == (1, 0, 2)
    assert in_turn(classes, names) == first_to_last
    turned = classes_of(first_to_last[::-1], names)
    assert set(moved(classes)) == set(permutations(range(3))) - {turned}
