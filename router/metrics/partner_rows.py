"""The rows of partners: what was sent to outsourcers, how they did, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from router.core.partners.partner import Partner
from router.core.partners.settings import MILLION
from router.metrics.rows import PREFIX, Row
from router.metrics.seen import Seen, SiteRow
from router.metrics.text import Kind, Number
from router.terms import SECOND_US

LABELS: Final = ("tenant", "partner")


def _row(name: str, kind: Kind, text: str, read: Callable[[Seen, Partner], Number | None]) -> SiteRow:
    def reading(seen: Seen) -> dict[tuple[str, ...], Number]:
        found = {key: read(seen, partner) for key, partner in seen.sources.world.partners.known.items()}
        return {key: value for key, value in found.items() if value is not None}

    return Row(f"{PREFIX}{name}", kind, text, reading, LABELS, "partners")


PARTNER_ROWS: Final[tuple[SiteRow, ...]] = (
    _row("partner_contacts", "gauge", "Contacts that it has, or is asked to take.", lambda _, p: len(p.contacts)),
    _row(
        "partner_share_ratio",
        "gauge",
        "Its share in force: by contract, less where it falls short of its service level.",
        lambda seen, p: p.share(seen.sources.world.now_us),
    ),
    _row(
        "partner_service_level_ratio",
        "gauge",
        "Answered within its target, of what was sent there within its window; not there: too little to tell.",
        lambda seen, p: p.level(seen.sources.world.now_us),
    ),
    _row("partner_sent_contacts_total", "counter", "Contacts sent to a partner.", lambda _, p: p.sent),
    _row("partner_answered_contacts_total", "counter", "Those that it answered.", lambda _, p: p.answered),
    _row("partner_in_target_contacts_total", "counter", "Those within its target.", lambda _, p: p.in_target),
    _row("partner_failed_contacts_total", "counter", "Those that came back to their places.", lambda _, p: p.failed),
    _row("partner_left_contacts_total", "counter", "Customers who left before it had answered.", lambda _, p: p.left),
    _row("partner_talk_seconds_total", "counter", "Talk there.", lambda _, p: p.talk_us / SECOND_US),
    _row(
        "partner_cost_total",
        "counter",
        "What it has cost, in the currency of its contract.",
        lambda _, p: p.cost / MILLION,
    ),
)
