"""The figures of balances, and of offers that were withheld on purpose, are those of the engine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from router.core.engine import Engine
from router.core.match.balance_settings import Balance
from router.core.settings import Queue, Settings
from router.core.world import World
from router.metrics.balance_rows import BALANCE_ROWS
from router.metrics.site_rows import SITE_ROWS
from router.terms import SECOND_US


def test_a_queue_tells_its_part_and_its_threshold() -> None:
    """A queue of a balance has both, under the balance's name; one of none has neither."""
    queues = tuple(Queue(name, target_us=target_s * SECOND_US) for name, target_s in (("a", 20), ("b", 60), ("c", 60)))
    engine = Engine(Settings(queues=queues, balances=(Balance("pair", queues=("a", "b")),)), 1)
    engine.activate(SECOND_US)
    world = engine.world
    ratio, threshold = BALANCE_ROWS
    parts: list[Any]
    told = {name: SimpleNamespace(queue=world.queues["main", name]) for name in "abc"}
    seen: Any = told
    assert [threshold.read(seen[name]) for name in "abc"] == [{("pair",): 20.0}, {("pair",): 60.0}, {}]
    parts = [ratio.read(seen[name]) for name in "ab"]
    assert sum(part["pair",] for part in parts) == 1.0
    assert ratio.read(seen["c"]) == {}


def test_withheld_offers_are_told_by_why() -> None:
    """What the engine counts stands in the text, by its reason."""
    world = World(Settings(), 1)
    world.tally.withheld["kept_idle"] = 3
    seen: Any = SimpleNamespace(sources=SimpleNamespace(world=world))
    (row,) = (row for row in SITE_ROWS if row.name == "switchboard_withheld_offers_total")
    assert row.read(seen) == {("kept_idle",): 3}
