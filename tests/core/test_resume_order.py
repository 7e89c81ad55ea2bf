"""Pauses taken back: queues take what is in effect in one order, before a start and after it (I13)."""

from __future__ import annotations

import pytest
from msgspec import structs

from router.core import commands as ask
from router.core import settings as of
from router.core.actions import Overflow
from router.core.internal import Configure
from router.core.layers.plan_settings import Plan
from router.core.verify.world import verify
from router.terms import SECOND_US
from tests.core.drive import Centre
from tests.core.test_found import settings
from tests.core.test_restore import load
from tests.sim.twin import state_of


def _overflow(queue: str, after_s: int = 60) -> Overflow:
    return Overflow((queue,), "q", after_s * SECOND_US)


STORM, RAIN = Plan("storm", actions=(_overflow("a"),)), Plan("rain", actions=(_overflow("b"),))


@pytest.fixture
def centre() -> Centre:
    """Two plans in force, on a queue each, in each of which somebody waits for as long as the plan says."""
    queues = (of.Queue(name, channels=("voice",), enter_unstaffed=True) for name in ("q", "a", "b"))
    centre = Centre(settings(*queues, plans=(STORM, RAIN)))
    centre.up("boss", role="supervisor")
    for plan in ("storm", "rain"):
        centre.say(ask.StartPlan(0, "mia", "hail", plan), "boss")
    centre.call("one", "a")
    centre.call("two", "b")
    return centre


def _edit(centre: Centre, *plans: Plan) -> None:
    """The configuration has these plans from now on."""
    centre.settings = structs.replace(centre.settings, version=centre.settings.version + 1, plans=plans)
    centre.engine.stage(centre.settings)
    centre.give("", Configure(centre.settings.version))


def _resumed_before_and_after_a_start(centre: Centre) -> tuple[object, object]:
    """What is kept once all is resumed: of the engine that has run all the time, and of one just loaded. A contact's
    deadline has a number, so it tells whose turn it was."""
    loaded = [load(centre, seed) for seed in range(5)]
    resume = ask.ResumeRules(centre.engine.world.peers["main/boss"].last_seq + 1, "mia", "it is over")
    for engine in (centre.engine, *loaded):
        engine.apply(centre.now_us, "main/boss", resume)
        while engine.next_deadline_us() == centre.now_us:
            engine.tick(centre.now_us)
        assert verify(engine.world) == []
        assert not engine.world.layers.pauses
    return state_of(centre.engine.world), [state_of(engine.world) for engine in loaded]


@pytest.mark.parametrize("plan", ["storm", "rain"])
def test_the_order_of_pauses_means_nothing(centre: Centre, plan: str) -> None:
    """All is paused, and one plan besides: no plan comes back before the other because its pause did, and nobody is
    given a deadline twice."""
    centre.ok(ask.PauseRules(0, "mia", "hail"), "boss")
    centre.ok(ask.PauseLayers(0, "mia", "hail", "plan", plan), "boss")
    numbers = centre.engine.world.counter
    running, loaded = _resumed_before_and_after_a_start(centre)
    assert loaded == [running] * 5
    assert centre.engine.world.counter == numbers + 2
    one, two = (centre.engine.world.peers["main/gw"].contacts[name] for name in ("one", "two"))
    assert one.due_us
    assert one.due_number < two.due_number


def test_a_layer_that_came_with_an_edit_comes_back_after_those_before_it(centre: Centre) -> None:
    """A source that was in force first has only a later layer left: after a start it is the later one."""
    more = structs.replace(STORM, actions=(*STORM.actions, _overflow("a", 90)))
    _edit(centre, more, RAIN)
    _edit(centre, structs.replace(STORM, actions=more.actions[1:]), RAIN)
    centre.ok(ask.PauseRules(0, "mia", "hail"), "boss")
    running, loaded = _resumed_before_and_after_a_start(centre)
    assert loaded == [running] * 5
    one, two = (centre.engine.world.peers["main/gw"].contacts[name] for name in ("one", "two"))
    assert two.due_us
    assert two.due_number < one.due_number
