"""What is true of layers and plans at a moment of a story: part of the lines that begin with `?`.

? value sales boost 2 by "plan storm" over "plan rain"    what is in effect, by which layer, and what is overruled
? plan storm active by hand expires 20s                   a plan, and who wants it; `off`
"""

from __future__ import annotations

from router.core.actions import ACTIONS, QueueAction
from router.core.world import World
from router.terms import MILLISECOND_US
from tests.scenarios.language import Said, Unclear, duration


def value(world: World, words: list[str]) -> Said:
    """A value of a queue."""
    name, what = words[1:3]
    kinds = {kind.what: kind for kind in ACTIONS.values() if issubclass(kind, QueueAction)}
    if what not in kinds:
        raise Unclear(f"{what!r} is no value that layers lie over: {', '.join(kinds)}")
    queue = world.queues["main", name]
    laid = [layer for layer in world.layers.targets.get(("main", ("queue", name)), ()) if layer.what == what]
    winners = [layer for layer in world.layers.winners("main", ("queue", name)) if layer.what == what]
    lost = [layer for layer in laid if world.layers.overruler(layer) is not None]
    details = {
        "by": str(winners[0].source) if winners else "none",
        "over": ",".join(str(layer.source) for layer in lost) or "none",
        "spent": ",".join(layer.spent for layer in laid if layer.spent) or "none",
    }
    return Said(("value", name, what, *kinds[what]().shown(queue.settings).split()), details)


def plan(world: World, words: list[str]) -> Said:
    """A plan."""
    active = world.plans.active.get(("main", words[1]))
    if active is None:
        return Said(("plan", words[1], "off"), {})
    left_us = active.until_us - world.now_us if active.until_us else 0
    details = {
        "by": ",".join(active.holders),
        "who": active.who,
        "why": active.why,
        "expires": duration(left_us // MILLISECOND_US * MILLISECOND_US),
        "warned": "yes" if active.warned else "no",
    }
    return Said(("plan", words[1], "active"), details)


WORDS = {"value": value, "plan": plan}
