"""Plans in the simulation: what a seed draws of them, a supervisor who starts, stops and pauses them, and the judge's
own view of what is in effect.

The judge keeps a list of who laid what with which rank, and works each queue's boost and target out anew from the
configuration whenever it hears that something came or went: the highest rank first, then the later start (all are
started by hand). It shares no code with the core. What else plans lay is held against the configuration by `verify`,
beside every run, and by the twin.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from msgspec.structs import replace

from router.core import actions as core
from router.core import commands as ask
from router.core import settings as of
from router.core.effects import Error, PlanStarted, Reply
from router.core.plan_settings import Plan
from router.terms import SECOND_US
from tests.sim.hands import WHO
from tests.sim.needs_seen import agent_now, meets

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sim.judge import Judge
    from tests.sim.run import Run
    from tests.sim.seen import AgentSeen, GatewaySeen, Visit

REACHED = (
    "by hand: start_plan",
    "by hand: stop_plan",
    "by hand: pause_layers",
    "by hand: resume_layers",
    "plans clash",
    "agents kept idle",
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
            actions=tuple(_action(rng, names, at, number) for _ in range(rng.randint(1, 4))),
        )
        for at in range(number)
    )
    return replace(settings, plans=tuple(_keeps_idle(Random(f"kept idle {seed} {p.name}"), names, p) for p in plans))


def _keeps_idle(rng: Random, names: list[str], plan: Plan) -> Plan:
    """Some plans keep agents idle, too."""
    if rng.random() < 0.7:
        return plan
    return replace(plan, actions=(*plan.actions, core.KeepIdle((rng.choice(names),), rng.randint(1, 2))))


def _action(rng: Random, names: list[str], at: int, number: int) -> core.AnyAction:
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
        of_one: tuple[str, str] = rng.choice((("", ""), ("plan", ""), ("plan", name)))
        request: ask.Request = rng.choice((
            ask.StartPlan(1, *WHO, name), ask.StartPlan(1, *WHO, name), ask.StopPlan(1, *WHO, name),
            ask.PauseLayers(1, *WHO, *of_one), ask.ResumeLayers(1, *WHO, *of_one),  # type: ignore[arg-type]  # its words
            ask.ResumeLayers(1, *WHO),
        ))  # fmt: skip
        run.site.faults[f"by hand: {request.__struct_config__.tag}"] += 1
        self._say(request)

    def end(self) -> None:
        """All of it is taken off."""
        plans = self._run.plan.settings.plans
        for kind, name in (("", ""), ("plan", ""), *(("plan", plan.name) for plan in plans)) if plans else ():
            self._say(ask.ResumeLayers(1, *WHO, kind, name))  # type: ignore[arg-type]  # one of its words
        for plan in plans:
            self._say(ask.StopPlan(1, *WHO, plan.name))


def left(run: Run) -> list[str]:
    """After all layers have ended, what is in effect is what the configuration says."""
    world = run.site.engine.world
    if world.layers.sources or world.plans.active:
        return []
    return [
        f"layers: {queue.name} is left with {queue.settings!r}, configured is {settings!r}"
        for settings in run.plan.settings.queues
        if (queue := world.queues["main", settings.name]).settings != settings
    ]


Weight: TypeAlias = tuple[int, bool, int, int]


class Started(NamedTuple):
    """A plan in force, and who wants it."""

    holders: tuple[str, ...]
    turn: int
    """The later start wins."""
    by_hand: bool
    """A person started it; one that a plan has started is no person's, whoever wants it later."""


class LayerBook:
    """The judge's view of what is in effect."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._plans = {plan.name: plan for plan in judge.settings.plans}
        self._active: dict[str, Started] = {}
        self._silenced: set[tuple[str, str]] = set()
        """(plan that is wanted, plan that wants it) whose wish a hand has overruled."""
        self._paused: set[tuple[str, str]] = set()
        self._turn = 0
        self._kept: dict[str, core.KeepIdle] = {}
        self.said: dict[type, Callable[[GatewaySeen, Any, Reply], None]] = {
            ask.StartPlan: self.started,
            ask.StopPlan: self.stopped,
            ask.PauseLayers: self.paused,
            ask.ResumeLayers: self.resumed,
        }

    def started(self, _boss: GatewaySeen, command: ask.StartPlan, reply: Reply) -> None:
        """A supervisor has started one."""
        if not isinstance(reply, PlanStarted):
            return
        self._judge.hands.done()
        self._judge.reached["plans clash"] += bool(reply.clashes)
        self._start(command.plan, "hand")
        self._settle()

    def stopped(self, _boss: GatewaySeen, command: ask.StopPlan, reply: Reply) -> None:
        """A supervisor has stopped one."""
        known = command.plan in self._active
        if isinstance(reply, Error):
            if known:
                self._judge.fault("layers", f"{command.plan} is active, and can't be stopped: {reply.code}")
            return
        if not known:
            self._judge.fault("layers", f"{command.plan} was stopped, and was not active")
            return
        gone = self._active.pop(command.plan)
        self._silenced |= {(command.plan, holder) for holder in gone.holders if holder != "hand"}
        self._silenced = {pair for pair in self._silenced if pair[1] != command.plan}
        self._settle()

    def paused(self, _boss: GatewaySeen, command: ask.PauseLayers, reply: Reply) -> None:
        """Layers are off."""
        if not isinstance(reply, Error):
            self._paused.add((command.kind, command.name))
            self._settle()

    def resumed(self, _boss: GatewaySeen, command: ask.ResumeLayers, reply: Reply) -> None:
        """They are on again."""
        pair = (command.kind, command.name)
        if isinstance(reply, Error) == (pair in self._paused):
            self._judge.fault("layers", f"{pair} paused {pair in self._paused}, and the answer is {reply!r}")
        self._paused.discard(pair)
        self._settle()

    def keep_idle(self, agent: AgentSeen, visit: Visit) -> bool:
        """May this agent be kept idle, so that the visit may wait though they are free?"""
        able = {name for name in self._kept if meets(agent_now(agent), self._judge.queues[name].needs)}
        kept = bool(able) and visit.queue.name not in able
        self._judge.reached["agents kept idle"] += kept
        return kept

    def _start(self, name: str, holder: str) -> None:
        known = self._active.get(name)
        if known is None:
            self._turn += 1
            self._active[name] = Started((holder,), self._turn, holder == "hand")
        elif holder not in known.holders:
            self._active[name] = known._replace(holders=(*known.holders, holder))

    def _is_off(self, name: str) -> bool:
        return not self._paused.isdisjoint({("", ""), ("plan", ""), ("plan", name)})

    def _settle(self) -> None:
        """Plans that others want come and go with those; then each queue is worked out anew."""
        changed = True
        while changed:
            changed = False
            wishes = {
                (action.plan, name)
                for name in self._active
                if not self._is_off(name)
                for action in self._plans[name].actions
                if isinstance(action, core.ActivatePlan)
            } - self._silenced
            for name, started in list(self._active.items()):
                kept = tuple(each for each in started.holders if each == "hand" or (name, each) in wishes)
                if kept != started.holders:
                    changed = True
                    if kept:
                        self._active[name] = started._replace(holders=kept)
                    else:
                        del self._active[name]
                        self._silenced = {pair for pair in self._silenced if pair[1] != name}
            for wanted, wanting in sorted(wishes):
                if wanting in self._active and wanting not in self._active.get(wanted, Started((), 0, False)).holders:
                    self._start(wanted, wanting)
                    changed = True
        for settings in self._judge.settings.queues:
            self._take(settings)

    def _take(self, settings: of.Queue) -> None:
        judge = self._judge
        targets: list[tuple[Weight, core.ChangeTarget]] = []
        keeps: list[tuple[Weight, core.KeepIdle]] = []
        boosts: list[tuple[Weight, core.RaisePriority]] = []
        for name, started in self._active.items():
            plan = self._plans[name]
            for number, action in enumerate(plan.actions if not self._is_off(name) else ()):
                weight = (plan.rank, started.by_hand, started.turn, number)
                if isinstance(action, core.ChangeTarget) and settings.name in action.queues:
                    targets.append((weight, action))
                elif isinstance(action, core.RaisePriority) and settings.name in action.queues:
                    boosts.append((weight, action))
                elif isinstance(action, core.KeepIdle) and settings.name in action.queues:
                    keeps.append((weight, action))
        boost, target_us = settings.boost, settings.target_us
        if targets:
            target_us = max(targets, key=_weight)[1].target_us
        if boosts:
            won = max(boosts, key=_weight)[1]
            boost += won.boost + won.head_start_us / target_us
        self._kept.pop(settings.name, None)
        if keeps:
            self._kept[settings.name] = max(keeps, key=_weight)[1]
        found = replace(settings, boost=boost, target_us=target_us)
        if judge.queues[settings.name] == found:
            return
        judge.queues[settings.name] = found
        for visit in judge.visits.values():
            if visit.queue.name == settings.name:
                visit.queue = found


def _weight(laid: tuple[Weight, object]) -> Weight:
    return laid[0]
