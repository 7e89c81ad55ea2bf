"""The expected wait, asked of a small centre: a number that grows with the place, or None where nothing is known."""

from __future__ import annotations

from router.core import commands as ask
from router.core import settings as of
from router.core.entities import Contact
from router.core.estimates.expect import estimate, estimate_of, expected_wait_us
from router.core.line import Line
from tests.core.drive import TENANT, Centre

TALK_S = 120


def centre() -> Centre:
    """One queue that lets anybody wait."""
    return Centre(of.Settings(queues=(of.Queue("q", enter_unstaffed=True),), agents=(of.Agent("ann"),)))


def line(site: Centre) -> Line:
    """The queue's own line."""
    return site.engine.world.queues[TENANT, "q"].own["voice"]


def contact(site: Centre, name: str) -> Contact:
    """A contact that lives."""
    return site.engine.world.peers[f"{TENANT}/gw"].contacts[name]


def busy() -> Centre:
    """Ann has finished one talk of two minutes and is in another; two wait."""
    site = centre()
    site.agent("ann")
    site.call("first")
    site.talk("first")
    site.wait(TALK_S)
    site.ok(ask.End(0, "first"))
    site.call("second")
    site.talk("second")
    for name in ("third", "fourth"):
        site.call(name)
    return site


def test_nothing_known_is_none() -> None:
    """Nobody signed in, or nothing finished yet: unknown, not a guess."""
    site = centre()
    assert estimate(site.engine.world, line(site), 0) is None
    site.call("early")
    assert estimate_of(site.engine.world, contact(site, "early")) is None
    site.agent("ann")
    site.talk("early")
    assert estimate(site.engine.world, line(site), 0) is None
    assert expected_wait_us(site.engine.world, line(site), 0) is None


def test_the_closed_form_stands_in_with_low_confidence() -> None:
    """Each place costs one mean talk of the one agent, and the quantiles stand in order around it."""
    site = busy()
    world = site.engine.world
    joins = estimate(world, line(site), 2)
    assert joins is not None
    assert joins.confidence == "low"
    assert abs(joins.mean - 3 * TALK_S) < 1e-6
    assert 0 <= joins.p10 < joins.p50 < joins.p80 < joins.p90
    assert expected_wait_us(world, line(site), 2) == 3 * TALK_S * 1_000_000


def test_a_contact_is_asked_by_its_own_place() -> None:
    """Who came first has less to wait; one who talks stands in no line."""
    site = busy()
    world = site.engine.world
    third, fourth = (estimate_of(world, contact(site, name)) for name in ("third", "fourth"))
    assert third is not None
    assert fourth is not None
    assert third == estimate(world, line(site), 0)
    assert fourth == estimate(world, line(site), 1)
    assert estimate_of(world, contact(site, "second")) is None


def test_a_free_agent_is_no_wait() -> None:
    """With somebody free for the place nothing is left to wait."""
    site = busy()
    for name in ("third", "fourth"):
        site.ok(ask.End(0, name))
    site.ok(ask.End(0, "second"))
    said = estimate(site.engine.world, line(site), 0)
    assert said is not None
    assert (said.mean, said.p90) == (0.0, 0.0)
