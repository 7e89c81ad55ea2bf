"""What estimates make of a roster: who comes shortens a wait, who goes lengthens it, who is late is missing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.effects import RosterReply
from router.core.estimates.coming import LATE_S
from router.core.estimates.expect import estimate
from router.core.rota import spans_of
from router.ewt import Estimate
from tests.core.drive import TENANT, Centre
from tests.core.test_estimates import KNOWN, TALK_S, serve

NOON_S = 1_795_348_800
"""2026-11-22 12:00 UTC."""
Entry = tuple[str, int, int] | tuple[str, int, int, str]
"""Agent, from and until, activity."""
CREW = ("ann", "bob")
OTHERS = ("eve", "ivo", "uma", "zoe")


def centre(**changes: object) -> Centre:
    """A queue that has learned of its talks of two minutes, two agents who served them, and four who are at home; it is
    noon."""
    queue = of.Queue("q", enter_unstaffed=True)
    agents = tuple(of.Agent(name) for name in (*CREW, *OTHERS))
    site = Centre(of.Settings(queues=(queue,), agents=agents, estimates=replace(KNOWN, **changes)))
    site.up("boss", role="supervisor")
    for name in CREW:
        site.agent(name)
    serve(site, 40)
    site.wait(5)
    site.give("", told.WallClock(NOON_S))
    return site


def plan(site: Centre, *entries: Entry) -> None:
    """Times of agents, in seconds from noon; each agent's are one day."""
    days: dict[str, ask.RosterDay] = {}
    for name, from_s, until_s, *activity in entries:
        day = days.setdefault(name, ask.RosterDay(name, "2026-11-22", []))
        day.entries.append(ask.RosterEntry(NOON_S + from_s, NOON_S + until_s, *activity))
    reply = site.say(ask.Roster(0, "mia", "a test", list(days.values())), "boss")
    assert isinstance(reply, RosterReply), reply
    assert reply.days == len(days)


def crowd(site: Centre, waiting: int = 8) -> None:
    """Both agents talk, and so many wait."""
    for name in ("t1", "t2"):
        site.call(name)
        site.talk(name)
    for number in range(waiting):
        site.call(f"w{number}")
    site.wait(3)


def last(site: Centre) -> Estimate | None:
    """What one who would join now would be told."""
    line = site.engine.world.queues[TENANT, "q"].own["voice"]
    return estimate(site.engine.world, line, len(line.order))


def mean(site: Centre) -> float:
    """Its mean, known for sure."""
    site.wait(3)
    said = last(site)
    assert said is not None
    assert said.confidence == "high"
    return said.mean


def test_who_comes_shortens_a_wait_and_who_goes_lengthens_it() -> None:
    """Against the same crowd without a roster: four more agents in a minute, or one of two who goes home."""
    waits = {}
    rosters: dict[str, list[Entry]] = {
        "none": [],
        "more": [(name, 60, 7200) for name in OTHERS],
        "fewer": [("ann", -3600, 60), ("bob", -3600, 7200)],
        "a break": [("ann", -3600, 7200), ("ann", 60, 360, "lunch"), ("bob", -3600, 7200)],
        "much later": [(name, 9000, 12000) for name in OTHERS],
    }
    for what, entries in rosters.items():
        site = centre()
        if entries:
            plan(site, *entries)
        crowd(site)
        waits[what] = mean(site)
    assert waits["more"] < 0.6 * waits["none"]
    assert waits["fewer"] > 1.6 * waits["none"]
    assert waits["none"] < waits["a break"] < waits["fewer"]
    assert waits["much later"] == waits["none"]


def test_who_has_come_is_counted_once() -> None:
    """Somebody signs in before their time: the plan of it is no second agent."""
    early, usual = centre(), centre()
    plan(early, ("eve", 120, 7200))
    for site in (early, usual):
        crowd(site, 12)
        site.agent("eve")
        site.talk("w0")
    assert mean(early) == pytest.approx(mean(usual), rel=0.02)


def test_who_is_late_is_counted_on_for_a_while() -> None:
    """Two minutes after their time they are missing, and nobody waits for them."""
    site, usual = centre(), centre()
    plan(site, *[(name, 10, 7200) for name in OTHERS])
    for each in (site, usual):
        crowd(each)
    assert mean(site) < 0.6 * mean(usual)
    for each in (site, usual):
        each.wait(LATE_S + 10)
    assert mean(site) == pytest.approx(mean(usual), rel=0.02)


def test_nobody_there_and_somebody_due_is_a_wait_that_is_known() -> None:
    """Before the first of the morning comes, who waits is told when that is; without a roster nobody knows."""
    early: list[Entry] = [("ann", 600, 7200), ("bob", 600, 7200)]
    for entries in ([], early):
        site = centre()
        for name in CREW:
            site.ok(ask.LogOut(0, name))
        if entries:
            plan(site, *entries)
        site.call("w0")
        site.wait(3)
        said = last(site)
        if not entries:
            assert said is None or said.confidence == "low"
        else:
            assert said is not None
            assert said.confidence == "high"
            assert said.mean == pytest.approx(600, abs=TALK_S)
        estimates = site.engine.world.estimates
        assert not estimates.said, "a wait for people teaches nothing of waits for a turn"


def test_who_talks_beyond_their_end_goes_afterwards() -> None:
    """A talk that has begun before the end of a shift does not make the agent stay."""
    site, usual = centre(), centre()
    plan(site, ("ann", -3600, 30), ("bob", -3600, 7200))
    for each in (site, usual):
        crowd(each)
        each.wait(60)
    assert mean(site) > 1.6 * mean(usual)


def test_on_a_break_until_it_is_planned_to_end() -> None:
    """Who is on a break comes back when it is over; a break that nobody planned has no end that is known."""
    waits = []
    for lunch in (True, False):
        site = centre()
        plan(site, ("ann", -3600, 7200), *([("ann", -60, 90, "lunch")] if lunch else []), ("bob", -3600, 7200))
        crowd(site)
        site.ok(ask.End(0, "t1"))
        site.ok(ask.NotReady(0, "ann", "lunch"))
        site.wait(10)
        waits.append(mean(site))
    assert waits[0] < 0.75 * waits[1]


@pytest.mark.parametrize(
    ("entries", "spans"),
    [
        ([(0, 10, "work")], ((0, 10),)),
        ([(0, 10, "work"), (4, 6, "lunch")], ((0, 4), (6, 10))),
        ([(0, 5, "work"), (5, 10, "work"), (20, 30, "work")], ((0, 10), (20, 30))),
        ([(0, 10, "work"), (0, 4, "training"), (8, 12, "lunch")], ((4, 8),)),
        ([(0, 10, "work"), (0, 10, "training")], ()),
        (
            [(0, 10, "work"), (2, 3, "a"), (3, 4, "b"), (12, 20, "work"), (13, 14, "c")],
            ((0, 2), (4, 10), (12, 13), (14, 20)),
        ),
        ([(5, 6, "lunch")], ()),
    ],
)
def test_times_at_work(entries: list[tuple[int, int, str]], spans: tuple[tuple[int, int], ...]) -> None:
    """Work joined, less everything else, in whatever order it is told."""
    assert spans_of(entries) == spans
    assert spans_of(reversed(entries)) == spans


def test_a_large_roster_is_counted_in_slices() -> None:
    """Thousands of agents at home: an estimate is made piece by piece, and is the same in the end."""
    site = centre()
    world = site.engine.world
    for number in range(3000):
        world.rota.at_work[TENANT, f"x{number}"] = ((NOON_S + 60, NOON_S + 600),)
    coming = world.estimates.coming("voice")
    assert sum(1 for _ in coming.count(world)) == 3000 // 256
    assert coming.is_fresh(world)
    world.rota.version += 1
    assert not coming.is_fresh(world)
