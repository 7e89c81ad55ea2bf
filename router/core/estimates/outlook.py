"""What the roster says of the next two hours, in the terms of one picture: who comes and who goes, by what they serve.

It must not know how agents are counted (`crews.py`, `coming.py`), nor what is made of it. Slots are whole numbers and
are added up by the second at which they come or go, so no order matters.
"""

from __future__ import annotations

from collections.abc import Generator, KeysView, Mapping
from typing import TYPE_CHECKING

from router.core.estimates.crews import SLOT
from router.core.rota import utc_s
from router.ewt.supply import Jumps

if TYPE_CHECKING:
    from router.core.estimates.coming import Coming
    from router.core.estimates.view import View
    from router.core.world import World

GROUPS_A_SLICE = 8
"""Groups of like agents compared with the lines of a picture in one slice: some 30 lines each."""
TIMES_MOST = 64
"""Different times of one group in a picture; beyond it they are put together by minutes, quarters and hours."""


class Outlook:
    """Changes by the set of lines (their names) that somebody serves."""

    def __init__(self, world: World) -> None:
        self._now_s = utc_s(world)
        self._found: dict[frozenset[str], dict[int, int]] = {}

    def skills(self) -> KeysView[frozenset[str]]:
        """Of whom something is planned."""
        return self._found.keys()

    def add(self, skills: frozenset[str], plans: Mapping[int, int]) -> None:
        """Somebody who serves these lines comes or goes: when (Unix seconds) -> slots."""
        found = self._found.setdefault(skills, {})
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
                if served[0] is view:
                    self.add(frozenset(each.name for each in served), plans)
                else:
                    for other in served:
                        if other.priority < view.priority:
                            self.add(frozenset((other.name,)), plans)
            if number % GROUPS_A_SLICE == 0:
                yield

    def jumps(self) -> Jumps:
        """The same as the flow has it."""
        found: Jumps = {}
        for skills, plans in self._found.items():
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
