"""Whatever happens in a centre, what is told of waits is sane: the engine's own tap, driven at random."""

from __future__ import annotations

from collections.abc import Generator
from math import isfinite
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.actions import ActivatePlan, Borrow, ChangeNeeds
from router.core.effects import RosterReply
from router.core.estimates.crews import BUCKET_US, SLOT
from router.core.estimates.expect import estimate, estimate_of
from router.core.estimates.picture import trajectory
from router.core.estimates.settings import Estimating
from router.core.layers.plan_settings import Plan
from router.core.line import Line
from router.core.needs.want import ANYBODY, skills
from router.core.ruling.settings import ActingRule
from router.core.verify.estimates import check_estimates
from router.ewt import Estimate, Trajectory
from router.ewt.agents import READY
from router.rules import Compare
from router.terms import SECOND_US
from tests.core.drive import TENANT, Centre

NAMES = ("ann", "bob", "cy", "di", "extra")
NOON_S = 1_795_348_800
KNOWN = Estimating(low_confidence_lives=4, medium_confidence_lives=8, roster_days_max=12)


def bringing() -> dict[str, Any]:
    """Rules and plans that bring people to gold, and take them from the others."""
    help_out = Borrow(skills=(("gold", 1),), team="back", agents_most=2, step_us=20 * SECOND_US)
    instead = Borrow(skills=(("gold", 2),), team="back", mode="only", agents_most=2, step_us=0)
    lower = ChangeNeeds(queues=("gold",), needs=ANYBODY)
    waits = Compare("queue", "gold", "waiting", "at_least", 2)
    long = Compare("queue", "q", "ewt_p50_s", "above", 60 * SECOND_US)
    minutes = tuple((at, at + 10) for at in range(0, 1440, 20))
    return {
        "calendars": (of.Calendar("often", "UTC", *(minutes,) * 7),),
        "rules": (
            ActingRule("many", waits, for_us=30 * SECOND_US, actions=(help_out,)),
            ActingRule("long", long, for_us=10 * SECOND_US, actions=(ActivatePlan(plan="storm"),)),
            ActingRule("then", waits, hours="often", actions=(lower,)),
        ),
        "plans": (Plan("storm", actions=(instead, lower)), Plan("shift", calendar="often", actions=(help_out,))),
    }


def centre_of(*, moving: bool = False) -> Centre:
    """Two queues that share agents, one served first, and one of their own; nobody is signed in."""
    queues = (
        of.Queue("gold", enter_unstaffed=True, contact_class=1, needs=skills(gold=1)),
        of.Queue("q", enter_unstaffed=True),
        of.Queue("slow", enter_unstaffed=True, target_us=120_000_000, boost=0.5),
    )
    agents = tuple(
        of.Agent(name, skills=(("gold", 3),) if name in ("ann", "cy") else (), team="back" if name > "c" else "")
        for name in NAMES
    )
    plain = of.Settings(queues=queues, agents=agents, estimates=KNOWN)
    site = Centre(replace(plain, **bringing()) if moving else plain)
    site.up("boss", role="supervisor")
    site.give("", told.WallClock(NOON_S))
    return site


def lines(site: Centre) -> list[Line]:
    """The queues' own lines."""
    return [site.engine.world.queues[TENANT, name].own["voice"] for name in ("gold", "q", "slow")]


def numbers(said: Estimate) -> tuple[float, ...]:
    """Mean and quantiles."""
    return said.mean, said.p10, said.p50, said.p80, said.p90


class Tap(RuleBasedStateMachine):
    """Callers, agents, breaks, rosters, rules, plans and restarts in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.site = centre_of(moving=True)
        self.count = 0

    def _contacts(self, *states: str) -> list[str]:
        peer = self.site.engine.world.peers[f"{TENANT}/gw"]
        return [contact.id for contact in peer.contacts.values() if contact.state in states]

    @initialize(talks=st.sampled_from((14, 14, 6, 0)), lasts_s=st.floats(1, 600))
    def learned(self, talks: int, lasts_s: float) -> None:
        """Some talks have ended already."""
        self.site.agent("ann")
        for number in range(talks):
            self.site.call(f"past{number}", ("gold", "q")[number % 2])
            self.site.talk(f"past{number}")
            self.site.wait(lasts_s)
            self.site.ok(ask.End(0, f"past{number}"))
        self.site.agent("bob")

    @rule(queue=st.sampled_from(("gold", "q", "slow")), many=st.integers(1, 6), head_start=st.sampled_from((0, 0, 300)))
    def call(self, queue: str, many: int, head_start: int) -> None:
        """Callers come."""
        for _ in range(many):
            self.count += 1
            self.site.call(f"c{self.count}", queue, priority_s=head_start)

    @rule()
    def accept(self) -> None:
        """Offers are taken."""
        for contact in sorted(self.site.offers()):
            self.site.talk(contact)

    @rule(seconds=st.floats(1, 100), turns=st.integers(1, 4))
    def serve(self, seconds: float, turns: int) -> None:
        """Talks end, and the next ones begin, some times over."""
        for _ in range(turns):
            self.accept()
            self.site.wait(seconds)
            for contact in self._contacts("connected"):
                self.site.ok(ask.End(0, contact))
        self.accept()

    @precondition(lambda self: self._contacts("waiting", "offered", "connected"))
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """Somebody hangs up, waiting or talking."""
        self.site.ok(ask.End(0, data.draw(st.sampled_from(self._contacts("waiting", "offered", "connected")))))

    @rule(seconds=st.one_of(st.floats(0, 5), st.floats(0, 30), st.floats(0, 4000)))
    def wait(self, seconds: float) -> None:
        """Time passes; what rings that long is missed."""
        self.site.wait(seconds)

    @rule(name=st.sampled_from(NAMES), what=st.sampled_from(("in", "in", "out", "break", "ready")))
    def agent(self, name: str, what: str) -> None:
        """Somebody comes, goes, has a break or is back."""
        is_in = self.site.engine.world.agents[TENANT, name].state != "offline"
        if what == "in" and not is_in:
            self.site.agent(name)
        elif is_in and what != "in":
            requests = {
                "out": ask.LogOut(0, name),
                "break": ask.NotReady(0, name, "break"),
                "ready": ask.Ready(0, name),
            }
            self.site.ok(requests[what])

    @rule(
        name=st.sampled_from(NAMES), day=st.integers(1, 4), from_s=st.integers(-4000, 9000), lasts=st.integers(1, 9000)
    )
    def plan(self, name: str, day: int, from_s: int, lasts: int) -> None:
        """A shift, with a break in its middle; what is over, or too much, is not kept."""
        begins = NOON_S + from_s + int(self.site.now_us / 1e6 - 1_000_000)
        entries = [
            ask.RosterEntry(begins, begins + lasts),
            ask.RosterEntry(begins + lasts // 3, begins + lasts // 3 + 60, "b"),
        ]
        days = [ask.RosterDay(name, f"2026-11-0{day}", entries)]
        reply = self.site.say(ask.Roster(0, "mia", "any", days), "boss")
        assert isinstance(reply, RosterReply) or len(self.site.engine.world.rota.days) > 0

    @rule(plan=st.sampled_from(("storm", "shift")), lasts_ms=st.sampled_from((0, 5_000, 600_000, None)))
    def hand(self, plan: str, lasts_ms: int | None) -> None:
        """Somebody starts a plan, for a while or not, or stops it."""
        request = (
            ask.StopPlan(0, "mia", "any", plan) if lasts_ms is None else ask.StartPlan(0, "mia", "any", plan, lasts_ms)
        )
        self.site.say(request, "boss")

    @rule(shift_s=st.sampled_from((0, 0, 3600, -3600)))
    def clock(self, shift_s: int) -> None:
        """The wall clock is told, and sometimes set."""
        self.site.give("", told.WallClock(NOON_S + int(self.site.now_us / 1e6 - 1_000_000) + shift_s))

    @precondition(lambda self: self.count % 5 == 4)
    @rule()
    def restart(self) -> None:
        """The engine is killed and starts from its records; the gateway lists what is alive."""
        self.site.restart(1)
        for client, role in (("gw", "gateway"), ("boss", "supervisor")):
            self.site.up(client, role=role, instance=str(self.count))
        self.count += 1000
        for name in NAMES:
            if self.site.engine.world.agents[TENANT, name].state == "offline":
                continue
            self.site.say(ask.Attach(0, f"sip-{name}", name, ("voice",)))

    @invariant()
    def sane(self) -> None:
        """Finite, not negative, in order; who stands further back in a line that is served in order waits no less;
        nothing failed, and nothing grows beyond its bound."""
        world = self.site.engine.world
        assert world.estimates.failures == 0
        assert list(check_estimates(world, world.estimates)) == []
        for line in lines(self.site):
            before: tuple[float, ...] = (0.0,) * 5
            for ahead in range(len(line.order) + 2):
                said, decided = (estimate(world, line, ahead, deciding=deciding) for deciding in (False, True))
                for each in (said, decided):
                    found = numbers(each) if each is not None else before
                    assert all(isfinite(number) and number >= 0 for number in found)
                    assert list(found[1:]) == sorted(found[1:])
                if said is not None:
                    found = numbers(said)
                    assert all(later >= earlier - 1e-9 for later, earlier in zip(found, before, strict=True))
                    before = found
        for contact in world.peers[f"{TENANT}/gw"].contacts.values():
            said = estimate_of(world, contact)
            assert said is None or all(isfinite(number) and number >= 0 for number in numbers(said))


TestTap = Tap.TestCase
TestTap.settings = settings(
    max_examples=25, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def made(site: Centre) -> Trajectory:
    """The trajectory of the middle queue as things stand, whole."""
    estimates = site.engine.world.estimates
    view = estimates.view(lines(site)[1])
    pieces = trajectory(site.engine.world, estimates, view)
    found: list[tuple[Trajectory | None, Trajectory | None]] = []

    def whole() -> Generator[None, None, None]:
        found.append((yield from pieces))

    assert all(piece is None for piece in whole())
    plain, told = found[0]
    assert told is not None
    assert told is plain
    return told


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.integers(1, 15), st.lists(st.floats(0, 200), min_size=1, max_size=4), st.floats(5, 200))
def test_an_extra_free_able_agent_never_raises_it(busy: int, waiting: int, ages: list[float], lasts_s: float) -> None:
    """The same moment with one more able agent who is free: no position is told more. (Once they have taken somebody it
    is another moment: their talk, too, shows how fast talks are now.)"""
    site = centre_of()
    site.agent("bob")
    for number in range(6):
        site.call(f"past{number}")
        site.talk(f"past{number}")
        site.wait(lasts_s)
        site.ok(ask.End(0, f"past{number}"))
    for name in ("ann", "cy", "di")[: busy - 1]:
        site.agent(name)
    for number in range(waiting + busy):
        site.call(f"c{number}", ("q", "q", "gold", "slow")[number % 4])
        if f"c{number}" in site.offers():
            site.talk(f"c{number}")
            site.wait(ages[number % len(ages)])
    world = site.engine.world
    world.estimates.want(world, lines(site)[1])
    site.wait(5)
    without = made(site)
    profile = world.agents[TENANT, "bob"].profile
    assert profile is not None
    crew = world.estimates.crew(profile, "voice")
    assert crew.is_fresh(world.now_us)
    free = crew.cells.setdefault((READY, ""), {}).setdefault(world.now_us // BUCKET_US, [0, 0])
    free[0] += SLOT
    free[1] += SLOT * world.now_us
    crew.size += SLOT
    crew.free += SLOT
    with_extra = made(site)
    for position in range(1, len(without) + 1):
        assert with_extra.at(position).mean <= without.at(position).mean * (1 + 1e-9) + 1e-6
