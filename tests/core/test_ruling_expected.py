"""When the expected wait that a rule reads is looked at again, though nothing happens in its queue."""

from __future__ import annotations

from msgspec import structs

from router.core import commands as ask
from router.core.ruling.settings import ActingRule
from router.core.ruling.watched import QueueView
from router.rules import Compare
from router.terms import SECOND_US
from tests.core.drive import Centre
from tests.core.reserves import centre
from tests.core.test_estimates_moving import crowded

LOOK_S, REFRESH_S = 10, 2


def by_wait(above_s: float) -> tuple[ActingRule, ...]:
    """A rule that goes by the expected wait, and does nothing."""
    when = Compare("queue", "sales", "ewt_p50_s", "above", above_s * SECOND_US)
    return (ActingRule("long", when, observe=True, active_least_us=0, cool_down_us=0),)


def view_of(site: Centre) -> QueueView:
    """What measures it."""
    view = site.engine.world.ruling.views["main/queue/sales"]
    assert isinstance(view, QueueView)
    return view


def value_s(site: Centre) -> float:
    """What it shows."""
    value = view_of(site).expected[0].value
    assert value is not None
    return value / SECOND_US


def gaps_s(site: Centre, seconds: int) -> list[float]:
    """Nothing happens for so long: how long was it between two looks?"""
    looks, last_us = [], view_of(site).expected_from_us
    until_us = site.now_us + seconds * SECOND_US
    while site.now_us < until_us:
        site.wait(0.1)
        if view_of(site).expected_from_us != last_us:
            looks.append((view_of(site).expected_from_us - last_us) / SECOND_US)
            last_us = view_of(site).expected_from_us
    return looks


def test_it_is_looked_at_in_time_and_the_sooner_the_nearer_it_is_to_a_bound() -> None:
    """Half the way to the bound is waited for, between `refresh_s` and `look_s`, or up to a fifth less."""
    far = crowded(by_wait(86_000))
    near = crowded(by_wait(value_s(far) + 1))
    assert all(0.8 * LOOK_S <= gap <= LOOK_S for gap in gaps_s(far, 100)[1:])
    gaps = gaps_s(near, 20)[1:]
    assert min(gaps) <= REFRESH_S
    assert all(REFRESH_S <= gap <= LOOK_S for gap in gaps)


def test_what_it_was_made_before_is_looked_at_as_soon_as_it_can_be_told() -> None:
    """Somebody comes right after the line was estimated: there is no new estimate before `refresh_s`, but then."""
    site = crowded(by_wait(86_000))
    line = site.engine.world.queues["main", "sales"].own["voice"]
    while site.now_us != site.engine.world.estimates.views[line].made_us:
        site.wait((site.engine.next_deadline_us() or 0) / SECOND_US - site.now_us / SECOND_US)
    site.wait(1.5)
    site.call("last", "sales")
    assert view_of(site).due_us == site.engine.world.estimates.views[line].made_us + REFRESH_S * SECOND_US


def test_it_is_looked_at_when_somebody_else_has_the_line_estimated_anew() -> None:
    """A gateway asks: what it is told, the rule sees."""
    site = crowded(by_wait(86_000))
    world = site.engine.world
    world.settings = structs.replace(
        world.settings, estimates=structs.replace(world.settings.estimates, look_us=600 * SECOND_US)
    )
    world.estimates.settings = world.settings.estimates
    site.wait(LOOK_S + 5)
    looked_us = view_of(site).expected_from_us
    site.wait(20)
    assert view_of(site).expected_from_us == looked_us
    site.say(ask.Estimate(0, "sales"))
    assert view_of(site).expected_from_us == site.now_us + SECOND_US


def test_what_is_unknown_is_looked_at_too() -> None:
    """Whoever comes to work by a roster makes it known, and nobody tells."""
    site = centre(by_wait(60))
    site.wait(1)
    assert 0 < view_of(site).due_us <= site.now_us + LOOK_S * SECOND_US
    site.restart(away_s=5)
    assert 0 < view_of(site).due_us <= site.now_us + LOOK_S * SECOND_US
