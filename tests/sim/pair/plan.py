"""What a seed draws for a pair: the class of durability, and how often each fault of stores and leaders comes.

Nothing here runs. `strict` and `all` promise that nothing is lost whatever happens, so there the whole judge listens;
`one` and `redis` may lose what their class says, and the book counts it.
"""

from __future__ import annotations

from random import Random

from msgspec import Struct, structs

REACHED = (
    "leader changes", "leader killed", "standby killed", "leader frozen", "woken, and another leads", "leader drained",
    "store down", "store frozen", "store slow", "store lost its tail", "gap: written anew", "failed over", "split",
    "store cut both", "store cut to_server", "store cut to_client", "promised as memory", "stepped down: fenced",
    "leader told that it is outdated", "gateway refused a leader", "cut off by the daemon",
    "lost as promised: memory", "lost as promised: redis", "lost as promised: one",
)  # fmt: skip
"""What a set of a hundred seeds must have seen happen to a pair."""


class PairChances(Struct):
    """Probabilities at each beat of the site's clock; all drawn, many of them 0 in a given seed."""

    kill_leader: float = 0.02
    kill_standby: float = 0.01
    freeze_leader: float = 0.02
    drain: float = 0.01
    store_down: float = 0.01
    store_frozen: float = 0.02
    store_slow: float = 0.02
    cut: float = 0.03
    lost_tail: float = 0.02
    fail_over: float = 0.02
    split: float = 0.02


class PairPlan(Struct):
    """Everything that the seed decides in advance."""

    kind: str
    """strict, all, one, redis"""
    chances: PairChances

    @property
    def strict(self) -> bool:
        """Nothing is told that is not kept."""
        return self.kind != "redis"

    @property
    def wait_replicas(self) -> int:
        """How many replicas must have a batch."""
        return {"all": 2, "one": 1}.get(self.kind, 0)

    @property
    def replicas(self) -> int:
        """How many replicas there are."""
        return 0 if self.kind == "strict" else 2

    @property
    def loses_nothing(self) -> bool:
        """Whatever this seed may do, what was promised is there."""
        return self.kind in ("strict", "all")

    @property
    def url(self) -> str:
        """Of the store."""
        waits = {"all": "?wait_replicas=all", "one": "?wait_replicas=1"}.get(self.kind, "")
        return f"redis+sentinel://s1,s2/site{waits}"


def draw(seed: int) -> PairPlan:
    """The plan of this seed."""
    rng = Random(f"pair {seed}")
    kind = rng.choice(("strict", "all", "one", "redis", "redis"))
    drawn = {
        name: usual * rng.choice((0.0, 0.5, 1.0, 2.0, 4.0)) for name, usual in structs.asdict(PairChances()).items()
    }
    return PairPlan(kind, PairChances(**drawn))
