"""Explains where the routes of a configuration would send a contact: which row, and why none of those before it.

It asks the engine's own matcher, and no daemon. It must not print.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from router.config.patterns import patterns
from router.core.doors.hours import calendar_of
from router.core.needs.tables import table_of
from router.core.needs.want import ANYBODY, said
from router.core.routes.routes import ATTRIBUTES, Attributes, Matcher
from router.core.routes.settings import Condition, Route, Segment
from router.core.settings import Settings
from router.terms import SECOND_US, Business


class BadTry(ValueError):
    """What was to be tried can't be understood; the message says what would be."""


@dataclass(slots=True)
class Explained:
    """The way of one contact through the routes."""

    tried: dict[str, str]
    rows: list[tuple[str, str]] = field(default_factory=list)
    """(row, why it does not match; empty for the one that does)"""
    route: Route | None = None
    segments: list[tuple[str, str]] = field(default_factory=list)
    segment: Segment | None = None
    blocked: str = ""
    """Says that the customer is not let in, and until when."""
    named: str = ""
    """The queue that the gateway names, where it does: no row is asked."""

    @property
    def goes(self) -> bool:
        """Is it known what happens to it?"""
        return bool(self.named) or self.route is not None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        route, segment = self.route, self.segment
        out: dict[str, Any] = {
            "tried": self.tried,
            "route": route.name if route is not None else None,
            "queue": self.named or (route.queue if route is not None else None),
            "queues": list(route.queues) if route is not None else [],
            "refuse": None,
            "plan": None,
            "segment": segment.name if segment is not None else None,
            "blocked": self.blocked or None,
            "rows": [{"row": row, "matches": not why, "why": why} for row, why in self.rows],
        }
        if route is not None:
            if route.plan:
                out["plan"] = {"name": route.plan, "action": route.plan_action}
            elif route.refuse is not None:
                out["refuse"] = {"do": route.refuse.do, "to": route.refuse.to}
            out |= {
                "priority_s": route.priority_us // SECOND_US,
                "contact_class": route.contact_class,
                "needs": table_of(route.needs),
                "test": route.test,
            }
        if segment is not None:
            out |= {"target_class": segment.target_class, "tolerance_s": segment.tolerance_us / SECOND_US}
        return out

    def lines(self) -> Iterator[str]:
        """For people."""
        width = max((len(name) for name, _ in [*self.rows, *self.segments]), default=0)
        for name, why in self.rows:
            yield f"row      {name:{width}}  {f'no: {why}' if why else 'matches'}"
        for name, why in self.segments:
            yield f"segment  {name:{width}}  {f'no: {why}' if why else 'belongs to it'}"
        if self.blocked:
            yield self.blocked
        yield self._outcome()

    def _outcome(self) -> str:
        if self.named:
            return f"-> queue {self.named}: its gateway names it, so no row is asked"
        route = self.route
        if route is None:
            return "-> error no_route: no row matches"
        if route.plan:
            return f"-> {route.plan_action}s plan {route.plan}, for who may: nobody is let in by row {route.name}"
        if route.refuse is not None:
            to = f" {route.refuse.to}" if route.refuse.to else ""
            return f"-> refused by row {route.name}: {route.refuse.do}{to}"
        parts = [f"queue {route.queue}"]
        if route.queues:
            parts.append(f"and {', '.join(route.queues)}")
        if route.priority_us:
            parts.append(f"head start {route.priority_us // SECOND_US} s")
        if route.contact_class is not None:
            parts.append(f"class {route.contact_class}")
        if route.needs != ANYBODY:
            parts.append(f"needs {said(route.needs)}")
        if self.segment is not None:
            parts.append(f"segment {self.segment.name}")
        if route.test:
            parts.append("a test call")
        return f"-> {', '.join(parts)} (row {route.name})"


def explain(settings: Settings, tenant: str, tried: Mapping[str, Any], utc_s: int) -> Explained:
    """Where a contact with these attributes would go. Raises `BadTry`."""
    explained = Explained(_checked(tried, settings))
    given = dict(explained.tried)
    explained.named = given.pop("queue", "")
    given.setdefault("channel", "voice")
    calendar = given.pop("calendar", None)
    calendars = _open(settings, utc_s) if calendar is None else tuple(filter(None, (calendar,)))
    attributes = Attributes(**given, calendar=calendars)
    if not explained.named:
        for row, failed in Matcher(settings.routes).explain(tenant, attributes):
            explained.rows.append((row.name, _why(failed, attributes)))
            explained.route = row if failed is None else None
    wanted = explained.route.segment if explained.route is not None else None
    for segment, failed in Matcher(settings.segments).explain(tenant, attributes):
        if wanted is None:
            explained.segments.append((segment.name, _why(failed, attributes)))
            explained.segment = segment if failed is None else None
    if wanted is not None:
        explained.segment = next((one for one in settings.segments if (one.tenant, one.name) == (tenant, wanted)), None)
    explained.blocked = _blocked(settings, tenant, attributes.customer, utc_s)
    return explained


def _checked(tried: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    known = [*ATTRIBUTES, "queue"]
    for name, value in tried.items():
        if name not in known:
            raise BadTry(f"{name} is none of {', '.join(known)}")
        if not isinstance(value, str) or (not value and name != "calendar"):
            raise BadTry(f'{name} is no text; write it as "{name}": "..."')
    if tried.get("business", get_args(Business)[0]) not in get_args(Business):
        raise BadTry(f"business is one of {', '.join(get_args(Business))}")
    channels = [channel.name for channel in settings.channels]
    if tried.get("channel", channels[0]) not in channels:
        raise BadTry(f"channel is one of {', '.join(channels)}")
    return dict(tried)


def _open(settings: Settings, utc_s: int) -> tuple[str, ...]:
    """The calendars that are open then."""
    return tuple(one.name for one in settings.calendars if calendar_of(one).is_open(utc_s))


def _why(failed: Condition | None, attributes: Attributes) -> str:
    """Why a condition is not met, in words; empty where all are."""
    if failed is None:
        return ""
    value = getattr(attributes, failed.attribute)
    wanted = " or ".join(patterns(failed)[:4]) + (" or others" if len(patterns(failed)) > 4 else "")
    if failed.attribute == "calendar":
        return f"calendar {wanted} is {'open' if failed.negated else 'closed'} then"
    if failed.negated:
        return f"{failed.attribute} is {value}, and it is not for {wanted}"
    if value is None:
        return f"{failed.attribute} is not given; it asks for {wanted}"
    return f"{failed.attribute} is {value}, not {wanted}"


def _blocked(settings: Settings, tenant: str, customer: str | None, utc_s: int) -> str:
    if customer is None:
        return ""
    until_s = settings.blocked.get(f"{tenant}/{customer}")
    if customer in settings.blocked_customers or until_s == 0:
        return f"customer {customer} is blocked for good: the queue's treatment `blocked` applies"
    if until_s is not None and utc_s < until_s:
        days = (until_s - utc_s) // 86_400
        return f"customer {customer} is blocked for {days} more days: the queue's treatment `blocked` applies"
    return ""
