"""Order: a sorted collection that knows ranks, against a sorted list."""

from __future__ import annotations

from random import Random

import pytest

from router.core.order import HEAD, RUN_MOST, Order
from tests.core.test_reconfigure import Site


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
        assert order.first is None or order.first_key == order.first[0]


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


def test_ranks_stay_right_while_all_leave_from_the_front() -> None:
    """The first run is short: it gets entries of the next one again and again, and the tree of lengths follows."""
    order: Order[tuple[int, int]] = Order()
    entries = [(number, number) for number in range(3 * RUN_MOST)]
    for entry in entries:
        order.add(entry)
    for number, entry in enumerate(entries):
        assert order.first == entry
        assert order.rank(entries[-1]) == len(entries) - 1 - number
        order.remove(entry)
    assert (len(order), list(order)) == (0, [])


def test_what_comes_to_the_front_goes_on_into_longer_runs() -> None:
    """The newest first: the first run is cut again and again, and what was cut off does not stay in short runs."""
    order: Order[tuple[int, int]] = Order()
    for number in range(100 * HEAD):
        order.add((-number, number))
        assert order.rank((0, 0)) == number
    assert [entry[1] for entry in order] == list(range(100 * HEAD - 1, -1, -1))
    assert len(order._runs) <= 100 * HEAD // (RUN_MOST - 2 * HEAD) + 1


def test_a_place_is_kept_as_it_was_made() -> None:
    """Compiled code takes tuples whose fields it knows apart and makes them anew: then who leaves from the front would
    be looked for, and every place take memory twice."""
    site = Site()
    queue = site.engine.world.queues["main", "sales"]
    contacts = [contact for peer in site.engine.world.peers.values() for contact in peer.contacts.values()]
    entries = [entry for line in queue.lines.values() for entry in line.order]
    assert len(entries) > 1
    assert {id(entry) for entry in entries} <= {id(contact.entry) for contact in contacts}


@pytest.mark.parametrize("step", [1, 2, 7, RUN_MOST, 5 * RUN_MOST])
def test_every_so_manieth_key(step: int) -> None:
    """From the first one on, through all runs, in the unit that is asked for."""
    order: Order[tuple[int, int]] = Order()
    assert order.every_key(step, 10) == []
    for number in range(4 * RUN_MOST):
        order.add((3 * number, number))
    assert order.every_key(step, 10) == [3 * number / 10 for number in range(0, 4 * RUN_MOST, step)]


def test_removing_what_is_not_in_is_a_mistake() -> None:
    """A place that is removed twice is a mistake of ours, and is noticed."""
    order: Order[tuple[int, int]] = Order()
    order.add((1, 1))
    order.add((2, 2))
    for missing in ((1, 2), (3, 3)):
        with pytest.raises(KeyError):
            order.remove(missing)
    assert list(order) == [(1, 1), (2, 2)]
