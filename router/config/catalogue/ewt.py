"""The rows of `queues.toml` about estimated waits: what is learned, how often, and when an estimate is believed."""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.fields import Flag, Seconds, Whole
from router.config.rows import Row, Section
from router.core.estimates.settings import Estimating

EWT = Section(
    "ewt",
    "Estimated waits: learned from the traffic itself, kept over restarts. A reload keeps what was learned.",
    (
        Row("enabled", Flag(), "Learn and estimate; false: a closed form alone answers, with low confidence."),
        Row(
            "half_life_lives",
            Whole(100, 1_000_000),
            "Talks, waits and the like after which one counts half: longer is steadier, shorter follows changes.",
            unit="lives",
        ),
        Row(
            "low_confidence_lives",
            Whole(1, 100_000),
            "With fewer ended talks of a queue on a channel its estimates are the closed form's, of low confidence.",
            unit="lives",
        ),
        Row("medium_confidence_lives", Whole(1, 1_000_000), "With fewer their confidence is medium.", unit="lives"),
        Row("refresh_s", Seconds(0.1, 60), "A line is estimated anew no sooner than this."),
        Row(
            "look_s",
            Seconds(1, 600),
            "A rule's expected wait is looked at again no later than this, though nothing happens in its queue.",
        ),
        Row("stale_s", Seconds(1, 3600), "An estimate of a line older than this is not read."),
        Row("wait_most_s", Seconds(60, 7 * DAY_S), "No estimate is longer than this."),
        Row(
            "sample_above_per_s",
            Whole(1, 1_000_000),
            "Above so many contacts a second only a sample of them is learned from; what is counted stays exact.",
            unit="contacts/s",
        ),
        Row(
            "roster_days_max",
            Whole(0, 1_000_000),
            "Days of agents that a roster plans at most (`switchboard roster import`), over all agents.",
            unit="days",
        ),
        Row("roster_grace_s", Seconds(0, 3600), "Who should be at work for less than this is not shown as missing."),
    ),
    struct=Estimating,
)
