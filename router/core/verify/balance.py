"""What must hold of balances: worked out again from the settings, as `world.py` does for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, isclose
from typing import TypeAlias

from router.core.match.balance import LEAN_MOST, RATE_LEAST, Balance
from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]


def check_balance(world: World, group: Balance) -> Found:
    """Its queues are those of the settings, its ratios follow from what it has learned, and its next step is kept."""
    name, settings = f"balance {group.key}", group.settings
    if settings not in world.settings.balances:
        yield "balance", f"{name}: configuration says otherwise"
    queues = {name: world.queues.get((settings.tenant, name)) for name in settings.queues}
    if list(group.shares) != [each for each, queue in queues.items() if queue is not None]:
        yield "balance", f"{name}: has {list(group.shares)} of {settings.queues}"
    for share in group.shares.values():
        if share.queue is not queues.get(share.name) or share.queue.share is not share or share.group is not group:
            yield "index", f"{name}: {share.name} is not the queue's own share"
        if not 0 <= share.in_target <= share.counted:
            yield "balance", f"{name}: {share.name} has {share.in_target} in target of {share.counted}"
        if abs(share.lean) > LEAN_MOST or min(share.rate, share.seen) < 0:
            yield "balance", f"{name}: {share.name} leans by {share.lean}, {share.rate} come, {share.seen} are counted"
    loads = {
        share.name: (share.rate + RATE_LEAST) * share.queue.settings.target_us * exp(share.lean)
        for share in group.shares.values()
    }
    for share in group.shares.values():
        if not isclose(share.ratio, loads[share.name] / sum(loads.values())):
            yield "balance", f"{name}: {share.name} has ratio {share.ratio}, not {loads[share.name]} of {loads}"
    if not world.deadlines.holds(group) or group.due_us > world.now_us + settings.step_us:
        yield "L2", f"{name}: its next step at {group.due_us} is not kept"


def check_shares(world: World) -> Found:
    """A queue has a share only where a balance has it."""
    for queue in world.queues.values():
        share = queue.share
        if share is not None and share.group not in world.balances.values():
            yield "balance", f"queue {queue.name}: in balance {share.group.key}, which is no more"
