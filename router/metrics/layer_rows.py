"""The rows of layers, plans and notices."""

from __future__ import annotations

from typing import Final, get_args

from router.core.layers.layer import Spent
from router.metrics.rows import Row
from router.metrics.seen import Seen, SiteRow, counter, gauge
from router.metrics.text import Number

STATES: Final = ("in_force", "overruled", "paused", *(word for word in get_args(Spent) if word))


def _layers(seen: Seen) -> dict[tuple[str, ...], Number]:
    """Each layer is looked at once, and the winners of each target: a site has some hundreds at most."""
    found: dict[tuple[str, ...], Number] = {(state,): 0 for state in STATES}
    layers = seen.sources.world.layers
    for (tenant, target), laid in layers.targets.items():
        winners = layers.winners(tenant, target)
        for layer in laid:
            if layer.spent:
                state: str = layer.spent
            elif layers.paused(layer.source):
                state = "paused"
            else:
                state = "in_force" if layer in winners else "overruled"
            found[state,] += 1
    return found


LAYER_ROWS: Final[tuple[SiteRow, ...]] = (
    Row(
        "switchboard_layers",
        "gauge",
        "Layers over the configuration by what they come to; no_room: their queue would need more lines than it may.",
        _layers,
        ("state",),
        "6: the states",
    ),
    gauge("active_plans", lambda seen: len(seen.sources.world.plans.active), "Plans in force."),
    gauge(
        "waiting_notices",
        lambda seen: len(seen.sources.world.layers.notices),
        "Notices that no webhook has answered yet.",
    ),
    counter(
        "delivered_notices",
        lambda seen: seen.sources.world.tally.notices_delivered,
        "Notices that webhooks have taken.",
    ),
    counter(
        "lost_notices",
        lambda seen: seen.sources.world.tally.notices_lost,
        "Notices given up: a webhook said no, or did not answer for hours, or too many waited.",
    ),
)
