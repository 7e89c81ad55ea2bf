"""Balance: of several queues that share agents, whose turn it is when an agent comes free, so that each waits in
proportion to its threshold; and thresholds that move by themselves until each queue is as near to its service level as
the others are.

    imbalance_i = Q_i - p_i * (Q_1 + ... + Q_n)        the greatest is served next
    p_i         = r_i * T_i / (r_1 * T_1 + ... + r_n * T_n)

Q_i: contacts that wait in queue i; r_i: how many come in a step, of late; T_i: its threshold. This is the
fixed-queue-ratio rule of I. Gurvich and W. Whitt, "Queue-and-Idleness-Ratio Controls in Many-Server Service Systems",
Mathematics of Operations Research 34 (2009) 363-396. With their p_i by Little's law (Q_i = r_i * wait_i) the waits are
as the thresholds. `measure = "wait"` compares waited / T_i of those who are first instead, which is the same where
queues are long, and steadier where few come.

    T_i = target_i * exp(lean_i),      lean_i += gain_i * (in target - goal_i * counted) - pace_i * common

once a step, from the contacts that were counted in it: stochastic approximation (H. Robbins, S. Monro, "A Stochastic
Approximation Method", Annals of Mathematical Statistics 22 (1951) 400-407) with a gain that stays, so that it follows
the day. `common` is the shortfall that all of them have together: what one threshold gains the others give, so the
leans of a group add up to nothing, and they come to rest where every queue misses its goal by equally many points.

Learned slowly, kept once a step: what was counted since is forgotten at a start. It must not know who takes whom:
that is `match/balanced.py`.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from router.core import audit
from router.core.entity import Entity
from router.core.match.balance_settings import Balance as Settings
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.queue import Queue
    from router.core.world import World

GAIN_A_MINUTE = 0.1
"""A queue that misses its goal by ten points more than the group does halves its threshold in about an hour."""
GAIN_MOST = 0.1
"""What one contact moves a lean by at most: of a queue where hardly anybody comes each would weigh more."""
LEAN_MOST = log(100)
"""A threshold stays within a hundredth and a hundred times its target. What a queue lacks beyond that is forgotten, and
a queue that is always behind then gets less: at ten times a point of a month (`python -m bench balance`)."""
LEAN_TOLD = log(1.5)
"""The audit has a threshold again when it has moved by half."""
RATE_LEAST = 1e-3
"""Arrivals a step that every queue counts for: before any has come the ratios are as the thresholds."""


class Share(Entity, eq=False, gc=False):
    """A queue in a balance."""

    name: str
    queue: Queue
    group: Balance
    arrived: int = 0
    """Contacts since the last step."""
    counted: int = 0
    """Of those that count in the service level, since the last step."""
    in_target: int = 0
    """Of these, answered within the target."""
    rate: float = 0.0
    """Arrivals a step, of late."""
    seen: float = 0.0
    """Contacts counted a step, of late."""
    lean: float = 0.0
    told: float = 0.0
    """The lean that the audit had last."""
    haste: float = 1.0
    """exp(-lean): target / threshold."""
    ratio: float = 0.0
    """p_i."""

    @property
    def threshold_us(self) -> float:
        """T_i."""
        return self.queue.settings.target_us / self.haste


class Balance(Entity, eq=False, gc=False):
    """A group at run time. `shares` by queue, sorted, so that their sums are the same after a start."""

    settings: Settings
    shares: dict[str, Share]
    due_us: int = 0
    due_number: int = 0

    @property
    def key(self) -> str:
        """tenant/name."""
        return f"{self.settings.tenant}/{self.settings.name}"

    def waiting(self) -> int:
        """Contacts that wait in all of its queues."""
        total = 0
        for share in self.shares.values():
            total += share.queue.counts["waiting"]
        return total


class Balances(dict[tuple[str, str], Balance]):
    """All of a world, by tenant and name."""


def follow(world: World) -> None:
    """Other settings are in force, or the first: groups and who is in them are as these say. What was learned of
    queues that stay goes on."""
    wanted = {(each.tenant, each.name): each for each in world.settings.balances}
    for key, group in list(world.balances.items()):
        if key not in wanted:
            _leave(group, ())
            del world.balances[key]
            world.deadlines.cancel(group)
            world.changed.pop(group, None)
            world.dropped.append(("balance", group.key))
    for key, settings in wanted.items():
        known = world.balances.get(key)
        if known is not None and known.settings == settings:
            continue
        if known is None:
            known = world.balances[key] = Balance(settings, {})
        known.settings = settings
        _leave(known, settings.queues)
        world.set_due(known, world.now_us + settings.step_us)
        world.changed[known] = None
    for group in world.balances.values():
        _join(world, group)


def _leave(group: Balance, stay: tuple[str, ...]) -> None:
    for name in [name for name in group.shares if name not in stay]:
        group.shares.pop(name).queue.share = None


def _join(world: World, group: Balance) -> None:
    shares: dict[str, Share] = {}
    for name in group.settings.queues:
        queue = world.queues.get((group.settings.tenant, name))
        if queue is None:
            continue
        share = group.shares.get(name) or Share(name, queue, group)
        share.queue, queue.share, shares[name] = queue, share, share
    group.shares = shares
    weigh(group)


def weigh(group: Balance) -> None:
    """Thresholds or rates have changed: the ratios with them."""
    total = 0.0
    for share in group.shares.values():
        share.haste = exp(-share.lean)
        share.ratio = (share.rate + RATE_LEAST) * share.threshold_us
        total += share.ratio
    for share in group.shares.values():
        share.ratio /= total


def due(world: World, group: Balance) -> None:
    """A step is over."""
    settings = group.settings
    kept = 0.5 ** (settings.step_us / settings.half_life_us)
    for share in group.shares.values():
        share.rate = share.rate * kept + share.arrived * (1 - kept)
        share.seen = share.seen * kept + share.counted * (1 - kept)
    _tune(world, group)
    for share in group.shares.values():
        share.arrived = share.counted = share.in_target = 0
    weigh(group)
    world.set_due(group, world.now_us + settings.step_us)
    world.changed[group] = None


def _tune(world: World, group: Balance) -> None:
    """Move the thresholds of queues that have a goal, and of which somebody was counted in this step."""
    gain = GAIN_A_MINUTE * group.settings.step_us / (60 * SECOND_US)
    moves: list[tuple[Share, float, float]] = []
    for share in group.shares.values():
        queue = share.queue.settings
        if queue.service_level and queue.balanced and share.counted:
            each = min(GAIN_MOST, gain / share.seen)
            over = share.in_target - queue.service_level / 100 * share.counted
            moves.append((share, each * share.counted, each * over))
    if len(moves) < 2:
        return
    common = sum(over for _, _, over in moves) / sum(pace for _, pace, _ in moves)
    for share, pace, over in moves:
        share.lean = max(-LEAN_MOST, min(LEAN_MOST, share.lean + over - pace * common))
        if abs(share.lean - share.told) >= LEAN_TOLD:
            _tell(world, share)


def _tell(world: World, share: Share) -> None:
    """The audit has how far its threshold has moved."""
    settings = share.queue.settings
    before, after = settings.target_us * exp(share.told), settings.target_us * exp(share.lean)
    why = f"so that its service level of {settings.service_level:g} % is missed by no more than those of others"
    audit.note(
        world, settings.tenant, f"balance:{share.group.settings.name}", why, "balance_threshold", share.name,
        {"threshold_s": f"{before / SECOND_US:.0f}"}, {"threshold_s": f"{after / SECOND_US:.0f}"},
    )  # fmt: skip
    share.told = share.lean
