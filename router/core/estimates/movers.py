"""Who will serve other queues than now, by loans that begin or end at a known time (`turns.py`).

Counted are: who is lent now and goes back when the loan's source ends; who will be lent by a loan that is about to
begin; and whom a loan that goes on will take next, one each `step_s`. They are those whom lending itself would choose
now; nobody is counted for two loans, and nobody where another source lends the same people for the same already. A
floor that is counted in free agents is kept; where a donor's expected wait or service level is beyond its floor now,
nobody is expected to be lent, and nobody is foreseen to go back because it will be.

At its beginning somebody comes free for the other queue, or as much later as what they hold takes on the average. What
is counted is good for ten seconds, or until a rule, plan or loan changes; whoever was moved meanwhile is left out when
it is read.

It must not know lines of one picture (`outlook.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from router.core.actions import Borrow
from router.core.deadlines import NEVER_US
from router.core.estimates.crews import HORIZON_S
from router.core.estimates.moving import Mover, Movers, Moving, version_of
from router.core.estimates.shifts import Shifts, count_shifts
from router.core.estimates.turns import NEVER, Turn, When, any_known, beginning, end_of
from router.core.layers.donors import NextLent, is_short
from router.core.layers.loans import Grant, layered
from router.core.rota import utc_s
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.roster import Profile
    from router.core.world import World

MOVERS_MOST = 512
"""More are not foreseen: bounds what a picture reads."""
NEEDS_A_SLICE = 256
HORIZON_US = HORIZON_S * SECOND_US


def count(world: World, moving: Moving) -> Iterator[None]:
    """Count anew, in slices."""
    if not any_known(world):
        moving.groups, moving.shifts, moving.counted_us = [], {}, -1
        return
    counting = _Count(world)
    version, now_us = version_of(world), world.now_us
    yield from counting.lent()
    yield from counting.starting()
    yield from counting.gains()
    shifts: Shifts = {}
    yield from count_shifts(world, counting.turns, now_us + HORIZON_US, shifts)
    moving.shifts = shifts
    moving.groups, moving.version, moving.counted_us = list(counting.groups.values()), version, now_us


class _Count:
    """A count under way."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._last_us = world.now_us + HORIZON_US
        self._now_s = utc_s(world)
        self._taken: set[int] = set()
        """Numbers of those who are counted for a loan."""
        self.groups: dict[tuple[Profile, tuple[tuple[str, int], ...]], Movers] = {}
        self.turns: list[Turn] = []
        """What is about to begin."""

    def lent(self) -> Iterator[None]:
        """Loans that go on: who is lent goes back, and more are lent."""
        loans = self._world.layers.loans
        for key, layer in sorted(loans.by_layer.items()):
            ends = NEVER if self._another(*layer.place, but=key) else end_of(self._world, layer.source)
            lent, action = list(loans.lent.get(key, ())), layer.action
            assert isinstance(action, Borrow), "a loan is what a borrow lays"
            if self._near(ends):
                for agent in lent:
                    grants = {known: grant for known, grant in agent.grants.items() if known != key}
                    self._add(agent, grants, ends, NEVER)
            more = action.agents_most - len(lent)
            if more > 0 and layer.due_us and not is_short(self._world, layer.source.tenant, action):
                yield from self._lend(layer.source.tenant, action, more, When(NEVER_US, layer.due_us), ends)
            yield

    def starting(self) -> Iterator[None]:
        """Loans that begin."""
        for turn in beginning(self._world):
            if turn is None:
                yield
                continue
            self.turns.append(turn)
            tenant = turn.source.tenant
            for action in turn.actions if self._near(turn.begins) else ():
                if isinstance(action, Borrow) and not self._another(tenant, action.targets()[0]):
                    yield from self._begin(turn, tenant, action)
            yield

    def gains(self) -> Iterator[None]:
        """Which needs each group will meet, and does not now."""
        every = list(self._world.roster.needs.values())
        for group in self.groups.values():
            for number, needs in enumerate(every, 1):
                if group.profile not in needs.levels and group.serve(needs):
                    group.gains.append(needs)
                if number % NEEDS_A_SLICE == 0:
                    yield

    def _begin(self, turn: Turn, tenant: str, action: Borrow) -> Iterator[None]:
        if not is_short(self._world, tenant, action):
            yield from self._lend(tenant, action, action.agents_most, turn.begins, turn.ends)

    def _near(self, when: When) -> bool:
        return when.likely_us <= self._last_us

    def _another(self, tenant: str, target: tuple[str, str], but: str = "") -> bool:
        """Does another source lend the same people for the same, or would it?"""
        layers = self._world.layers
        return any(
            layer.key != but and not layer.spent and not layers.paused(layer.source)
            for layer in layers.targets.get((tenant, target), ())
        )

    def _lend(self, tenant: str, action: Borrow, most: int, begins: When, ends: When) -> Iterator[None]:
        """So many go, one each `step_s`."""
        choice = NextLent(self._world, tenant, action)
        yield from choice.look()
        grant = Grant(action.skills, action.mode == "only")
        step = 0
        for agent in choice.agents(most + len(self._taken)):
            if agent.number in self._taken or step == most:
                continue
            goes = When(*(min(at_us + step * action.step_us, NEVER_US) for at_us in begins))
            if not self._near(goes):
                break
            step += 1
            self._add(agent, {**agent.grants, "": grant}, goes, ends)

    def _add(self, agent: Agent, grants: dict[str, Grant], goes: When, back: When) -> None:
        profile = agent.profile
        if profile is None or len(self._taken) >= MOVERS_MOST:
            return
        self._taken.add(agent.number)
        key = profile, layered(agent.configured, agent.by_hand, grants)
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Movers(*key)
        group.who.append(Mover(agent, goes, back, self._leaves_us(agent)))

    def _leaves_us(self, agent: Agent) -> int:
        """When the roster has them go, of those who should be there."""
        key = (agent.tenant, agent.name)
        span = self._world.rota.planned(key, self._now_s) if key in self._world.rota.at_work else None
        if span is None or span[0] > self._now_s or not self._now_s:
            return NEVER_US
        return span[1] * SECOND_US - self._world.ahead_us
