"""How long a client waits before it connects again."""

from __future__ import annotations

import random

import pytest

from router.client.backoff import Backoff


class Highest(random.Random):
    """Chance that always draws the highest."""

    def uniform(self, a: float, b: float) -> float:
        return b


def test_the_ceiling_doubles_up_to_the_most() -> None:
    """0.1, 0.2, 0.4 ... and never above the most."""
    backoff = Backoff(0.1, 1.0, Highest())
    assert [backoff.wait_s() for _ in range(6)] == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.0, 1.0])


def test_success_makes_it_short_again() -> None:
    """After a connection that was let in the next wait is the first one."""
    backoff = Backoff(0.1, 1.0, Highest())
    for _ in range(4):
        backoff.wait_s()
    backoff.worked()
    assert backoff.wait_s() == pytest.approx(0.1)


def test_what_is_hopeless_waits_longest() -> None:
    """A wrong key is not tried ten times a second."""
    backoff = Backoff(0.1, 1.0, Highest())
    assert backoff.wait_s(at_least_s=backoff.hopeless()) == pytest.approx(2.0)


def test_the_engine_s_wish_is_the_least() -> None:
    """A retry time that the engine names is never undercut, and jitter comes on top of it."""
    assert Backoff(0.1, 1.0, Highest()).wait_s(at_least_s=5.0) == pytest.approx(5.1)


def test_jitter_is_full(rng: random.Random) -> None:
    """Waits spread over the whole interval, so that clients do not come back in step."""
    waits = [Backoff(1.0, 1.0, rng).wait_s() for _ in range(400)]
    assert min(waits) < 0.1
    assert max(waits) > 0.9
