"""What is known of the next two hours, in the terms of one picture: who comes and who goes, by what they serve.

The roster's part is the same whoever asks; of loans some is only told, and some only decided by (`turns.When`).

It must not know how agents are counted (`crews.py`, `coming.py`), nor what is made of it. Slots are whole numbers and
are added up by the second at which they come or go, so no order matters.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from router.core.estimates.crews import HORIZON_S, SLOT, free_us, slots_of
from router.core.estimates.moving import Mover, still
from router.core.rota import utc_s
from router.ewt.supply import Jumps
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.estimates.coming import Coming
    from router.core.estimates.state import Estimates
    from router.core.estimates.turns import When
    from router.core.estimates.view import View
    from router.core.world import World

MOVERS_A_SLICE = 64
"""Agents who will be moved, in one slice: some microseconds each."""
GROUPS_A_SLICE = 8
"""Groups of like agents compared with the lines of a picture in one slice: some 30 lines each."""
TIMES_MOST = 64
"""Different times of one group in a picture; beyond it they are put together by minutes, quarters and hours."""


DECIDED, TOLD = range(2)
BOTH = (DECIDED, TOLD)

Plans = dict[frozenset[str], dict[int, int]]
"""By the lines served: when (seconds) -> slots that come, or go where it is negative."""


class Outlook:
    """Changes by the set of lines (their names) that somebody serves. Times are Unix seconds, or, where nobody has told
    the time yet, seconds from now."""

    def __init__(self, world: World) -> None:
        self._now_s = utc_s(world)
        self._found: tuple[Plans, Plans] = ({}, {})
        """What is decided by, and what is told."""

    def skills(self) -> set[frozenset[str]]:
        """Of whom something is planned."""
        return self._found[TOLD].keys() | self._found[DECIDED].keys()

    @property
    def differs(self) -> bool:
        """Is something else told than decided by?"""
        return self._found[TOLD] != self._found[DECIDED]

    def add(self, skills: frozenset[str], plans: Mapping[int, int], by: tuple[int, ...] = BOTH) -> None:
        """Somebody who serves these lines comes or goes: when -> slots."""
        for each in by:
            found = self._found[each].setdefault(skills, {})
            for at_s, slots in plans.items():
                found[at_s] = found.get(at_s, 0) + slots

    def comers(self, world: World, coming: Coming, view: View, beside: list[View]) -> Generator[None, None, None]:
        """Who is not there and will come: those who will serve the view, or others that come before it."""
        if not coming.is_fresh(world):
            yield from coming.count(world)
        for number, comers in enumerate(list(coming.groups.values()), 1):
            served = [each for each in (view, *beside) if comers.serve(each.line.needs)]
            if served:
                plans = comers.at(self._now_s)
                for skills in _parts(view, served):
                    self.add(skills, plans)
            if number % GROUPS_A_SLICE == 0:
                yield

    def movers(self, world: World, estimates: Estimates, view: View, beside: list[View]) -> Generator[None, None, None]:
        """Who will serve others of these lines than now."""
        read = 0
        for number, group in enumerate(estimates.moving.groups, 1):
            if number % GROUPS_A_SLICE == 0:
                yield
            now = [each for each in (view, *beside) if group.profile in each.line.needs.levels]
            then = [each for each in (view, *beside) if group.serve(each.line.needs)]
            if now == then:
                continue
            sides = _parts(view, now), _parts(view, then)
            for mover in still(group, group.who):
                self._move(world, estimates, view.line.needs.channel, sides, mover)
                read += 1
                if read % MOVERS_A_SLICE == 0:
                    yield

    def _move(self, world: World, estimates: Estimates, channel: str, sides: Sides, mover: Mover) -> None:
        """One of them, and until when: until they are given back, or go home."""
        slots, busy_us = slots_of(world, mover.agent, channel), free_us(estimates, mover.agent, channel)
        here, there = sides
        for by, goes_us, back_us in _times(mover.goes, mover.back):
            if not world.now_us < goes_us < mover.leaves_us:
                continue
            self._change(world, here, there, goes_us, busy_us, slots, by)
            # Who goes home from there is not there any more; that they go is said of where they are now.
            if mover.leaves_us <= back_us:
                self._change(world, there, here, mover.leaves_us, 0, slots, by)
            else:
                self._change(world, there, here, back_us, busy_us, slots, by)

    def shift(self, world: World, estimates: Estimates, view: View, beside: list[View]) -> Generator[None, None, None]:
        """Who will serve the view, or will not any more, because it will ask for something else."""
        shift = estimates.moving.shifts[view.line]
        channel = view.line.needs.channel
        for profile in (*shift.gains, *shift.loses):
            if world.roster.profiles.get(profile.key) is not profile:
                continue
            crew = estimates.crew(profile, channel)
            if not crew.is_fresh(world.now_us):
                yield from crew.count(world, estimates)
            others = [each for each in beside if profile in each.line.needs.levels]
            without, with_it = _parts(view, others), _parts(view, [view, *others])
            here, there = (with_it, without) if profile in view.line.needs.levels else (without, with_it)
            busy_us = int(crew.busy_s(estimates) * SECOND_US)
            for by, goes_us, back_us in _times(shift.goes, shift.back):
                if goes_us > world.now_us:
                    for slots, later_us in ((crew.free, 0), (crew.size - crew.free, busy_us)):
                        self._change(world, here, there, goes_us, later_us, slots, by)
                        self._change(world, there, here, back_us, later_us, slots, by)
            yield

    def _change(
        self, world: World, here: Parts, there: Parts, at_us: int, busy_us: int, slots: int, by: tuple[int, ...]
    ) -> None:
        at_s = -((world.now_us - at_us) // SECOND_US)
        if at_s > HORIZON_S:
            return
        for skills in here:
            self.add(skills, {self._now_s + at_s: -slots}, by)
        for skills in there:
            self.add(skills, {self._now_s + at_s + busy_us // SECOND_US: slots}, by)

    def jumps(self, by: int) -> Jumps:
        """The same as the flow has it."""
        found: Jumps = {}
        for skills, plans in self._found[by].items():
            grid_s = next((s for s in (1, 60, 900) if len({at_s // s for at_s in plans}) <= TIMES_MOST), 3600)
            sums: dict[int, int] = {}
            for at_s, slots in plans.items():
                near_s = at_s // grid_s * grid_s
                sums[near_s] = sums.get(near_s, 0) + slots
            changes = [
                (float(max(0, at_s - self._now_s)), slots / SLOT) for at_s, slots in sorted(sums.items()) if slots
            ]
            if changes:
                found[skills] = changes
        return found


def _times(goes: When, back: When) -> list[tuple[tuple[int, ...], int, int]]:
    """By which of the two something goes when, and comes back when."""
    if goes.sure_us == goes.likely_us and back.sure_us == back.likely_us:
        return [(BOTH, goes.likely_us, back.likely_us)]
    return [((by,), goes[by], back[by]) for by in BOTH]


Parts = list[frozenset[str]]
Sides = tuple[Parts, Parts]


def _parts(view: View, served: list[View]) -> Parts:
    """Whoever serves these lines, as a picture knows them: with the view, or as people of lines that come before it."""
    if view in served:
        return [frozenset(each.name for each in served)]
    return [frozenset((other.name,)) for other in served if other.priority < view.priority]
