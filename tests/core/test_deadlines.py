"""Deadlines: they fire once, in the order of (time, number), however often they were set anew or cancelled."""

from __future__ import annotations

from random import Random

import pytest

from router.core.deadlines import SLOT_BITS, Deadlines

SLOT_US = 1 << SLOT_BITS


class Thing:
    """Something with a deadline."""

    def __init__(self) -> None:
        self.due_us = 0
        self.due_number = 0


def fire(deadlines: Deadlines[Thing], now_us: int) -> list[Thing]:
    """All that is due, as the engine takes it out."""
    fired = []
    while (thing := deadlines.pop_due(now_us)) is not None:
        thing.due_us = 0
        fired.append(thing)
    return fired


def test_nothing_is_due_when_nothing_was_set() -> None:
    """An empty wheel never asks to be woken."""
    deadlines: Deadlines[Thing] = Deadlines()
    assert (deadlines.next_us(), deadlines.pop_due(10**15), len(deadlines)) == (None, None, 0)


def test_fires_at_its_time_and_not_before() -> None:
    """One microsecond before nothing happens; at the time it fires, and once."""
    deadlines: Deadlines[Thing] = Deadlines()
    thing = Thing()
    deadlines.set(thing, 5 * SLOT_US + 7, 1)
    assert deadlines.holds(thing)
    assert fire(deadlines, 5 * SLOT_US + 6) == []
    assert deadlines.next_us() == 5 * SLOT_US + 7
    assert fire(deadlines, 5 * SLOT_US + 7) == [thing]
    assert fire(deadlines, 10**12) == []
    assert not deadlines.holds(thing)


def test_the_next_time_is_never_too_late() -> None:
    """Whoever sleeps until `next_us` misses no deadline, also one that is set for before it."""
    deadlines: Deadlines[Thing] = Deadlines()
    far, near = Thing(), Thing()
    deadlines.set(far, 9 * SLOT_US + 5, 1)
    next_us = deadlines.next_us()
    assert next_us is not None
    assert next_us <= far.due_us
    deadlines.set(near, SLOT_US, 2)
    next_us = deadlines.next_us()
    assert next_us is not None
    assert next_us <= SLOT_US
    assert deadlines.soonest_us <= SLOT_US


def test_ties_fire_by_number() -> None:
    """Deadlines of one moment fire in the order in which they were set."""
    deadlines: Deadlines[Thing] = Deadlines()
    things = [Thing() for _ in range(5)]
    for number in (3, 1, 4, 2, 5):
        deadlines.set(things[number - 1], 100, number)
    assert fire(deadlines, 100) == things


def test_setting_again_replaces_and_cancelling_takes_away() -> None:
    """An entity has one deadline; what was before it never fires."""
    deadlines: Deadlines[Thing] = Deadlines()
    moved, gone = Thing(), Thing()
    deadlines.set(moved, SLOT_US, 1)
    deadlines.set(gone, SLOT_US, 2)
    deadlines.set(moved, 3 * SLOT_US, 3)
    deadlines.cancel(gone)
    deadlines.cancel(gone)
    assert (gone.due_us, len(deadlines)) == (0, 1)
    assert fire(deadlines, 2 * SLOT_US) == []
    assert fire(deadlines, 3 * SLOT_US) == [moved]


@pytest.mark.parametrize("seed", range(5))
def test_is_a_sorted_list(seed: int) -> None:
    """Against a plain list: near and far deadlines, set anew and cancelled while time goes on."""
    rng = Random(f"deadlines {seed}")
    deadlines: Deadlines[Thing] = Deadlines()
    things = [Thing() for _ in range(60)]
    now_us = SLOT_US
    for number in range(1, 3000):
        thing = rng.choice(things)
        if rng.random() < 0.3:
            deadlines.cancel(thing)
        else:
            deadlines.set(thing, now_us + rng.choice((0, 10, SLOT_US // 2, 7 * SLOT_US, 300 * SLOT_US)), number)
        if rng.random() < 0.2:
            now_us += rng.choice((1, SLOT_US // 3, 5 * SLOT_US))
            due = [thing for thing in things if thing.due_us and thing.due_us <= now_us]
            expected = sorted(due, key=lambda thing: (thing.due_us, thing.due_number))
            next_us = deadlines.next_us()
            assert not expected or (next_us is not None and next_us <= expected[0].due_us)
            assert fire(deadlines, now_us) == expected
        assert len(deadlines) == sum(1 for thing in things if thing.due_us)
        assert all(deadlines.holds(thing) == bool(thing.due_us) for thing in things[:5])


def test_who_takes_the_place_of_another_has_its_number_and_its_time() -> None:
    """One is built anew with the number and the time of one that was cancelled: it fires, and nobody compares them."""
    deadlines: Deadlines[Thing] = Deadlines()
    old, new, first = Thing(), Thing(), Thing()
    deadlines.set(first, 1, 1)
    assert fire(deadlines, 1) == [first]
    deadlines.set(old, 10, -5)
    deadlines.cancel(old)
    deadlines.set(new, 10, -5)
    assert fire(deadlines, 10) == [new]
    assert len(deadlines) == 0


def test_set_again_to_the_same_time_under_the_same_number_fires_once() -> None:
    """What has one number for ever, as rules' states have, may be taken out and put back while its time is near: it has
    one deadline, counts as one, and does not fire a second time for the entry of before."""
    deadlines: Deadlines[Thing] = Deadlines()
    thing, other = Thing(), Thing()
    deadlines.set(other, 1, 1)
    assert fire(deadlines, SLOT_US // 4) == [other]
    for _ in range(3):
        deadlines.set(thing, SLOT_US // 2, -7)
    assert len(deadlines) == 1
    assert fire(deadlines, SLOT_US) == [thing]
    assert len(deadlines) == 0
