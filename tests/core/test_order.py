"""Order: a sorted collection that knows ranks, against a sorted list."""

from __future__ import annotations

from random import Random

import pytest

from router.core.order import RUN_MOST, Order


def test_empty() -> None:
    """Nothing is first, and nothing is before anything."""
    order: Order[tuple[int, int]] = Order()
    assert (len(order), order.first, list(order), order.rank((0, 0))) == (0, None, [], 0)
    assert (1, 1) not in order
    with pytest.raises(KeyError):
        order.remove((1, 1))


@pytest.mark.parametrize("most", [3, 40, 4 * RUN_MOST])
@pytest.mark.parametrize("seed", range(3))
def test_is_a_sorted_list(seed: int, most: int) -> None:
    """Whatever is added and removed, also from the middle: entries, first, length, ranks and membership are those of a
    sorted list. With many entries runs are cut and dropped."""
    rng = Random(f"order {seed} {most}")
    order: Order[tuple[int, int]] = Order()
    expected: list[tuple[int, int]] = []
    for number in range(3 * most):
        if expected and (len(expected) >= most or rng.random() < 0.4):
            gone = rng.choice(expected) if rng.random() < 0.7 else expected[0]
            expected.remove(gone)
            order.remove(gone)
            assert gone not in order
        else:
            entry = (rng.randrange(most), number)
            expected.append(entry)
            order.add(entry)
            assert entry in order
        if number % max(1, most // 20) == 0:
            expected.sort()
            assert list(order) == expected
            assert [order.rank(entry) for entry in expected] == list(range(len(expected)))
        assert len(order) == len(expected)
        assert order.first == min(expected, default=None)


def test_rank_of_an_entry_that_is_not_in() -> None:
    """How many would come before it: what `probe` tells before anybody has entered."""
    order: Order[tuple[int, int]] = Order()
    for key in (10, 20, 30):
        order.add((key, key))
    assert [order.rank((key, 0)) for key in (5, 10, 25, 40)] == [0, 0, 2, 3]


def test_ranks_stay_right_after_a_run_was_cut() -> None:
    """The tree of run lengths is built again when runs were cut, and kept up in between."""
    order: Order[tuple[int, int]] = Order()
    entries = [(number, number) for number in range(2 * RUN_MOST)]
    for entry in entries:
        order.add(entry)
    assert order.rank(entries[-1]) == 2 * RUN_MOST - 1
    order.remove(entries[0])
    order.add((RUN_MOST, -1))
    assert order.rank(entries[-1]) == 2 * RUN_MOST - 1
    assert order.rank((RUN_MOST, -1)) == RUN_MOST - 1


def test_removing_what_is_not_in_is_a_mistake() -> None:
    """A place that is removed twice is a mistake of ours, and is noticed."""
    order: Order[tuple[int, int]] = Order()
    order.add((1, 1))
    order.add((2, 2))
    for missing in ((1, 2), (3, 3)):
        with pytest.raises(KeyError):
            order.remove(missing)
    assert list(order) == [(1, 1), (2, 2)]
