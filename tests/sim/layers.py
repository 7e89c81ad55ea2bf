"""Plans in the simulation: what a seed draws of them, and a supervisor who starts, stops and pauses them. Rules, which
start them too, are in `rules.py`; the judge's view of what is in effect is in `books/layer.py`.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from router.core import actions as core
from router.core import commands as ask
from router.core import settings as of
from router.core.layers.plan_settings import Plan
from router.terms import SECOND_US
from tests.sim.hands import WHO

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sim.run import Run

REACHED = (
    "by hand: start_plan",
    "by hand: stop_plan",
    "by hand: pause_layers",
    "by hand: resume_layers",
    "plans clash",
    "agents kept idle",
    "agent given a breather",
)
"""What a set of a hundred seeds must show."""

OFTEN = 0.15
"""Chance a second that the supervisor does something with plans."""


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings with plans; a third of all seeds have none."""
    rng = Random(f"layers {seed}")
    if rng.random() < 0.33:
        return settings
    names = [queue.name for queue in settings.queues]
    number = rng.randint(1, 5)
    plans = tuple(
        Plan(
            f"p{at}",
            rank=rng.choice((0, 5, 5, 9)),
            actions=tuple(action(rng, names, at, number) for _ in range(rng.randint(1, 4))),
        )
        for at in range(number)
    )
    return replace(settings, plans=tuple(_keeps_from(Random(f"kept from {seed} {p.name}"), names, p) for p in plans))


def _keeps_from(rng: Random, names: list[str], plan: Plan) -> Plan:
    """Some plans keep agents from contacts, too."""
    if rng.random() < 0.7:
        return plan
    queue, window_us = (rng.choice(names),), rng.choice((12, 60)) * SECOND_US
    more = rng.choice((
        core.KeepIdle(queue, rng.randint(1, 2)),
        core.ShareOfTime(queue, "", rng.choice((0.0, 0.1, 0.4)), window_us),
        core.OccupancyCap("", rng.choice((0.0, 0.2)), rng.choice((1, 5)) * SECOND_US, window_us),
    ))  # fmt: skip
    return replace(plan, actions=(*plan.actions, more))


def action(rng: Random, names: list[str], at: int, number: int) -> core.AnyAction:
    """Something that plan `at` of so many may lay."""
    queues = tuple(sorted(rng.sample(names, rng.randint(1, len(names)))))
    kind = rng.randrange(7)
    if kind == 0 and at + 1 < number:
        # Only later ones: no plan activates itself.
        return core.ActivatePlan(f"p{rng.randrange(at + 1, number)}")
    if kind == 1:
        return core.ChangeTarget(queues, rng.choice((2, 10, 60)) * SECOND_US)
    if kind == 2:
        return core.LimitEntry(queues, rng.choice((0, 2, 5)))
    if kind == 3:
        return core.AnnounceSpecial(queues, "storm", expires_us=rng.choice((0, 3, 20)) * SECOND_US)
    if kind == 4:
        return core.Notify("duty", "it storms")
    return core.RaisePriority(queues, rng.choice((-1.0, 0.5, 3.0)), rng.choice((0, 0, 30)) * SECOND_US)


class Planning:
    """What one supervisor does with plans."""

    def __init__(self, run: Run, say: Callable[[ask.Request], None]) -> None:
        self._run = run
        self._say = say

    def pulse(self) -> None:
        """Something now and then."""
        run, rng = self._run, self._run.site.rng
        plans = run.plan.settings.plans
        if run.calming or not plans:
            return
        run.site.after(run.site.some(SECOND_US), self.pulse)
        if not run.site.happens(OFTEN):
            return
        name = rng.choice(plans).name
        of_one: tuple[str, str] = rng.choice((("plan", ""), ("plan", name)))
        request: ask.Request = rng.choice((
            ask.StartPlan(1, *WHO, name), ask.StartPlan(1, *WHO, name), ask.StopPlan(1, *WHO, name),
            ask.PauseLayers(1, *WHO, *of_one), ask.ResumeLayers(1, *WHO, *of_one),  # type: ignore[arg-type]  # its words
            ask.PauseRules(1, *WHO), ask.ResumeRules(1, *WHO),
        ))  # fmt: skip
        run.site.faults[f"by hand: {request.__struct_config__.tag}"] += 1
        self._say(request)

    def end(self) -> None:
        """All of it is taken off."""
        plans = self._run.plan.settings.plans
        for kind, name in (("plan", ""), *(("plan", plan.name) for plan in plans)) if plans else ():
            self._say(ask.ResumeLayers(1, *WHO, kind, name))  # type: ignore[arg-type]  # one of its words
        for plan in plans:
            self._say(ask.StopPlan(1, *WHO, plan.name))
