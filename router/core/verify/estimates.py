"""What must hold of estimates: they are finite and not negative (I15), and what they keep is bounded and alive."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING

from router.core.estimates.state import GHOSTS_MOST, HAUNTED_MOST, LIVES_MOST, SAID_MOST
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.estimates.state import Estimates
    from router.core.estimates.view import View
    from router.core.world import World
    from router.ewt.trajectory import Trajectory

CHANNELS_MOST = 32
TOLD_US = 60 * SECOND_US
"""A failure is told for so long: whoever looks at a running engine now and then sees it."""
PLACES_LOOKED = (1, 2, 8, 1000)


def check_estimates(world: World, estimates: Estimates) -> Iterator[tuple[str, str]]:
    """All of it."""
    if estimates.failure and world.now_us - estimates.failed_us < TOLD_US:
        yield "I15", f"estimates began anew: {estimates.failure}"
    if estimates.due_us and not world.deadlines.holds(estimates):
        yield "index", "the deadline of estimates is not kept"
    sizes = (
        ("lives", len(estimates.lives), LIVES_MOST + SAID_MOST),
        ("said", len(estimates.said), SAID_MOST),
        ("haunted", len(estimates.ghosts), HAUNTED_MOST),
        *(("ghosts", len(ghosts), GHOSTS_MOST) for ghosts in estimates.ghosts.values()),
        ("services", len(estimates.by_name), CHANNELS_MOST * len(world.queues)),
    )
    for what, many, most in sizes:
        if many > most:
            yield "bounded", f"estimates keep {many} {what}, {most} at most"
    for line, view in estimates.views.items():
        if line not in line.queue.lines:
            yield "index", f"a line of {line.queue.name} is gone and still estimated"
        yield from _sane(view)
    for ghosts in estimates.ghosts.values():
        if ghosts != sorted(ghosts, key=lambda ghost: ghost[:2]):
            yield "index", "ghosts are not in the order of their places"


def _sane(view: View) -> Iterator[tuple[str, str]]:
    """Finite, not negative, quantiles in order, and no earlier place waits longer: of what is told, and decided by."""
    for made in dict.fromkeys((view.plain, view.trajectory)):
        if made is not None:
            yield from _in_order(view, made)


def _in_order(view: View, made: Trajectory) -> Iterator[tuple[str, str]]:
    before = 0.0
    for place in PLACES_LOOKED:
        said = made.at(place)
        numbers = (said.mean, said.p10, said.p50, said.p80, said.p90)
        if not all(isfinite(number) and number >= 0 for number in numbers):
            yield "I15", f"{view.name}: place {place} is told {said}"
        elif not said.p10 <= said.p50 <= said.p80 <= said.p90 or said.mean < before:
            yield "I15", f"{view.name}: place {place} is told {said} after {before}"
        before = said.mean
