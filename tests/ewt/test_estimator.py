"""The estimator from the outside: events in, waits and learned state out."""

import json

import pytest

from router.ewt import Estimator, EwtSettings
from tests.ewt.given import busy_centre


def test_nobody_waits_where_somebody_is_free() -> None:
    """With a free able agent who would join now waits next to nothing."""
    estimator = Estimator()
    estimator.set_queue("all")
    estimator.agent_login(0.0, "ann", frozenset({"all"}))
    assert estimator.estimate(10.0, "all").p50 < 5


def test_a_queue_without_agents_waits_as_long_again_with_low_confidence() -> None:
    """Nobody there, nobody known and no plan: a quarter of an hour, or as long as the first one has waited."""
    estimator = Estimator()
    estimator.arrive(1.0, "c1", "all")
    said = estimator.estimate(2.0, "all", contact="c1")
    assert said.mean == pytest.approx(900, rel=0.02)
    assert said.p90 > 2 * said.p50
    assert said.confidence == "low"
    assert estimator.estimate(5001.0, "all", contact="c1").mean == pytest.approx(5000, rel=0.02)


def test_who_had_a_break_is_expected_back() -> None:
    """Breaks last about ten minutes: a minute after the last one began, nine are left; what was learned is kept."""
    estimator = Estimator()
    now = 0.0
    for _ in range(60):
        estimator.agent_login(now, "ann", frozenset({"all"}))
        estimator.agent_logout(now + 3000, "ann")
        now += 3600.0
    estimator.arrive(now - 540, "c1", "all")
    said = estimator.estimate(now - 540, "all", contact="c1")
    assert said.mean == pytest.approx(540, rel=0.15)
    assert said.confidence == "low"
    taught = Estimator()
    taught.load(estimator.dump())
    taught.agent_login(now, "bob", frozenset({"all"}))
    taught.agent_logout(now + 10, "bob")
    assert taught.estimate(now + 70, "all").mean == pytest.approx(540, rel=0.15)


def test_who_comes_at_eight_is_expected_at_eight() -> None:
    """After a night the time of day counts, not the length of the absence; the rest of the team comes soon after."""
    estimator = Estimator()
    for day in range(3):
        for i in range(4):
            estimator.agent_login(day * 86400 + 28800 + 60.0 * i, f"a{i}", frozenset({"all"}))
        for i in range(4):
            estimator.agent_logout(day * 86400 + 61200 + 700.0 * day, f"a{i}")
    now = 3 * 86400 + 28500.0
    for i in range(3):
        estimator.arrive(now, f"c{i}", "all")
    waits = [estimator.trajectory(now, "all").at(i).mean for i in (1, 3)]
    assert waits[0] == pytest.approx(300, abs=30)
    assert waits[1] == pytest.approx(420, abs=60)


def test_who_is_on_a_break_is_expected_beside_those_who_are_there_and_who_went_home_is_not() -> None:
    """Three of four go at ten, as they do for ten minutes twice a day; or at five, as they do to go home."""
    waits = []
    for hour in (10, 17):
        estimator = Estimator()
        team = [f"a{i}" for i in range(4)]
        for day in range(4):
            begin = day * 86400 + 28800.0
            for agent in team:
                estimator.agent_login(begin, agent, frozenset({"all"}))
            for pause in (7200.0, 21600.0):
                for i, agent in enumerate(team):
                    estimator.agent_logout(begin + pause + 700 * i, agent)
                    estimator.agent_login(begin + pause + 700 * i + 600, agent, frozenset({"all"}))
            for agent in team:
                estimator.agent_logout(begin + 32400, agent)
        begin = 4 * 86400 + 28800.0
        for agent in team:
            estimator.agent_login(begin, agent, frozenset({"all"}))
        now = 4 * 86400 + hour * 3600.0
        for agent in team[1:]:
            estimator.agent_logout(now, agent)
        for i in range(12):
            estimator.arrive(now, f"c{i}", "all")
        waits.append(estimator.estimate(now, "all").mean)
    on_break, gone_home = waits
    assert on_break < 0.75 * gone_home


def test_what_starves_is_not_expected_to_starve_for_ever() -> None:
    """Gold takes all that there is, for nobody knows how long: as long again, and not a day."""
    estimator = Estimator()
    estimator.set_queue("gold", 0)
    estimator.set_queue("silver", 1)
    estimator.agent_login(0.0, "ann", frozenset({"gold", "silver"}))
    estimator.arrive(0.0, "s", "silver")
    for i in range(200):
        estimator.arrive(10.0 * i, f"g{i}", "gold")
    assert 1500 < estimator.estimate(2000.0, "silver", contact="s").mean < 20_000


def test_a_planned_login_gives_a_finite_wait() -> None:
    """Nobody there but somebody planned in 10 minutes: the wait is about that."""
    estimator = Estimator()
    estimator.arrive(1.0, "c1", "all")
    assert estimator.plan(1.0, 601.0, "ann", True, frozenset({"all"}))
    assert estimator.estimate(1.0, "all", contact="c1").mean == pytest.approx(600, abs=30)
    estimator.agent_login(601.0, "ann", frozenset({"all"}))
    assert len(estimator.plans) == 0
    assert estimator.missing() == []


def test_who_is_planned_and_absent_is_missing() -> None:
    """A plan whose time went by is shown, and not counted on any more."""
    estimator = Estimator()
    estimator.plan(0.0, 100.0, "ann", True, frozenset({"all"}))
    estimator.arrive(150.0, "c1", "all")
    assert estimator.missing() == [("ann", 100.0)]
    said = estimator.estimate(150.0, "all", contact="c1")
    assert (said.mean > 600, said.confidence) == (True, "low")


def test_positions_come_from_the_order_of_arrival() -> None:
    """A contact that waits is found by its own arrival, whatever position the asker believes."""
    estimator = busy_centre(4, 0)
    for i in range(5):
        estimator.arrive(201.0 + i, f"c{i}", "all")
    trajectory = estimator.trajectory(210.0, "all")
    assert len(trajectory) == 6
    for i in range(5):
        assert estimator.estimate(210.0, "all", position=1, contact=f"c{i}") == trajectory.at(i + 1)
    assert estimator.estimate(210.0, "all") == trajectory.at(6)


def test_a_contact_put_back_keeps_its_place() -> None:
    """Waited time given with an arrival puts it before those who came later."""
    estimator = busy_centre(4, 3)
    estimator.arrive(220.0, "old", "all", waited_s=100.0)
    assert estimator.estimate(220.0, "all", contact="old") == estimator.trajectory(220.0, "all").at(1)


def test_an_answered_call_teaches_its_wait() -> None:
    """The judge counts what was said on arrival against the wait that followed."""
    estimator = busy_centre(1, 1)
    estimator.end(260.0, "t0")
    estimator.agent_ready(260.0, "a0")
    estimator.start(260.0, "w0", "a0")
    verdict = estimator.verdicts()["all"]
    assert verdict.judged == 1
    assert verdict.bias_s is not None


def ghosts(estimator: Estimator) -> int:
    """Abandoners whose virtual wait is open."""
    return sum(len(line.ghosts) for line in estimator.lines.values())


def test_a_ghost_ends_when_somebody_behind_it_is_taken() -> None:
    """A caller who hung up would have been taken instead of one who ranks after it, not of one before."""
    estimator = Estimator(EwtSettings(learn_gap_s=1e-6))
    estimator.set_queue("all")
    estimator.agent_login(0.0, "ann", frozenset({"all"}))
    estimator.arrive(0.0, "t", "all")
    estimator.start(0.0, "t", "ann")
    for at, name in ((10.0, "before"), (20.0, "gone"), (30.0, "after")):
        estimator.arrive(at, name, "all")
    estimator.abandon(40.0, "gone")
    assert ghosts(estimator) == 1
    for at, old, new in ((100.0, "t", "before"), (200.0, "before", "after")):
        assert ghosts(estimator) == 1
        estimator.end(at, old)
        estimator.agent_ready(at, "ann")
        estimator.start(at, new, "ann")
    assert ghosts(estimator) == 0
    assert estimator.verdicts()["all"].judged == 3


def test_a_ghost_ends_when_an_able_agent_finds_nobody() -> None:
    """A free agent who could not have served it changes nothing; an able one ends its wait."""
    estimator = Estimator(EwtSettings(learn_gap_s=1e-6))
    for agent, queue in (("ann", "one"), ("bob", "two")):
        estimator.agent_login(0.0, agent, frozenset({queue}))
        estimator.arrive(0.0, f"t-{agent}", queue)
        estimator.start(0.0, f"t-{agent}", agent)
    estimator.arrive(5.0, "gone", "one")
    estimator.abandon(9.0, "gone")
    estimator.end(20.0, "t-bob")
    estimator.agent_ready(20.0, "bob")
    assert ghosts(estimator) == 1
    estimator.end(50.0, "t-ann")
    estimator.agent_ready(50.0, "ann")
    assert ghosts(estimator) == 0


def test_a_higher_queue_does_not_end_a_lower_ghost() -> None:
    """An agent who takes somebody of a higher queue would have done so with the ghost waiting, too."""
    estimator = Estimator(EwtSettings(learn_gap_s=1e-6))
    estimator.set_queue("gold", 0)
    estimator.set_queue("silver", 1)
    estimator.agent_login(0.0, "ann", frozenset({"gold", "silver"}))
    estimator.arrive(0.0, "t", "gold")
    estimator.start(0.0, "t", "ann")
    estimator.arrive(3001.0, "gone", "silver")
    estimator.arrive(3002.0, "g", "gold")
    estimator.abandon(3003.0, "gone")
    estimator.end(3009.0, "t")
    estimator.agent_ready(3009.0, "ann")
    estimator.start(3009.0, "g", "ann")
    assert ghosts(estimator) == 1


def test_several_slots_are_several_takes() -> None:
    """An agent with three slots, two of them free, lets nobody wait; with none free, somebody does."""
    estimator = Estimator()
    estimator.agent_login(0.0, "ann", frozenset({"chat"}), slots=3)
    estimator.arrive(1.0, "c0", "chat")
    estimator.start(1.0, "c0", "ann")
    assert estimator.estimate(2.0, "chat").p50 < 5
    for i in (1, 2):
        estimator.arrive(2.0, f"c{i}", "chat")
        estimator.start(2.0, f"c{i}", "ann")
    full = estimator.estimate(3.0, "chat").mean
    assert full > 20
    estimator.end(60.0, "c1")
    estimator.agent_ready(60.0, "ann")
    assert estimator.estimate(60.0, "chat").p50 < 5


def test_wrap_up_is_nearly_free() -> None:
    """Two agents in wrap-up are awaited sooner than two who have just begun to talk."""
    talking, wrapping = busy_centre(2, 1), busy_centre(2, 1)
    for i in range(2):
        wrapping.end(201.0, f"t{i}")
    assert wrapping.estimate(201.0, "all", 1).mean < 0.5 * talking.estimate(201.0, "all", 1).mean


def test_learned_state_survives_a_restart() -> None:
    """Loaded from its dump through JSON, an estimator in the same state answers alike, and work stays possible."""
    first = trained(150)
    first.end(first.now_s, "c149")
    first.agent_logout(first.now_s, "ann")
    state = json.loads(json.dumps(first.dump()))
    second = Estimator()
    second.load(state)
    assert second.dump() == state
    for estimator in (first, second):
        estimator.agent_login(9e4, "bob", frozenset({"all"}))
        estimator.arrive(9e4, "x", "all")
        estimator.start(9e4, "x", "bob")
        estimator.lines["all"].laws = None
    a, b = first.estimate(9e4 + 10, "all"), second.estimate(9e4 + 10, "all")
    assert a.mean == pytest.approx(b.mean, rel=0.02)


def trained(lives: int) -> Estimator:
    """One agent, a caller as soon as it is free, talks of 90 and 110 s by turns."""
    estimator = Estimator()
    estimator.set_queue("all")
    estimator.agent_login(0.0, "ann", frozenset({"all"}))
    now = 0.0
    for i in range(lives):
        if i:
            estimator.end(now, f"c{i - 1}")
            estimator.agent_ready(now, "ann")
        estimator.arrive(now, f"c{i}", "all")
        estimator.start(now, f"c{i}", "ann")
        now += 90 + 20 * (i % 2)
        estimator.work(100)
    return estimator


def test_certain_talks_are_learned() -> None:
    """After enough talks of about 100 s, a caller 50 s into the only one waits about 50 s."""
    estimator = trained(400)
    started = estimator.now_s
    estimator.arrive(started + 50, "next", "all")
    assert estimator.estimate(started + 50, "all", contact="next").mean == pytest.approx(50, abs=15)
    assert estimator.estimate(started + 50, "all").confidence == "high"


def test_somebody_who_is_free_and_never_takes_is_not_counted_on() -> None:
    """An agent who is logged in and free while callers wait, and takes none, is learned to be away."""
    estimator = trained(200)
    estimator.agent_login(estimator.now_s, "away", frozenset({"all"}))
    now = estimator.now_s
    for i in range(300):
        estimator.arrive(now, f"x{i}", "all")
        estimator.end(now + 90, "c199" if i == 0 else f"x{i - 1}")
        estimator.agent_ready(now + 90, "ann")
        estimator.start(now + 90, f"x{i}", "ann")
        now += 100
        estimator.work(100)
    estimator.arrive(now + 40, "next", "all")
    assert estimator.estimate(now + 41, "all", contact="next").mean > 20


def test_confidence_grows_with_completed_talks() -> None:
    """Low, then medium, then high."""
    assert [trained(n).estimate(1e5, "all").confidence for n in (10, 100, 300)] == ["low", "medium", "high"]


@pytest.mark.parametrize("state", [{}, {"schema": 0, "queues": {}}, {"schema": 1, "queues": {"a": 1}}, {"schema": 1}])
def test_broken_learned_state_is_refused(state: dict[str, object]) -> None:
    """State of another schema or shape raises ValueError and changes nothing."""
    estimator = Estimator()
    with pytest.raises(ValueError, match="state: expected"):
        estimator.load(state)
    assert estimator.lines == {}


def test_a_configuration_reload_keeps_what_was_learned() -> None:
    """Naming a queue again with another priority keeps its tables; dropping it forgets them."""
    estimator = trained(50)
    lives = estimator.lines["all"].talk.lives
    estimator.set_queue("all", 3)
    assert estimator.lines["all"].talk.lives == lives > 0
    estimator.drop_queue("all")
    assert estimator.estimate(1e5, "all").confidence == "low"


def test_settings_must_be_positive() -> None:
    """A setting of zero, or no number at all, is refused by name."""
    with pytest.raises(ValueError, match="rate_fast_s"):
        EwtSettings(rate_fast_s=0)
