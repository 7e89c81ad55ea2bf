"""What several tests of the estimator start from: hazards, and centres in a known state."""

from collections.abc import Generator, Iterable

from router.ewt import Estimator
from router.ewt.laws import QueueLaws, build
from router.ewt.lifetable import AGE_BINS, Hazard


def constant_hazard(mean_s: float) -> Hazard:
    """An exponential life."""
    return Hazard([1 / mean_s] * AGE_BINS)


NOTHING = Hazard([1e3] * AGE_BINS)
"""A life of a millisecond: no wrap-up, no pick-up."""
FOREVER = Hazard([1e-12] * AGE_BINS)
"""Patience without end."""


def laws_of(talk: Hazard, step_s: float, patience: Hazard = FOREVER) -> QueueLaws:
    """Laws built at once."""
    job = build(step_s, talk, NOTHING, NOTHING, patience)
    found: list[QueueLaws] = []

    def finish() -> Generator[None, None, None]:
        found.append((yield from job))

    for _ in finish():
        pass
    return found[0]


def busy_centre(agents: int, waiting: int, queues: Iterable[str] = ("all",)) -> Estimator:
    """So many agents in talk since 0 s at least, so many callers waiting in the first queue; now is 200 s."""
    estimator = Estimator()
    names = list(queues)
    for rank, name in enumerate(names):
        estimator.set_queue(name, rank)
    for i in range(agents):
        estimator.agent_login(0.0, f"a{i}", frozenset(names))
        estimator.arrive(7.0 * i % 180, f"t{i}", names[0])
        estimator.start(7.0 * i % 180, f"t{i}", f"a{i}")
    for i in range(waiting):
        estimator.arrive(200.0, f"w{i}", names[0])
    return estimator
