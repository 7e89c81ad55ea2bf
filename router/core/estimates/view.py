"""A line of the engine as the estimator sees it: who waits, how urgent they are, and its service's knowledge.

Nothing is copied but the keys of some hundred places: the order that dispatch uses is the order that is estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from router.core.needs import courses
from router.ewt.lines import Line as Known
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.estimates.service import Service
    from router.core.line import Line
    from router.ewt.trajectory import Trajectory

SAMPLE_MOST = 512
"""Places of a line that are looked at: a longer line is seen by every n-th of them."""


class Places(Sequence[float]):
    """When those who wait entered, in seconds of core time, from every `each`-th of them."""

    __slots__ = ("_count", "_each", "_sample")

    def __init__(self, sample: list[float], each: int, count: int) -> None:
        self._sample = sample
        self._each = each
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> list[float]: ...
    def __getitem__(self, index: int | slice) -> float | list[float]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._sample[min(index % self._count // self._each, len(self._sample) - 1)]


class View(Known):
    """See the module. `made_us`: when its trajectory was made, or looked for in vain; -1: never. `asked_us`: when
    somebody asked for it last; -1: nobody did. `rests_us`: nobody asks, and it is not made to learn before that."""

    __slots__ = (
        "asked_us", "line", "made_us", "mixes", "near", "near_us", "newest", "plain", "rests_us", "service",
        "trajectory",
    )  # fmt: skip

    def __init__(self, line: Line, service: Service) -> None:
        # Its tables are the service's: nothing is set up that every line would have to itself.
        self.name = name_of(line)
        self.line = line
        self.newest = 0
        """The number of the last contact that was seen to wait here."""
        self.made_us = self.asked_us = -1
        self.rests_us = 0
        self.trajectory: Trajectory | None = None
        """With everything that is foreseen: what is told."""
        self.plain: Trajectory | None = None
        """Without what rules are about to do: what is decided by. The same one where that makes no difference."""
        self.near: list[Line] = []
        """Lines that share agents with it, and when that was looked up."""
        self.near_us = -1
        self.mixes: dict[frozenset[str], dict[str, float]] = {}
        """By the related lines that a group of agents serves: of which services it takes how many."""
        self.serve(service)
        self.weigh()

    def serve(self, service: Service) -> None:
        """Take the tables of this service."""
        self.service = service
        self.settings = service.settings
        self.talk, self.wrap = service.talk, service.wrap
        self.pick, self.patience = service.pick, service.patience
        self.rate, self.pace = service.rate, service.pace
        self.learner, self.judge = service.learner, service.judge

    def weigh(self) -> None:
        """The weights of the line as they are now: a stricter class is served first."""
        line = self.line
        self.priority = -line.contact_class
        self.target_s = 1.0 / (line.per_us * SECOND_US)
        self.boost = line.boost

    def many(self) -> int:
        """How many wait."""
        return len(self.line.order)

    def sample(self) -> tuple[Sequence[float], int]:
        """See `router.ewt.lines.Line.sample`."""
        order = self.line.order
        each = -(-len(order) // SAMPLE_MOST) or 1
        return order.every_key(each, SECOND_US), each

    def arrivals(self) -> Sequence[float]:
        """When those who wait entered, ascending."""
        sample, each = self.sample()
        return sample if each == 1 else Places(list(sample), each, self.many())


def name_of(line: Line) -> str:
    """A name of the line that a start does not change."""
    return f"{courses.record_key(line.course)}/{line.state}/{line.own_target}"


def can_be_seen(line: Line) -> bool:
    """Can its waits be foreseen? Not where open hours are counted, nor where later arrivals overtake."""
    return line.clock is None and not line.newest
