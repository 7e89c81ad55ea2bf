"""The settings of the estimator: every limit and half-life with its unit and its reason.

What lives here: one frozen value.  What it must not know: queues, agents, files.
The idea: an estimate is a matter of state and of these few numbers, so that two
estimators with equal settings fed the same events answer the same.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class EwtSettings:
    """Settings of one estimator.  All times in seconds."""

    half_life_lives: float = 5000.0
    """Lives (talks, waits, ...) after which one counts half in its life table.  Longer is steadier;
    a change within minutes is the pace's business."""
    prior_talk_s: float = 180.0
    """Mean talk that is assumed before the first one ended; worth two lives."""
    prior_wrap_s: float = 1.0
    """Mean wrap-up assumed at first; near nothing, since many centres have none."""
    prior_pick_s: float = 0.5
    """Mean time from free-with-callers-waiting to talk, assumed at first."""
    prior_patience_s: float = 3000.0
    """Mean patience assumed at first; long, since to count on hang-ups shortens a promise."""
    rate_fast_s: float = 400.0
    """Time constant of the fast arrival counter: follows a burst."""
    rate_slow_s: float = 1500.0
    """Time constant of the slow arrival counter: the base that the fast one must disagree with."""
    rate_base_s: float = 6000.0
    """Time constant of the slowest one: steady in a steady hour, overruled by the slow one in a changing one."""
    pace_base_lives: float = 250.0
    """Ended talks that the steadier pace looks back on: so many know a lasting jump well."""
    pace_window_lives: float = 50.0
    """Ended talks that the pace looks back on: few enough to find a jump within minutes."""
    pace_doubt_ratio: float = 20.0
    """Odds against a change of pace between one window and the next, before its lives are looked at."""
    ratio_memory_calls: float = 6000.0
    """Virtual waits that the learned ratio remembers."""
    level_step_ratio: float = 0.01
    """Step of the quantile levels, in standard deviations for each virtual wait."""
    low_confidence_lives: int = 30
    """Under that many completed talks the estimate is of low confidence."""
    medium_confidence_lives: int = 200
    """Under that many completed talks it is of medium confidence."""
    rebuild_lives: int = 400
    """Completed talks of a queue after which its laws are built anew (sooner while it is young)."""
    rebuild_gap_s: float = 60.0
    """Least time between two builds of a queue, so that load never makes building frequent."""
    learn_gap_s: float = 0.1
    """Least time between two trajectories that the estimator makes only to learn from."""
    sample_rate_per_s: float = 1000.0
    """Completed lives a second above which the life tables learn from every n-th life only."""
    grid_steps_per_life: float = 24.0
    """Steps of the time grid in one mean cycle (talk, wrap-up, pick-up)."""
    wait_max_s: float = 86400.0
    """No estimate is longer than this: a queue that nobody serves has no finite wait."""
    waiting_blocks: int = 64
    """Longer queues are walked in that many blocks, so that a trajectory's cost is bounded."""
    ghosts_per_queue: int = 2000
    """Abandoners per queue whose virtual wait is still open; beyond it the oldest is forgotten."""
    ghost_max_s: float = 14400.0
    """A virtual wait longer than this is no wait: the queue was closed meanwhile, and nothing is learned of it."""
    groups_max: int = 4096
    """Skill groups remembered without anybody logged in; beyond it the empty ones are dropped."""
    plans_max: int = 10000
    """Planned log-ins and log-outs kept; the furthest ones are refused beyond it."""
    queues_max: int = 10000
    """Queues made by themselves when an event names an unknown one; events of further ones are ignored."""

    def __post_init__(self) -> None:
        """Refuse what would divide by zero or never end; ValueError names the setting."""
        for item in fields(self):
            value = getattr(self, item.name)
            if not 0 < value < 1e12:
                raise ValueError(f"{item.name} must be a positive finite number, not {value!r}")


DEFAULT_SETTINGS = EwtSettings()
