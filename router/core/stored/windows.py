"""Writing the records of windows: every call changes some where rules count, so this is apart from the types in
`rules.py`, and compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.stored.rules import SCHEMA, encode

if TYPE_CHECKING:
    from router.core.ruling.watched import CrewView, FlowView
    from router.rules import Ring


def window_key(v: FlowView | CrewView) -> str:
    """tenant/scope/subject."""
    return v.key


def of_flow(v: FlowView) -> bytes:
    """The stored form of windows of contacts."""
    v.gather()
    return encode((SCHEMA, v.key, v.since_us, _windows(v.rings)))


def of_crew(v: CrewView) -> bytes:
    """The stored form of windows of people."""
    return encode((SCHEMA, v.key, v.seen_us, _windows(v.rings)))


def _windows(rings: dict[int, Ring]) -> list[object]:
    return [(window_us, ring.slot_us, ring.last, len(ring.rows), _counted(ring)) for window_us, ring in rings.items()]


def _counted(ring: Ring) -> list[tuple[int, list[int]]]:
    return [(number, ring.rows[number]) for number, total in enumerate(ring.totals) if total]
