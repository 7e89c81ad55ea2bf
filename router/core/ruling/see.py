"""Telling a gauge its value, and when to look at a view again: what all measuring is made of."""

from __future__ import annotations

from router.core.deadlines import NEVER_US
from router.core.ruling.watched import View
from router.core.world import World
from router.rules import Gauge, Value


def see(world: World, gauge: Gauge | None, value: Value) -> None:
    """A gauge shows this now: whoever reads it looks, if anything else is true of it."""
    if gauge is not None and gauge.see(value):
        ruling = world.ruling
        for state in ruling.readers.get(gauge, ()):
            ruling.stirred[state] = None


def see_least(world: World, gauge: Gauge, value: int) -> None:
    """The same, where it is known only that it is no less."""
    if gauge.see_least(value):
        for state in world.ruling.readers.get(gauge, ()):
            world.ruling.stirred[state] = None


def again(world: World, view: View, at_us: int) -> None:
    """Look at the view at this time, if not before; 0: not by time."""
    if at_us and at_us < NEVER_US and (not view.due_us or at_us < view.due_us):
        world.deadlines.set(view, max(at_us, world.now_us + 1), view.number)


def due(world: World, view: View) -> None:
    """It is time to look at it."""
    world.ruling.dirty[view] = None
