"""From the tables `announce` and `announcing` of a queue to its schedule, with the checks that need more than one
setting."""

from __future__ import annotations

from msgspec.structs import replace

from router.config.faults import Findings, dangling
from router.config.read import Found
from router.core.announcements.settings import ROWS_MAX, AnnounceRow, AnnounceRules, When
from router.core.settings import Queue

CALLBACK = "callback"


def schedule(
    table: Found, queue: Queue, queues: set[str], findings: Findings
) -> tuple[tuple[AnnounceRow, ...], AnnounceRules]:
    """The queue's rows, in their order, and its rules."""
    found = table.only("announcing")
    rules: AnnounceRules = found.fill(queue.announcing)
    texts: dict[str, None] = {}
    rows = []
    for inner in table.tables("announce"):
        row: AnnounceRow = inner.fill(AnnounceRow(""), when=_when(inner.only("when"), findings))
        if not row.text:
            findings.error(inner.where, "says nothing", 'add text = "...", what the gateway knows it by')
        elif row.text in texts:
            findings.error(inner.at("text"), f"{row.text} is said by another row", "give each row a text of its own")
        texts[row.text] = None
        _check_row(inner, row, queue, queues, findings)
        rows.append(row)
    if len(rows) > ROWS_MAX:
        findings.error(table.at("announce"), f"has {len(rows)} announcements", f"use at most {ROWS_MAX}")
    if found.values and not rows:
        findings.warn(found.where, "has no effect: the queue announces nothing", "add [[queues.NAME.announce]]")
    if rows and not set(rules.channels) & set(queue.channels):
        what = "has no effect: the queue takes no contacts of these channels"
        findings.error(found.at("channels"), what, 'name one of the queue, such as channels = ["voice"]')
    if rules.interval_us < rules.gap_us:
        setting = "interval_s" if "interval_s" in found.values else "gap_s"
        findings.error(found.at(setting), "the interval is shorter than the gap", "raise interval_s")
    return tuple(rows), rules


def _when(found: Found, findings: Findings) -> When:
    when: When = found.fill(When())
    for name in ("waited", "position", "p50", "p80"):
        unit = "" if name == "position" else "_us"
        least, most = getattr(when, f"{name}_from{unit}"), getattr(when, f"{name}_to{unit}")
        if 0 < most < least:
            setting = f"{name}_to" if name == "position" else f"{name}_to_s"
            findings.error(found.at(setting), "ends before it begins, so the row is never said", "raise it")
    return when


def _check_row(found: Found, row: AnnounceRow, queue: Queue, queues: set[str], findings: Findings) -> None:
    if row.kind == "keys" and not row.keys:
        findings.error(found.where, "offers no keys", 'add keys = { 1 = "callback" }')
    for setting in ("message", "parameters"):
        if setting in found.values and row.kind != "message":
            findings.error(found.at(setting), 'has no effect where kind is not "message"', "take it out")
    if row.parameters and not row.message:
        findings.error(found.at("parameters"), "are those of no message", 'add message = "..."')
    for pressed, does in row.keys:
        verb, _, to = does.partition(":")
        place = found.at("keys") / pressed
        if verb == "queue" and to == queue.name:
            findings.error(place, "leads back to the same queue", "name another queue")
        elif verb == "queue" and to not in queues:
            dangling(place, f"queue of tenant {queue.tenant} named", to, queues, findings)
        elif verb == "callback" and CALLBACK not in queue.channels:
            findings.error(place, "the queue takes no call-backs", 'add "callback" to channels, and numbers')


def with_schedule(queue: Queue, table: Found, queues: set[str], findings: Findings) -> Queue:
    """The queue with what it announces."""
    rows, rules = schedule(table, queue, queues, findings)
    return replace(queue, announce=rows, announcing=rules)
