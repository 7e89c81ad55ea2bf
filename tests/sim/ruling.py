"""What happens with rules in the simulation: a supervisor pauses and resumes them, the store goes away and comes back,
and in the end all of them have ended and nothing is left of what they did.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from router.core import commands as ask
from router.core.internal import StoreHealth
from router.terms import SECOND_US
from tests.sim.hands import WHO
from tests.sim.site import Site

if TYPE_CHECKING:
    from tests.sim.run import Run

OFTEN = 0.1
"""Chance a second that the supervisor pauses or resumes rules."""
AWAY_A_SECOND = 0.03
"""Chance that the store goes away; ten times that it comes back."""


class Ruling:
    """What a supervisor does with rules, and what befalls the store; by chances of its own."""

    def __init__(self, run: Run, say: Callable[[ask.Request], None]) -> None:
        self._run = run
        self._say = say
        self._rng = Random(f"ruling {run.plan.seed}")
        self._away = False
        self._takes_out = self._rng.random() < 0.5

    def pulse(self) -> None:
        """Something now and then."""
        run, rng = self._run, self._rng
        rules = run.plan.settings.rules
        if run.calming or not rules:
            return
        run.site.after(int(rng.expovariate(1.0) * SECOND_US) + 1, self.pulse)
        if type(run.site) is Site and rng.random() < AWAY_A_SECOND * (10 if self._away else 1):
            self._tell_store(away=not self._away)
        if rng.random() < 0.2:
            self._say(rng.choice((ask.Rules(1), ask.Plans(1), ask.LayersAsked(1))))
        if rng.random() < OFTEN:
            name = rng.choice((None, rng.choice(rules).name, rng.choice(rules).name))
            request = rng.choice((
                ask.PauseRules(1, *WHO, name), ask.ResumeRules(1, *WHO, name), ask.ResumeRules(1, *WHO, None),
            ))  # fmt: skip
            run.site.faults[f"by hand: {request.__struct_config__.tag}"] += 1
            self._say(request)

    def _tell_store(self, *, away: bool) -> None:
        self._away = away
        self._run.site.faults["store away for rules"] += away
        self._run.site.apply("", StoreHealth(away))

    def end(self) -> None:
        """All rules end: by hand, or taken out of the configuration, with the plans, whatever is in force."""
        settings = self._run.plan.settings
        if not settings.rules:
            return
        if type(self._run.site) is Site and self._takes_out:
            self._run.site.faults["rules taken out"] += 1
            self._run.site.reload(replace(settings, rules=(), plans=()))
        else:
            self._say(ask.PauseRules(1, *WHO, None))


# -- what is left -----------------------------------------------------------------------------------------------------


def left(run: Run) -> list[str]:
    """When all layers have ended, what is in effect is what the configuration says, and what hands have set."""
    world, found = run.site.engine.world, []
    if world.layers.sources or world.plans.active:
        found.append(f"layers: {list(world.layers.sources)} and {list(world.plans.active)} have not ended")
    for settings in run.plan.settings.queues:
        queue = world.queues["main", settings.name]
        if queue.settings != settings:
            found.append(f"layers: {queue.name} is left with {queue.settings!r}, configured is {settings!r}")
        boost = 0.0 if settings.order == "oldest" else settings.boost
        if any(line.boost != boost for line in queue.lines.values()):
            found.append(f"layers: lines of {queue.name} are left with another boost than {boost}")
    for known in run.plan.settings.agents:
        agent = world.agents["main", known.name]
        levels = {**dict(known.skills), **agent.by_hand}
        if agent.lent or dict(agent.skills) != {skill: level for skill, level in levels.items() if level}:
            found.append(f"layers: {known.name} is left with {agent.skills}, lent by {list(agent.lent)}")
    return found
