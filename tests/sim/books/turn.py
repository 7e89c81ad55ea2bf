"""The judge's view of when rules may turn: not sooner and not more often than their times allow, whatever their input.

Where a rule is edited, the least that any version of it has asked is what it is held to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from router.core import commands as ask
from router.core import settings as of
from router.core.audit import Deed
from router.core.effects import Error, Reply
from router.core.ruling.settings import ActingRule
from router.rules import HOUR_US, Times

if TYPE_CHECKING:
    from tests.sim.judge import Judge
    from tests.sim.seen import GatewaySeen


class Turns(Struct, eq=False):
    """When a rule turned."""

    active: bool = False
    started_us: int = -HOUR_US
    ended_us: int = -HOUR_US
    starts: list[int] = []


class TurnBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._turns: dict[str, Turns] = {}
        self._least = {rule.name: rule.times for rule in judge.settings.rules}

    def is_active(self, name: str) -> bool:
        """Is it, by what was heard?"""
        return name in self._turns and self._turns[name].active

    def started(self, rule: ActingRule) -> None:
        """It is active from now on; or it was, and does not only observe any more."""
        judge, name = self._judge, rule.name
        turns = self._turns.setdefault(name, Turns())
        judge.reached["rule started"] += 1
        judge.reached["rule observed"] += rule.observe
        if turns.active and not rule.observe:
            return
        now_us, times = judge.now_us, self._least[name]
        lately = [at_us for at_us in turns.starts if at_us > now_us - HOUR_US]
        if turns.active or now_us < turns.ended_us + times.cool_down_us:
            judge.fault("rules", f"{name} starts at {now_us}, active {turns.active}, ended at {turns.ended_us}")
        if 0 < times.per_hour_most <= len(lately):
            judge.fault("rules", f"{name} has started {len(lately)} times within the hour, and starts")
        turns.starts = [*lately, now_us]
        turns.active, turns.started_us = True, now_us

    def ended(self, deed: Deed, *, there: bool) -> None:
        """It is active no more; `there`: it is in the configuration."""
        judge, name = self._judge, deed.target
        now_us, turns = judge.now_us, self._turns.setdefault(name, Turns())
        by_hand, gone = deed.why.startswith("paused by"), deed.why.startswith("the rule is gone")
        if not turns.active:
            judge.fault("rules", f"{name} ends, and was not active")
        elif there and not by_hand and not gone and now_us < turns.started_us + self._least[name].active_least_us:
            judge.fault("rules", f"{name} started at {turns.started_us} and ends at {now_us}")
        judge.reached["rule ended"] += 1
        judge.reached["rule ended by hand"] += by_hand
        judge.reached["rule gone while active"] += gone
        turns.active = False
        turns.ended_us = -HOUR_US if by_hand or gone else now_us
        if not there:
            del self._turns[name]

    def paused(self, _boss: GatewaySeen, command: ask.PauseRules, reply: Reply) -> None:
        """By hand: once that is taken back nothing but its condition is waited for."""
        for name, turns in self._turns.items():
            if not isinstance(reply, Error) and command.rule in (None, name):
                turns.ended_us = -HOUR_US

    def follow(self, settings: of.Settings) -> None:
        """Other settings are in force."""
        for rule in settings.rules:
            least = self._least[rule.name]
            self._least[rule.name] = Times(
                0,
                min(rule.active_least_us, least.active_least_us),
                min(rule.cool_down_us, least.cool_down_us),
                rule.per_hour_most if rule.per_hour_most == least.per_hour_most else 0,
            )
        known = {rule.name for rule in settings.rules}
        for gone in self._turns.keys() - known:
            # One that is written down again later is a new one; of one that is active its end is still to be heard.
            if not self._turns[gone].active:
                del self._turns[gone]
