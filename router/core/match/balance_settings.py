"""What configuration says of a balance: queues that share agents, and how it is decided among them who is next."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from router.terms import SECOND_US

Measure: TypeAlias = Literal["wait", "length"]


class Balance(Struct, frozen=True):
    """A group of queues of one tenant. Whether it decides among them now, each queue says (`settings.Queue.balanced`),
    so that rules and plans can switch it on and off."""

    name: str
    queues: tuple[str, ...]
    """Sorted."""
    tenant: str = "main"
    measure: Measure = "length"
    """What is held in proportion: the lengths of the queues, or the waits of those who are first."""
    on: bool = True
    """False: it only learns, until an action `balance` switches it on."""
    urgency_most: float = 10.0
    """From this urgency on (in targets) nobody of the group is passed by one of it who is less urgent."""
    step_us: int = 60 * SECOND_US
    """So often it learns, and moves its thresholds."""
    half_life_us: int = 1800 * SECOND_US
    """After so long an arrival counts half in the rates."""
