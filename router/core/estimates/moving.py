"""Who will serve other queues than now, as it was counted last (`movers.py` counts them).

Values only, so that everything that is known for estimates can hold them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from router.core.needs.able import Able
from router.core.needs.want import Traits
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.estimates.shifts import Shift
    from router.core.estimates.turns import When
    from router.core.line import Line, Needs
    from router.core.roster import Profile
    from router.core.world import World

FRESH_US = 10 * SECOND_US
"""A count is good for so long, while nothing is raised that says otherwise."""
BESIDE_MOST = 256
"""Lines that are found beside one: no group is looked at beyond it."""
AGAIN_US = SECOND_US
"""It is not made anew sooner, whatever turns."""


class Mover(NamedTuple):
    """Somebody who will have other skills, and, where `back` is known, their present ones again. `leaves_us`: the
    roster has them go home; `NEVER_US`: it does not."""

    agent: Agent
    goes: When
    back: When
    leaves_us: int


class Movers:
    """Those of one profile who will have the same skills. `gains`: needs that they do not meet now."""

    __slots__ = ("_meets", "able", "gains", "profile", "who")

    def __init__(self, profile: Profile, skills: tuple[tuple[str, int], ...]) -> None:
        self.profile = profile
        now: Traits = profile.key[1]
        self.able = Able(Traits(skills, now.languages, now.attributes, now.team))
        self.gains: list[Needs] = []
        self.who: list[Mover] = []
        self._meets: dict[Needs, bool] = {}

    def serve(self, needs: Needs) -> bool:
        """Will they meet these needs?"""
        found = self._meets.get(needs)
        if found is None:
            tenant, channel = needs.key[:2]
            mine = tenant == self.profile.key[0] and channel in self.profile.pools
            found = self._meets[needs] = mine and self.able.meets(needs.want)
        return found


def version_of(world: World) -> int:
    """It is raised by whatever turns, and by a roster that changes."""
    return world.layers.version + world.rota.version


class Moving:
    """Everybody who will be moved."""

    __slots__ = ("counted_us", "groups", "shifts", "version")

    def __init__(self) -> None:
        self.counted_us = -1
        self.version = -1
        self.groups: list[Movers] = []
        self.shifts: dict[Line, Shift] = {}
        """Lines that other people will serve, by what they ask."""

    def is_fresh(self, world: World) -> bool:
        """Is the count good still?"""
        good_us = FRESH_US if self.version == version_of(world) else AGAIN_US
        return 0 <= self.counted_us <= world.now_us < self.counted_us + good_us

    def beside(self, line: Line) -> list[Line]:
        """Lines that somebody who serves this one now, or will, serves or will serve as well."""
        found: dict[Line, None] = {}
        channel = line.needs.channel
        for group in self.groups:
            if len(found) > BESIDE_MOST:
                break
            if group.serve(line.needs) or group.profile in line.needs.levels:
                pool = group.profile.pools.get(channel)
                for needs in (*(pool.needs if pool is not None else ()), *group.gains):
                    if needs.channel == channel:
                        found.update(dict.fromkeys(needs.lines))
        shift = self.shifts.get(line)
        for profile in shift.gains if shift is not None else ():
            for needs in profile.pools[channel].needs:
                found.update(dict.fromkeys(needs.lines))
        found.pop(line, None)
        return list(found)


def still(group: Movers, who: list[Mover]) -> Iterator[Mover]:
    """Those of them who are there, and have not been moved since they were counted."""
    for mover in who:
        agent = mover.agent
        if agent.profile is group.profile and agent.state == "available" and not agent.next_state:
            yield mover
