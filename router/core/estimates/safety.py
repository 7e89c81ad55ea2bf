"""What follows where an estimate fails by a mistake of ours: the centre goes on, and estimates begin anew.

An estimate is a service to those who wait, and no decision rests on it alone; so it is the one part of the core whose
exceptions do not end the engine. Nothing is swallowed: the failure is counted, its words are kept for the log, and
`verify` reports it (I15), so that no test passes over it. What was under way is dropped. What was learned is kept once;
where it fails again within an hour, that is what is wrong, and it is forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.estimates import slices
from router.core.estimates.kept import renew
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.estimates.state import Estimates
    from router.core.world import World

AGAIN_US = 3600 * SECOND_US
"""Failing again so soon is no accident of one moment."""
REST_US = 60 * SECOND_US
"""For so long nothing is estimated then: what fails each time must not cost a step each time."""


def due(world: World, estimates: Estimates) -> None:
    """A slice of work is due."""
    try:
        slices.due(world, estimates)
    except Exception as error:  # noqa: BLE001  # whatever it is: see the module
        failed(world, error)


def failed(world: World, error: Exception) -> None:
    """Begin anew."""
    old = world.estimates
    again = old.failures > 0 and world.now_us - old.failed_us < AGAIN_US
    renew(world, learned=not again)
    new = world.estimates
    new.failures, new.failed_us, new.failure = old.failures + 1, world.now_us, _words(error)
    new.rests_us = world.now_us + REST_US
    if new.due_us:
        new.set_due(world, new.rests_us)
    world.repaired("estimate")


def _words(error: Exception) -> str:
    """What failed, and where."""
    place, at = "", error.__traceback__
    while at is not None:
        place, at = f" at {at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}", at.tb_next
    return f"{type(error).__name__}: {error}{place}"[:500]
