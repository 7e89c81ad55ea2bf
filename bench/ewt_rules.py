"""What it is worth that estimates know of rules and plans: crowds in a simulated centre, driven through the engine.

What lives here: `compare`, one centre with and without that knowledge.  What it must not know: how it is come by.
The idea: what rules and plans do here goes by who waits, never by an estimate, so both runs of a seed are the same
calls with the same waits, and only what is told differs.  Nobody hangs up: a caller's wait is the virtual wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Any
from unittest.mock import patch

from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.actions import Borrow
from router.core.effects import Offer
from router.core.engine import Engine
from router.core.estimates import movers
from router.core.estimates.expect import estimate_of
from router.core.layers.plan_settings import Plan
from router.core.needs.want import Want
from router.core.ruling.settings import ActingRule
from router.rules import Compare
from router.terms import SECOND_US

SELLERS, RESERVES = 20, 12
TALK_S = 200.0
USUAL_PER_S, CROWD = 0.08, 3.0
"""Arrivals, and how many times as many there are in a crowd."""
CROWD_S, EVERY_S = 900.0, 10_800.0
WARM_S = 2 * EVERY_S
MANY = 8
"""So many wait before help is thought of."""
HELP = Borrow(skills=(("sales", 1),), team="back", mode="only", agents_most=RESERVES, step_us=0)


@dataclass(frozen=True)
class Case:
    """What brings the reserves: a rule, or a person who starts a plan so long after many wait."""

    name: str
    rules: tuple[ActingRule, ...] = ()
    plans: tuple[Plan, ...] = ()


def _rule(for_s: int, help_with: Borrow) -> tuple[ActingRule, ...]:
    many, nobody = (Compare("queue", "sales", "waiting", *edge) for edge in (("at_least", MANY), ("at_most", 0)))
    return (
        ActingRule(
            "help", many, until=nobody, for_us=for_s * SECOND_US, active_least_us=1800 * SECOND_US, actions=(help_with,)
        ),
    )


ONE_BY_ONE = Borrow(skills=HELP.skills, team="back", mode="only", agents_most=RESERVES, step_us=20 * SECOND_US)
CASES = (
    Case("a rule after 3 min", _rule(180, HELP)),
    Case("one by one, 20 s each", _rule(60, ONE_BY_ONE)),
    Case("a plan for 10 min", plans=(Plan("help", lasts_us=600 * SECOND_US, actions=(HELP,)),)),
)


@dataclass
class Told:
    """Sums over callers: of errors, their squares, waits, and who waited within p10..p90."""

    callers: int = 0
    error_s: float = 0.0
    squares: float = 0.0
    waited_s: float = 0.0
    covered: int = 0

    def add(self, said: tuple[float, float, float], waited_s: float) -> None:
        """One more: (mean, p10, p90)."""
        mean, low, high = said
        self.callers += 1
        self.error_s += mean - waited_s
        self.squares += (mean - waited_s) ** 2
        self.waited_s += waited_s
        self.covered += low <= waited_s <= high


@dataclass
class Ran:
    """One run: what came of all who waited, and what they were told."""

    told: Told = field(default_factory=Told)
    likely: Told = field(default_factory=Told)
    """Those of them who were told what is only likely: a rule was about to act."""
    asterisk: Told = field(default_factory=Told)
    waits: list[float] = field(default_factory=list)


class Site:
    """The engine, its clock, and the calls that are to come."""

    def __init__(self, case: Case, seed: int, cycles: int) -> None:
        self.case = case
        self.rng = Random(f"{case.name}/{seed}")
        self.end_s = cycles * EVERY_S
        self.starts = [EVERY_S * i + 3600 + self.rng.random() * 3600 for i in range(cycles)]
        self.now_us = 1_000_000 * SECOND_US
        self.begun_us = self.now_us
        self.engine = Engine(_settings(case), 1)
        self.engine.activate(self.now_us)
        self.heap: list[tuple[float, str, str]] = []
        self.seq: dict[str, int] = {}
        self.lasts_s: dict[str, float] = {}
        """How long each call will talk."""
        self.said: dict[str, tuple[tuple[float, float, float], float, bool]] = {}
        """What was said to who waits: ours, and Asterisk's; and whether ours is only likely."""
        self.hold_s = 0.0
        self.ran = Ran()

    def run(self) -> Ran:
        """All of it."""
        self.give("gw", told.GatewayUp("1", "gateway", reports_connecting=False))
        self.give("boss", told.GatewayUp("1", "supervisor"))
        self.say(ask.SyncEnd(0))
        for name in (*_names("a", SELLERS), *_names("r", RESERVES)):
            self.say(ask.LogIn(0, name, True))
            self.say(ask.Attach(0, f"sip-{name}", name, ("voice",)))
        self.heap.append((self.rng.expovariate(USUAL_PER_S * CROWD), "arrive", "c0"))
        for start_s in self.starts if self.case.plans else ():
            heappush(self.heap, (start_s + 300, "plan", "help"))
        while self.heap:
            at_s, what, name = heappop(self.heap)
            self.pass_time(self.begun_us + round(at_s * SECOND_US))
            getattr(self, f"_{what}")(at_s, name)
        return self.ran

    def pass_time(self, until_us: int) -> None:
        """Let everything that is due until then be done."""
        while (due_us := self.engine.next_deadline_us()) is not None and due_us <= until_us:
            self.now_us = max(self.now_us, due_us)
            self.engine.tick(self.now_us)
            self.hear()
        self.now_us = until_us

    def say(self, request: ask.Request, client: str = "gw") -> None:
        """A request of a client."""
        request.seq = self.seq[client] = self.seq.get(client, 0) + 1
        self.give(client, request)

    def give(self, client: str, command: Any) -> None:
        """A command, and what follows from it at once."""
        self.engine.apply(self.now_us, f"main/{client}", command)
        self.hear()

    def hear(self) -> None:
        """Offers are accepted at once."""
        self.engine.take_batch()
        for _, message in self.engine.take_effects():
            if isinstance(message, Offer):
                self.say(ask.Accept(0, message.offer))
                self._answered(message.contact)

    def _arrive(self, at_s: float, name: str) -> None:
        crowd = any(start_s <= at_s < start_s + CROWD_S for start_s in self.starts)
        if at_s < self.end_s:
            next_s = at_s + self.rng.expovariate(USUAL_PER_S * CROWD)
            heappush(self.heap, (next_s, "arrive", f"c{int(name[1:]) + 1}"))
        talk_s, comes = self.rng.expovariate(1 / TALK_S), self.rng.random() * CROWD < (CROWD if crowd else 1.0)
        if not comes:
            return
        self.lasts_s[name] = talk_s
        self.say(ask.Enqueue(0, name, "sales"))
        contact = self.engine.world.peers["main/gw"].contacts[name]
        if contact.state == "waiting" and at_s > WARM_S:
            known = estimate_of(self.engine.world, contact)
            if known is not None and known.confidence != "low":
                seen = self.engine.world.estimates.views.get(contact.line) if contact.line else None
                likely = seen is not None and seen.plain is not seen.trajectory
                self.said[name] = (known.mean, known.p10, known.p90), self.hold_s + 30, likely

    def _answered(self, name: str) -> None:
        at_s = (self.now_us - self.begun_us) / SECOND_US
        waited_s = self.engine.world.peers["main/gw"].contacts[name].waited_us / SECOND_US
        heappush(self.heap, (at_s + self.lasts_s.pop(name), "end", name))
        if name in self.said:
            ours, asterisk_s, likely = self.said.pop(name)
            self.ran.told.add(ours, waited_s)
            if likely:
                self.ran.likely.add(ours, waited_s)
            self.ran.asterisk.add((asterisk_s, 0.0, 0.0), waited_s)
            self.ran.waits.append(waited_s)
        self.hold_s = (3 * self.hold_s + waited_s) / 4

    def _end(self, _at_s: float, name: str) -> None:
        self.say(ask.End(0, name))

    def _plan(self, _at_s: float, name: str) -> None:
        self.say(ask.StartPlan(0, "bench", "a crowd", name), "boss")


def _settings(case: Case) -> of.Settings:
    sellers = tuple(of.Agent(name, skills=(("sales", 5),)) for name in _names("a", SELLERS))
    reserves = tuple(of.Agent(name, skills=(("letters", 5),), team="back") for name in _names("r", RESERVES))
    return of.Settings(
        queues=(of.Queue("sales", needs=Want((("sales", 1),))), of.Queue("letters", needs=Want((("letters", 1),)))),
        agents=(*sellers, *reserves),
        rules=case.rules,
        plans=case.plans,
    )


def _names(prefix: str, count: int) -> Iterator[str]:
    return (f"{prefix}{number}" for number in range(count))


def compare(seeds: int, cycles: int, cases: tuple[Case, ...] = CASES) -> list[dict[str, Any]]:
    """A row a case: mean squared errors without the knowledge over those with it, by seed and in all."""
    rows = []
    for case in cases:
        pairs = []
        for seed in range(1, seeds + 1):
            knows = Site(case, seed, cycles).run()
            with patch.object(movers, "any_known", return_value=False):
                blind = Site(case, seed, cycles).run()
            assert knows.waits == blind.waits, "what is told changes no wait here"
            pairs.append((knows, blind))
        rows.append(_row(case.name, pairs))
    return rows


def _row(name: str, pairs: list[tuple[Ran, Ran]]) -> dict[str, Any]:
    callers = sum(knows.told.callers for knows, _ in pairs)
    with_it, without, asterisk = (
        sum(told.squares for told in of_all)
        for of_all in zip(*((knows.told, blind.told, knows.asterisk) for knows, blind in pairs), strict=True)
    )
    likely = sum(knows.likely.callers for knows, _ in pairs)
    return {
        "case": name,
        "callers": callers,
        "mean_wait_s": sum(knows.told.waited_s for knows, _ in pairs) / callers,
        "rmse_s": (with_it / callers) ** 0.5,
        "rmse_blind_s": (without / callers) ** 0.5,
        "gain": without / with_it,
        "gains": [blind.told.squares / knows.told.squares for knows, blind in pairs],
        "asterisk_over_ours": asterisk / with_it,
        "asterisk_over_blind": asterisk / without,
        "bias_s": sum(knows.told.error_s for knows, _ in pairs) / callers,
        "bias_blind_s": sum(blind.told.error_s for _, blind in pairs) / callers,
        "covered": sum(knows.told.covered for knows, _ in pairs) / callers,
        "likely": likely,
        "covered_likely": sum(knows.likely.covered for knows, _ in pairs) / likely if likely else None,
        "covered_blind": sum(blind.told.covered for _, blind in pairs) / callers,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as text."""
    head = f"{'crowds, through the engine':28}{'MSE without/with':>17}{'by seed':>13}{'RMSE':>13}{'bias':>12}"
    lines = [head + f"{'80 %':>13}{'likely':>8}{'Ast/us':>12}{'wait':>6}{'asks':>7}"]
    for row in rows:
        by_seed = f"{min(row['gains']):.2f}..{max(row['gains']):.2f}"
        rmse = f"{row['rmse_blind_s']:.0f} > {row['rmse_s']:.0f} s"
        bias = f"{row['bias_blind_s']:+.0f} > {row['bias_s']:+.0f}"
        covered = f"{100 * row['covered_blind']:.0f} > {100 * row['covered']:.0f}"
        likely = "-" if row["covered_likely"] is None else f"{100 * row['covered_likely']:.0f}"
        asterisk = f"{row['asterisk_over_blind']:.1f} > {row['asterisk_over_ours']:.1f}"
        lines.append(
            f"{row['case']:28}{row['gain']:17.2f}{by_seed:>13}{rmse:>13}{bias:>12}{covered:>13}{likely:>8}{asterisk:>12}"
            f"{row['mean_wait_s']:6.0f}{row['callers']:7}"
        )
    return "\n".join(lines)
