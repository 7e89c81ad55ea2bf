"""The figures of a contact centre, each defined once: `docs/figures.md` in code.

Pure functions of numbers, under the core, so that reports, status and rules count by the same lines. They
know neither contacts nor queues of the engine. The one idea: where nothing happened a figure is unknown
(None), neither 0 nor 100 %.
"""

from router.stats.agents import Occupancy, mean_handle_us, occupancy, team_occupancy
from router.stats.calendar import HALF_HOUR_S, HalfHour, by_half_hour, half_hour
from router.stats.outcomes import COUNTS_AS, Counts
from router.stats.resolution import (
    Repeats,
    Resolution,
    ServedVisit,
    first_contact_resolution,
    follows,
    repeats_by_queue,
    resolution_by_queue,
)
from router.stats.service import (
    SHORT_ABANDON_US,
    ServiceLevel,
    Variant,
    abandonment,
    mean_us,
    quantile_us,
    service_level,
    share,
)

__all__ = [
    "COUNTS_AS",
    "HALF_HOUR_S",
    "SHORT_ABANDON_US",
    "Counts",
    "HalfHour",
    "Occupancy",
    "Repeats",
    "Resolution",
    "ServedVisit",
    "ServiceLevel",
    "Variant",
    "abandonment",
    "by_half_hour",
    "first_contact_resolution",
    "follows",
    "half_hour",
    "mean_handle_us",
    "mean_us",
    "occupancy",
    "quantile_us",
    "repeats_by_queue",
    "resolution_by_queue",
    "service_level",
    "share",
    "team_occupancy",
]
