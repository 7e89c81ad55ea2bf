"""The figures of layers, plans and notices are those of the engine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from router.core.actions import Notify, RaisePriority
from router.core.layers import layers, plans
from router.core.layers.layer import Source
from router.core.layers.plan_settings import Plan
from router.core.settings import Queue, Settings
from router.core.world import World
from router.metrics.layer_rows import LAYER_ROWS


def figures(world: World) -> dict[str, Any]:
    """Every row by its name."""
    seen: Any = SimpleNamespace(sources=SimpleNamespace(world=world))
    return {row.name.removeprefix("switchboard_"): row.read(seen) for row in LAYER_ROWS}


def test_layers_plans_and_notices_are_counted() -> None:
    """One in force, one overruled, one that was done; then all of it paused."""
    storm = Plan("storm", rank=5, actions=(RaisePriority(("a",), 1.0), Notify("duty", "it storms")))
    rain = Plan("rain", rank=9, actions=(RaisePriority(("a",), 2.0),))
    world = World(Settings(queues=(Queue("a"),), plans=(storm, rain)), 1)
    for plan in (storm, rain):
        plans.start(world, plan, plans.Asker("hand", "mia", "hail"))
    found = figures(world)
    assert {state: number for (state,), number in found["layers"].items() if number} == {
        "in_force": 1, "overruled": 1, "done": 1,
    }  # fmt: skip
    assert (found["active_plans"], found["waiting_notices"]) == (2, 1)
    layers.pause(world, "main")
    assert figures(world)["layers"]["paused",] == 2
    layers.resume(world, "main")
    layers.stop(world, Source("main", "plan", "rain"))
    assert figures(world)["layers"]["overruled",] == 0
