"""`blocked.csv`: customers who are not let in, and until when.

    customer,until,why,tenant
    c-4711,2026-12-31,threats,main
    c-4712,2026-12-01T18:00:00Z,,
    c-4713,,fraud,

A day stands for its end in UTC, a time says its zone, nothing stands for good. It knows no clock: whether an entry has
expired the engine says.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

from router.config.faults import Findings, Where
from router.config.kinds.fields import NAME_REMEDY
from router.config.roster import TableSource
from router.terms import is_id

COLUMNS = ("customer", "until", "why", "tenant")
BLOCKED_MAX = 100_000
"""Entries: more than that is not a list of people any more."""
TIME_REMEDY = "write a day (2026-12-31) or a time with its zone (2026-12-31T18:00:00Z)"


def read(text: str, file: str, findings: Findings) -> dict[str, int]:
    """tenant/customer -> until when, in UTC seconds (0: for good). Every bad line is a fault with its number."""
    top = Where(TableSource(file))
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    blocked: dict[str, int] = {}
    columns: list[str] | None = None
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            where = top._replace(known_line=rows.line_num)
            if not any(cells) or cells[0].startswith("#"):
                continue
            if columns is None:
                columns = cells
                if not _header(columns, where, findings):
                    return blocked
            elif len(blocked) >= BLOCKED_MAX:
                findings.error(where, f"has more than {BLOCKED_MAX} entries", "take expired ones out")
                return blocked
            else:
                _entry(dict(zip(columns, cells, strict=False)), where, blocked, findings)
    except csv.Error as error:
        findings.error(top._replace(known_line=rows.line_num), f"is no CSV: {error}", "check quotes and separators")
    return blocked


def _header(columns: list[str], where: Where, findings: Findings) -> bool:
    strange = [column for column in columns if column not in COLUMNS]
    if strange or "customer" not in columns:
        what = f"has the column {strange[0][:40]!r}" if strange else "has no column customer"
        findings.error(where, what, f"begin it with {','.join(COLUMNS)}")
        return False
    return True


def _entry(named: dict[str, str], where: Where, blocked: dict[str, int], findings: Findings) -> None:
    customer, tenant = named.get("customer", ""), named.get("tenant") or "main"
    for name in (customer, tenant):
        if not is_id(name):
            findings.error(where, f"{name[:40]!r} is no name", NAME_REMEDY)
            return
    until = named.get("until", "")
    until_s = _until_s(until) if until else 0
    if until_s is None:
        findings.error(where, f"until is {until[:40]!r}", TIME_REMEDY)
        return
    key = f"{tenant}/{customer}"
    if key in blocked:
        findings.error(where, f"customer {customer} stands here a second time", "keep one of the two lines")
    blocked[key] = until_s


def _until_s(text: str) -> int | None:
    """A day or a time in UTC seconds; None where it is neither."""
    try:
        if len(text) == len("2026-12-31"):
            day = date.fromisoformat(text) + timedelta(days=1)
            return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        time = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return max(1, int(time.timestamp())) if time.tzinfo is not None else None
