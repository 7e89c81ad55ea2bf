"""One queue as the estimator knows it: who waits, what was learned, whose virtual wait is still open.

What lives here: `Line`, its waiting callers, its ghosts, its tables.  What it must not know: agents, the flow.
The idea: labels are virtual waits.  Who hangs up leaves a ghost (when it arrived, what it was told); the moment
when an agent who could have served it takes somebody who ranks after it, or finds nobody, is its wait.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from typing import Any, NamedTuple

from router.ewt.judge import Judge
from router.ewt.laws import QueueLaws
from router.ewt.learn import Learner, Prediction
from router.ewt.lifetable import Hazard, LifeTable
from router.ewt.rates import Pace, Rate
from router.ewt.settings import EwtSettings


class Ghost(NamedTuple):
    """An abandoner whose virtual wait is open."""

    arrived_s: float
    number: int
    said: Prediction


class Line:
    """One queue: callers of the same needs, in order of arrival."""

    __slots__ = (
        "boost", "built_lives", "built_s", "ghosts", "judge", "laws", "learner", "name", "pace", "patience", "pick",
        "priority", "rate", "said", "settings", "shuffled", "talk", "talk_hazard", "target_s", "waiting", "wrap",
    )  # fmt: skip

    def __init__(self, name: str, settings: EwtSettings) -> None:
        self.name = name
        self.settings = settings
        self.priority = 0
        self.target_s = 1.0
        self.boost = 0.0
        self.waiting: dict[str, float] = {}
        self.shuffled = False
        self.said: dict[str, Prediction] = {}
        self.ghosts: list[Ghost] = []
        half_life = settings.half_life_lives
        self.talk = LifeTable(settings.prior_talk_s, half_life)
        self.wrap = LifeTable(settings.prior_wrap_s, half_life)
        self.pick = LifeTable(settings.prior_pick_s, half_life)
        self.patience = LifeTable(settings.prior_patience_s, half_life)
        self.rate = Rate(settings.rate_base_s, settings.rate_slow_s, settings.rate_fast_s)
        self.pace = Pace(settings.pace_base_lives, settings.pace_window_lives)
        self.learner = Learner(settings)
        self.judge = Judge()
        self.laws: QueueLaws | None = None
        self.talk_hazard: Hazard | None = None
        self.built_lives = 0
        self.built_s = 0.0

    def join(self, contact: str, arrived_s: float) -> None:
        """A caller waits; one put back with its old arrival makes the line sort itself when it is read."""
        if self.waiting and arrived_s < next(reversed(self.waiting.values())):
            self.shuffled = True
        self.waiting[contact] = arrived_s

    def quit(self, contact: str) -> tuple[float, Prediction | None]:
        """A caller waits no more: (when it arrived, what it was told)."""
        arrived = self.waiting.pop(contact)
        return arrived, self.said.pop(contact, None)

    def many(self) -> int:
        """How many wait."""
        return len(self.waiting)

    def sample(self) -> tuple[Sequence[float], int]:
        """Arrival times, ascending, of every n-th of those who wait; and n."""
        return self.arrivals(), 1

    def arrivals(self) -> Sequence[float]:
        """Arrival times of those who wait, ascending."""
        if self.shuffled:
            self.waiting = dict(sorted(self.waiting.items(), key=lambda item: item[1]))
            self.shuffled = False
        return list(self.waiting.values())

    def haunt(self, ghost: Ghost) -> None:
        """Keep an abandoner; the oldest is forgotten beyond the limit."""
        insort(self.ghosts, ghost)
        if len(self.ghosts) > self.settings.ghosts_per_queue:
            del self.ghosts[0]

    def release(self, before_s: float, now_s: float) -> None:
        """The virtual wait of all ghosts that arrived before `before_s` ends now."""
        ghosts = self.ghosts
        count = 0
        while count < len(ghosts) and ghosts[count].arrived_s < before_s:
            wait = now_s - ghosts[count].arrived_s
            if wait <= self.settings.ghost_max_s:
                self.learn(ghosts[count].said, wait)
            count += 1
        del ghosts[:count]

    def learn(self, said: Prediction, wait_s: float) -> None:
        """A virtual wait is known: judge what was said, then learn from it."""
        self.judge.judge(said, wait_s)
        self.learner.learn(said, wait_s)

    def due(self, now_s: float) -> bool:
        """Whether the laws should be built anew."""
        fresh = self.talk.lives - self.built_lives
        enough = min(self.settings.rebuild_lives, max(10, self.built_lives // 3))
        return fresh >= enough and now_s >= self.built_s + self.settings.rebuild_gap_s

    def dump(self) -> dict[str, Any]:
        """What was learned."""
        return {
            "talk": self.talk.dump(),
            "wrap": self.wrap.dump(),
            "pick": self.pick.dump(),
            "patience": self.patience.dump(),
            "rate": self.rate.dump(),
            "pace": self.pace.dump(),
            "learner": self.learner.dump(),
            "judge": self.judge.dump(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take what was learned; ValueError on anything else."""
        for key in ("talk", "wrap", "pick", "patience", "learner", "judge"):
            if not isinstance(state.get(key), dict):
                raise ValueError(  # noqa: TRY004 - a bad stored value, whatever its type
                    f"stored state of queue {self.name}: {key} is missing"
                )
        self.talk.load(state["talk"])
        self.wrap.load(state["wrap"])
        self.pick.load(state["pick"])
        self.patience.load(state["patience"])
        self.rate.load(state.get("rate"))
        self.pace.load(state.get("pace"))
        self.learner.load(state["learner"])
        self.judge.load(state["judge"])
        self.laws = None
