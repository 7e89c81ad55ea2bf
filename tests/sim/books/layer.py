"""The judge's view of what rules and plans have laid over the configuration, and of when rules may turn.

It hears who started, stopped and paused what: from answers, and from the audit where rules and time did it. It keeps a
list of who laid what with which rank, and works each queue's boost and target out anew whenever something came or went:
the highest rank first, then a person's hand, then the later start. It shares no code with the core. What else is laid
is held against the configuration by `verify` and by the twin; for needs and loans see `possible.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from router.core import actions as core
from router.core import commands as ask
from router.core import settings as of
from router.core.audit import Deed
from router.core.effects import AgentState, Error, PlansReply, PlanStarted, Reply, RulesReply
from router.core.ruling.settings import ActingRule
from tests.sim.books.turn import TurnBook
from tests.sim.possible import Possible

if TYPE_CHECKING:
    from tests.sim.judge import Judge
    from tests.sim.seen import GatewaySeen
    from tests.sim.site import Step

Name: TypeAlias = tuple[str, str]
"""(kind, name) of a rule or a plan."""
Weight: TypeAlias = tuple[int, bool, int, int]
HAND = ("hand", "")


class Laid(NamedTuple):
    """One action of a source on one target."""

    action: core.AnyAction
    target: core.Target
    number: int
    since_us: int


class Active(Struct, eq=False):
    """A rule or a plan in force."""

    since_us: int
    by_hand: bool
    """A person started it; one that a plan has started is no person's, whoever wants it later."""
    holders: list[Name]
    laid: list[Laid] = []
    until_us: int = 0
    """It ends by itself then; 0: it does not."""


class LayerBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._settings = judge.settings
        self._gone: tuple[ActingRule, ...] = ()
        """Rules that the step has taken out of the configuration."""
        self._active: dict[Name, Active] = {}
        self.turns = TurnBook(judge)
        self._silenced: set[int] = set()
        """Numbers of actions that want a plan, and which a hand, or the end of its time, has overruled."""
        self._paused: set[Name] = set()
        self.sending: dict[str, core.SendToPartner] = {}
        """Queue -> what sends its contacts to partners now."""
        self._numbers = 0
        self._began_us = 0
        self.turning = False
        """In this step rules turned, or other settings came into force: before it other urgencies were in effect."""
        self.possible = Possible(judge)
        self.said: dict[type, Callable[[GatewaySeen, Any, Reply], None]] = {
            ask.StartPlan: self._started,
            ask.StopPlan: self._stopped,
            ask.PauseRules: self._rules_paused,
            ask.ResumeRules: self._rules_resumed,
            ask.PauseLayers: self._layers_paused,
            ask.ResumeLayers: self._layers_resumed,
        }

    # -- what was said ------------------------------------------------------------------------------------------------

    def begins(self, step: Step) -> None:
        """Before what the step said is judged."""
        switched = step.version != self._settings.version
        self.turning = switched or any(deed.what in TURNS for deed in step.deeds)

    def heard(self, step: Step, settings: of.Settings) -> None:
        """What rules did in this step, and time; `settings` are in force after it."""
        before = self._settings
        if settings is not before:
            self._follow(settings)
        self._gone = tuple(rule for rule in before.rules if self._rule(rule.name) is None)
        for _, message in step.effects:
            lent = isinstance(message, AgentState) and (message.why or "").startswith("lent")
            self._judge.reached["lent by a rule or plan"] += lent
        for deed in step.deeds:
            if not deed.why:
                self._judge.fault("audit", f"for nothing: {deed!r}")
            if deed.what in TURNS:
                TURNS[deed.what](self, deed)
        if self.turning:
            self._settle()

    def follow(self, settings: of.Settings, now_us: int) -> None:
        """The engine was away, and begins with these."""
        self._began_us = now_us
        if settings is not self._settings:
            self._follow(settings)
            self._settle()

    def asked(self, reply: Reply) -> None:
        """A supervisor reads what is in force."""
        if self.turning:
            return
        if isinstance(reply, RulesReply):
            for rule in reply.rules:
                if (rule.state == "active") != self.turns.is_active(rule.rule):
                    self._judge.fault("rules", f"{rule.rule} is said to be {rule.state}")
                self._judge.reached["rule pending"] += rule.state == "pending"
                self._judge.reached["rule cooling"] += rule.state == "cooling"
        elif isinstance(reply, PlansReply):
            for plan in reply.plans:
                known = self._active.get(("plan", plan.plan))
                by = sorted(" ".join(holder).strip() for holder in known.holders) if known is not None else []
                if sorted(plan.by) != by:
                    self._judge.fault("layers", f"{plan.plan} is said to be wanted by {plan.by}, and is by {by}")

    def _started(self, _boss: GatewaySeen, command: ask.StartPlan, reply: Reply) -> None:
        """A supervisor has started a plan, or counts its time anew."""
        if not isinstance(reply, PlanStarted):
            return
        self._judge.hands.done()
        self._judge.reached["plans clash"] += bool(reply.clashes)
        self._start_plan(command.plan, HAND)
        self._settle()

    def _stopped(self, _boss: GatewaySeen, command: ask.StopPlan, reply: Reply) -> None:
        """A supervisor has stopped one."""
        known = ("plan", command.plan) in self._active
        if isinstance(reply, Error):
            if known:
                self._judge.fault("layers", f"{command.plan} is active, and can't be stopped: {reply.code}")
            return
        if not known:
            self._judge.fault("layers", f"{command.plan} was stopped, and was not active")
            return
        self._stop_plan(command.plan)
        self._settle()

    def _rules_paused(self, boss: GatewaySeen, command: ask.PauseRules, reply: Reply) -> None:
        self.turns.paused(boss, command, reply)
        if command.rule is None and not isinstance(reply, Error):
            self._paused.add(("", ""))
            self._settle()

    def _rules_resumed(self, _boss: GatewaySeen, command: ask.ResumeRules, reply: Reply) -> None:
        if command.rule is not None:
            return
        if isinstance(reply, Error) and self._paused:
            self._judge.fault("layers", f"{self._paused} are paused, and the answer is {reply!r}")
        self._paused.clear()
        self._settle()

    def _layers_paused(self, _boss: GatewaySeen, command: ask.PauseLayers, reply: Reply) -> None:
        if not isinstance(reply, Error):
            self._paused.add((command.kind, command.name))
            self._settle()

    def _layers_resumed(self, _boss: GatewaySeen, command: ask.ResumeLayers, reply: Reply) -> None:
        pair = (command.kind, command.name)
        if isinstance(reply, Error) == (pair in self._paused):
            self._judge.fault("layers", f"{pair} paused {pair in self._paused}, and the answer is {reply!r}")
        self._paused.discard(pair)
        self._settle()

    # -- what follows -------------------------------------------------------------------------------------------------

    def rule_start(self, deed: Deed) -> None:
        """A rule turned."""
        # In the very step that takes it out of the configuration it may have turned before.
        rule = self._rule(deed.target) or next((rule for rule in self._gone if rule.name == deed.target), None)
        if rule is None:
            self._judge.fault("rules", f"{deed.target} starts, and is not in the configuration")
            return
        self.turns.started(rule)
        if not rule.observe:
            name, now_us = ("rule", rule.name), self._judge.now_us
            self._active[name] = active = Active(now_us, False, [name])
            self._lay(name, active, now_us)

    def rule_stop(self, deed: Deed) -> None:
        """It is active no more."""
        self.turns.ended(deed, there=self._rule(deed.target) is not None)
        self._take_off(("rule", deed.target))

    def plan_stop(self, deed: Deed) -> None:
        """What a person has stopped is heard by the answer; what else follows is worked out."""
        if deed.why == "its time is over":
            active = self._active.get(("plan", deed.target))
            now_us = self._judge.now_us
            late = active is not None and active.until_us < now_us and active.until_us > self._began_us
            if active is None or active.until_us > now_us or late:
                self._judge.fault("layers", f"{deed.target} has expired at {self._judge.now_us}: {active!r}")
            self._judge.reached["plan expired"] += 1
            self._stop_plan(deed.target)

    def _rule(self, name: str) -> ActingRule | None:
        return next((rule for rule in self._settings.rules if rule.name == name), None)

    # -- what is in force ---------------------------------------------------------------------------------------------

    def _says(self, name: Name) -> tuple[int, tuple[core.AnyAction, ...]] | None:
        """Rank and actions, by the settings in force."""
        if name[0] == "plan":
            plan = next((plan for plan in self._settings.plans if plan.name == name[1]), None)
            return None if plan is None else (plan.rank, plan.actions)
        rule = self._rule(name[1])
        return None if rule is None or rule.observe else (rule.rank, rule.actions)

    def _lay(self, name: Name, active: Active, since_us: int) -> None:
        """Lay what it says and has not laid yet; then what it wants starts."""
        said = self._says(name)
        had = [(laid.action, laid.target) for laid in active.laid]
        new = [pair for pair in _pairs(said) if pair not in had]
        for action, target in new:
            self._numbers += 1
            active.laid.append(Laid(action, target, self._numbers, since_us))
        self._want(name)

    def _want(self, name: Name) -> None:
        """The plans that it activates are active, as far as no hand has said otherwise."""
        if self._is_off(name):
            return
        for laid in list(self._active[name].laid):
            plan = laid.target[1]
            if laid.target[0] != "plan" or laid.number in self._silenced:
                continue
            known = self._active.get(("plan", plan))
            if known is None or name not in known.holders:
                self._judge.reached["plan by a rule"] += name[0] == "rule"
                self._start_plan(plan, name)

    def _start_plan(self, plan: str, holder: Name) -> None:
        name = ("plan", plan)
        settings = next((each for each in self._settings.plans if each.name == plan), None)
        if settings is None:
            return
        known, now_us = self._active.get(name), self._judge.now_us
        active = known or Active(now_us, holder == HAND, [])
        self._active[name] = active
        if holder not in active.holders:
            active.holders.append(holder)
        if known is None or holder == HAND:
            active.until_us = now_us + settings.lasts_us if settings.lasts_us else 0
        if known is None:
            self._lay(name, active, now_us)

    def _stop_plan(self, plan: str) -> None:
        gone = self._active[("plan", plan)]
        for holder in gone.holders:
            wishes = self._active[holder].laid if holder in self._active else []
            self._silenced.update(laid.number for laid in wishes if laid.target == ("plan", plan))
        self._take_off(("plan", plan))

    def _take_off(self, name: Name) -> None:
        self._active.pop(name, None)

    def _is_off(self, name: Name) -> bool:
        return not self._paused.isdisjoint({("", ""), (name[0], ""), name})

    def _follow(self, settings: of.Settings) -> None:
        """Other settings are in force: who is active says what they say now."""
        self._settings = settings
        self.turns.follow(settings)
        for name, active in list(self._active.items()):
            said = self._says(name)
            wanted, kept = _pairs(said), []
            for laid in active.laid:
                if (laid.action, laid.target) in wanted:
                    wanted.remove((laid.action, laid.target))
                    kept.append(laid)
            self._judge.reached["edited while in force"] += kept != active.laid
            for action, target in wanted:
                self._numbers += 1
                kept.append(Laid(action, target, self._numbers, active.since_us))
            active.laid = kept
            if said is None:
                self._take_off(name)

    def _settle(self) -> None:
        """Plans that others want come and go with those; then each queue is worked out anew."""
        changed = True
        while changed:
            changed = False
            for name, active in list(self._active.items()):
                kept = [holder for holder in active.holders if holder == name or self._holds(holder, name)]
                if kept != active.holders:
                    changed, active.holders = True, kept
                    if not kept:
                        self._take_off(name)
            before = [(name, list(active.holders)) for name, active in self._active.items()]
            for name in list(self._active):
                if name in self._active:
                    self._want(name)
            changed = changed or before != [(name, active.holders) for name, active in self._active.items()]
        for settings in self._judge.settings.queues:
            self._take(settings)

    def _holds(self, holder: Name, plan: Name) -> bool:
        """Does it want this plan still?"""
        if holder == HAND:
            return True
        active = self._active.get(holder)
        wishes = active.laid if active is not None and not self._is_off(holder) else []
        return any(laid.target == plan and laid.number not in self._silenced for laid in wishes)

    def _laid_over(self, queue: str) -> list[tuple[Weight, core.AnyAction]]:
        """What lies over a queue and is not paused, with its weight."""
        found: list[tuple[Weight, core.AnyAction]] = []
        for name, active in self._active.items():
            said = self._says(name)
            if said is None or self._is_off(name):
                continue
            found += [
                ((said[0], active.by_hand, laid.since_us, laid.number), laid.action)
                for laid in active.laid
                if laid.target == ("queue", queue)
            ]
        return found

    def _take(self, settings: of.Queue) -> None:
        judge = self._judge
        laid = self._laid_over(settings.name)
        targets = [(weight, action) for weight, action in laid if isinstance(action, core.ChangeTarget)]
        boosts = [(weight, action) for weight, action in laid if isinstance(action, core.RaisePriority)]
        keeps = [(weight, action) for weight, action in laid if isinstance(action, core.KeepIdle)]
        sends = [(weight, action) for weight, action in laid if isinstance(action, core.SendToPartner)]
        boost, target_us = settings.boost, settings.target_us
        if targets:
            target_us = max(targets, key=_weight)[1].target_us
        if boosts:
            won = max(boosts, key=_weight)[1]
            boost += won.boost + won.head_start_us / target_us
        self.possible.kept_idle.pop(settings.name, None)
        if keeps:
            self.possible.kept_idle[settings.name] = max(keeps, key=_weight)[1]
        self.sending.pop(settings.name, None)
        if sends:
            self.sending[settings.name] = max(sends, key=_weight)[1]
        found = replace(settings, boost=boost, target_us=target_us)
        if judge.queues[settings.name] == found:
            return
        judge.queues[settings.name] = found
        for visit in judge.visits.values():
            if visit.queue.name == settings.name:
                visit.queue = found


def _weight(laid: tuple[Weight, object]) -> Weight:
    return laid[0]


def _pairs(said: tuple[int, tuple[core.AnyAction, ...]] | None) -> list[tuple[core.AnyAction, core.Target]]:
    return [(action, target) for action in said[1] for target in action.targets()] if said is not None else []


TURNS: dict[str, Callable[[LayerBook, Deed], None]] = {
    "rule_start": LayerBook.rule_start,
    "rule_would_start": LayerBook.rule_start,
    "rule_stop": LayerBook.rule_stop,
    "rule_would_stop": LayerBook.rule_stop,
    "plan_stop": LayerBook.plan_stop,
}
"""Deeds by which layers come and go without a hand."""
