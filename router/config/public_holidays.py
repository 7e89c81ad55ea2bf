"""Public holidays of a region, as days: the one place that knows the library `holidays`.

The engine's core gets explicit dates, made when the configuration is read, so a routing decision never depends on which
version of a list of holidays is installed on the machine that leads.
"""

from __future__ import annotations

from functools import lru_cache

from router.config.faults import alike
from router.config.kinds.fields import Wrong
from router.config.zones import FIRST_YEAR, LAST_YEAR
from router.hours import day_number


def region_wrong(region: str) -> Wrong | None:
    """What is wrong with the name of a region, None where it is known: `DE`, or a part of it, `DE-BY`."""
    # Half a hundred modules: only a configuration that names a region pays for them.
    import holidays

    known = holidays.list_supported_countries()
    country, _, part = region.partition("-")
    if country not in known:
        meant = alike(country.upper(), known)
        remedy = f"did you mean {meant}?" if meant else "use the country's code of two letters, such as DE"
        return Wrong(f"{region} is no country whose holidays are known", remedy)
    if part and part not in known[country]:
        parts = ", ".join(f"{country}-{each}" for each in known[country][:16])
        remedy = f"use {country}, or one of {parts}" if parts else f"use {country}"
        return Wrong(f"{region} is no part of {country} whose holidays are known", remedy)
    return None


@lru_cache(maxsize=64)
def holidays_of(region: str) -> tuple[int, ...]:
    """Its public holidays from `FIRST_YEAR` to `LAST_YEAR`, as days from 1970-01-01; the region must be known."""
    import holidays

    country, _, part = region.partition("-")
    found = holidays.country_holidays(country, subdiv=part or None, years=range(FIRST_YEAR, LAST_YEAR + 1))
    return tuple(sorted(day_number(day) for day in found))
