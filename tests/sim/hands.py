"""What a simulated supervisor does by hand: to any agent and any contact, whether it is possible or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from router.core import commands as ask
from router.core.effects import AgentState
from router.terms import SECOND_US, Place

if TYPE_CHECKING:
    from tests.sim.run import Run

REACHED = (
    "by hand: set_agent", "by hand: set_skills", "by hand: move_contact", "by hand: set_priority",
    "by hand: assign_contact", "by hand: pull_contact", "by hand: end_contact", "ended by hand", "moved: by hand",
)  # fmt: skip
"""What a set of seeds must reach."""

WHO = ("mia", "by hand")


class Hands:
    """Of one supervisor."""

    def __init__(self, run: Run, say: Callable[[ask.Request], None]) -> None:
        self._run = run
        self._say = say

    def pulse(self) -> None:
        """Something now and then."""
        run = self._run
        if run.calming:
            return
        run.site.after(run.site.some(SECOND_US), self.pulse)
        if not run.site.happens(run.chances.hands):
            return
        request = self._on_an_agent() if run.site.rng.random() < 0.4 else self._on_a_contact()
        run.site.faults[f"by hand: {request.__struct_config__.tag}"] += 1
        self._say(request)

    def _on_an_agent(self) -> ask.Request:
        run, rng = self._run, self._run.site.rng
        agent = run.some_agent()
        if rng.random() < 0.5:
            kind = rng.choice(("ready", "not_ready", "offline"))
            return ask.SetAgent(1, *WHO, agent, kind, rng.choice(("break", "lunch", "holiday")))  # type: ignore[arg-type]  # one of its literals
        skills = dict(rng.choice(run.plan.settings.agents).skills)
        levels = {skill: rng.choice((None, 0, rng.randint(1, 10))) for skill in skills}
        return ask.SetSkills(1, *WHO, agent, levels, reset=rng.random() < 0.3)

    def _on_a_contact(self) -> ask.Request:
        run, rng = self._run, self._run.site.rng
        gateway = rng.choice(run.gateways)
        name = rng.choice([*gateway.calls, "nobody"])
        home = gateway.name
        places: tuple[Place, ...] = ("keep", "keep", "restart", "front")
        return rng.choice((
            ask.MoveContact(1, *WHO, name, rng.choice(run.plan.settings.queues).name, rng.choice(places), home),
            ask.SetPriority(1, *WHO, name, rng.choice((0, 30, 90)), home),
            ask.AssignContact(1, *WHO, name, rng.choice((None, run.some_agent())), home),
            ask.PullContact(1, *WHO, name, home),
            ask.EndContact(1, *WHO, name, home),
        ))  # fmt: skip


def heard(run: Run, state: AgentState) -> None:
    """An agent hears what a supervisor has made of them."""
    if not state.by:
        return
    person = run.people[state.agent]
    person.on_break = "not_ready" in (state.state, state.next_state)
    person.signed_in = "offline" not in (state.state, state.next_state)
