"""Reads the call records of the "Anonymous Bank", collected by Avi Mandelbaum and Ilan Guedj, Technion.

One line a call, columns by name, any month of the set. It must not know what a replay does with a trace.

The one idea: a call is kept when it can be said when it entered the queue and how its wait ended; every
other line is counted under a reason, so kept calls and left out ones always add up to the lines of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from router.terms import SECOND_US
from router.trace.codec import Progress
from router.trace.files import open_text
from router.trace.names import as_id
from router.trace.presence import infer
from router.trace.records import Contact, Day, Header, ImportResult, Outcome, Trace, TraceError

ACKNOWLEDGEMENT: Final = "Avi Mandelbaum and Ilan Guedj, Technion"
HEAD_STARTS_S: Final = {2: 90}
"""The bank let its high-priority customers enter the queue as if they had come 90 seconds earlier."""
SERVICES: Final = {
    "PS": "regular service",
    "PE": "regular service in English",
    "IN": "internet service",
    "NE": "stock exchange",
    "NW": "new customers",
    "TT": "call-back in queue",
}
"""What the codes of column `type` mean. Another code is a queue as well, under its own name."""

NEEDED: Final = (
    "date",
    "type",
    "vru_exit",
    "q_start",
    "q_time",
    "outcome",
    "ser_start",
    "ser_time",
    "server",
)
"""Columns that no call can do without. `call_id`, `customer_id`, `priority`, `vru+line`, `q_exit`,
`ser_exit` and `vru_entry` are used where they are."""
DURATION_MOST_S: Final = 6 * 3600
"""A wait or talk longer than this is a fault of the record: the centre was open for 17 hours."""
CLOCKS_APART_MOST_S: Final = 600
"""The clock that service is timed by is some seconds off that of the queue, in rare rows minutes. Further
off it is a fault, and service counts from the end of the wait."""
NO_SERVER: Final = "NO_SERVER"
NEVER: Final = "0:00:00"
"""What stands for a time that there was none of."""
PROGRESS_LINES: Final = 2_000
PIVOT_YEAR: Final = 70
"""Two-digit years from here on are 19xx, below 20xx."""


class _LeftOut(Exception):
    """This line is no contact; the reason is its only argument."""


@dataclass(slots=True)
class _Times:
    """Clock times of one call, turned into seconds from the midnight that begins its date."""

    arrival: int
    wait: int
    answered: int | None
    talk: int


def import_technion(path: str | Path, *, seed: int = 1, progress: Progress | None = None) -> ImportResult:
    """Reads one file (plain or gzip) into a trace, with presence inferred.

    `seed` draws what the record leaves open of agents' absences. Raises TraceError (`not_call_records`)
    where the first line does not name the columns needed or no call can be used, OSError where the file
    cannot be read.
    """
    say = progress or (lambda _what, _done, _of: None)
    left_out: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    rows: list[tuple[date, Contact]] = []
    seen: set[str] = set()
    for number, line in enumerate(_lines(Path(path))):
        try:
            rows.append(_contact(line, seen, notes))
        except _LeftOut as reason:
            left_out[str(reason)] += 1
        if number % PROGRESS_LINES == 0:
            say("calls", number, None)
    if not rows:
        raise TraceError("not_call_records", "no call of the file can be used", remedy=f"left out: {dict(left_out)}")
    start = min(day for day, _ in rows)
    for day, contact in rows:
        _shift(contact, (day - start).days * 86_400 * SECOND_US)
    contacts = sorted((contact for _, contact in rows), key=lambda each: (each.arrival_us, each.id))
    presence = infer(contacts, seed=seed, progress=progress)
    queues = sorted({contact.queue for contact in contacts})
    header = Header(
        source=f"call records of the Anonymous Bank, {Path(path).name}",
        start=f"{start.isoformat()}T00:00:00",
        presence="inferred",
        acknowledgement=ACKNOWLEDGEMENT,
        queues={queue: SERVICES.get(queue, queue) for queue in queues},
        days=_days(start, contacts),
        left_out=dict(sorted(left_out.items())),
        notes=dict(sorted((notes | Counter(presence.notes)).items())),
    )
    return ImportResult(Trace(header, presence.agents, contacts), dict(header.left_out))


def _days(start: date, contacts: list[Contact]) -> list[Day]:
    day_us = 86_400 * SECOND_US
    numbers = sorted({contact.arrival_us // day_us for contact in contacts})
    return [
        Day((start + timedelta(days=number)).isoformat(), number * day_us, (number + 1) * day_us) for number in numbers
    ]


def _lines(path: Path) -> Iterator[dict[str, str]]:
    """Every line that is not blank, as column -> text; cells that the line lacks are absent."""
    with open_text(path) as text:
        head = text.readline().rstrip("\n")
        separator = next((mark for mark in ("\t", ";", ",") if mark in head), None)
        columns = [name.strip().lower() for name in head.split(separator)]
        if missing := [name for name in NEEDED if name not in columns]:
            raise TraceError(
                "not_call_records",
                f"columns {', '.join(missing)} are not in its first line",
                remedy="give a file of the Anonymous Bank with its line of column names",
            )
        for line in text:
            cells = line.rstrip("\n").split(separator)
            if any(cell.strip() for cell in cells):
                yield {name: cell.strip() for name, cell in zip(columns, cells, strict=False)}


def _contact(row: dict[str, str], seen: set[str], notes: Counter[str]) -> tuple[date, Contact]:
    """One line as a contact whose times count from the midnight of its date."""
    if any(name not in row for name in NEEDED):
        raise _LeftOut("cells_missing")
    day = _date(row["date"])
    name = _name(row, len(seen))
    if name in seen:
        raise _LeftOut("same_call_again")
    seen.add(name)
    kind = row["outcome"].upper()
    queued = row["q_start"] != NEVER or _whole(row["q_time"]) > 0
    if kind == "PHANTOM":
        raise _LeftOut("phantom")
    if kind not in ("AGENT", "HANG"):
        raise _LeftOut("outcome_not_known")
    if kind == "HANG" and not queued:
        raise _LeftOut("hung_up_in_ivr")
    times = _times(row, queued, answered=kind == "AGENT")
    agent = None if row["server"] in ("", NO_SERVER) else as_id(row["server"])
    answered = kind == "AGENT"
    if answered and agent is None:
        notes["answered_by_nobody_named"] += 1
    if not answered and _whole(row["ser_time"]) > 0:
        notes["hung_up_but_has_service_time"] += 1
    outcome: Outcome = "answered" if answered else "abandoned"
    priority = _whole(row.get("priority", "0"))
    customer = row.get("customer_id", "0")
    wait_us = times.wait * SECOND_US
    return day, Contact(
        id=name,
        arrival_us=times.arrival * SECOND_US,
        queue=as_id(row["type"]) if row["type"] else "none",
        customer=None if customer in ("", "0") else customer,
        priority=priority,
        head_start_s=HEAD_STARTS_S.get(priority, 0),
        patience_us=wait_us,
        patience_known=not answered,
        service_us=times.talk * SECOND_US if answered else None,
        outcome=outcome,
        wait_us=wait_us,
        answered_us=None if times.answered is None else times.answered * SECOND_US,
        agent=agent if answered else None,
    )


def _name(row: dict[str, str], number: int) -> str:
    """A call's identity: date, line and call number; without those columns, its place in the file."""
    line, call = row.get("vru+line"), row.get("call_id")
    return as_id(f"{row['date']}-{number}" if line is None or call is None else f"{row['date']}-{line}-{call}")


def _times(row: dict[str, str], queued: bool, *, answered: bool) -> _Times:
    """The order of events: left the IVR, entered the queue, was answered, ended; each near the one before."""
    entered = _clock(row.get("vru_entry") or row["vru_exit"])
    left_ivr = _near(_clock(row["vru_exit"]), entered)
    arrival = _near(_clock(row["q_start"]), left_ivr) if queued else left_ivr
    wait = _duration(row, "q_time", "q_start", "q_exit") if queued else 0
    if not answered:
        return _Times(arrival, wait, None, 0)
    talk = _duration(row, "ser_time", "ser_start", "ser_exit")
    began = arrival + wait
    if row["ser_start"] != NEVER or talk:
        shown = _near(_clock(row["ser_start"]), began)
        began = shown if abs(shown - began) <= CLOCKS_APART_MOST_S else began
    return _Times(arrival, wait, began, talk)


def _duration(row: dict[str, str], column: str, start: str, end: str) -> int:
    """Seconds of a column; where it makes no sense, those between its two clock times."""
    seconds = _whole(row[column])
    if not 0 <= seconds <= DURATION_MOST_S:
        if not row.get(end):
            raise _LeftOut("runs_backwards")
        begin = _clock(row[start])
        seconds = _near(_clock(row[end]), begin) - begin
        if not 0 <= seconds <= DURATION_MOST_S:
            raise _LeftOut("runs_backwards")
    return seconds


def _near(clock: int, reference: int) -> int:
    """The moment that shows this clock time and lies nearest to another one: before or after a midnight."""
    return clock + 86_400 * round((reference - clock) / 86_400)


def _clock(text: str) -> int:
    """Seconds since midnight of H:MM:SS."""
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise _LeftOut("time_not_understood")
    hours, minutes, seconds = (int(part) for part in parts)
    if hours > 24 or minutes > 59 or seconds > 59:
        raise _LeftOut("time_not_understood")
    return hours * 3600 + minutes * 60 + seconds


def _whole(text: str) -> int:
    try:
        return int(float(text or "0"))
    except (ValueError, OverflowError):
        raise _LeftOut("number_not_understood") from None


def _date(text: str) -> date:
    """A yymmdd (or yyyymmdd) date; spreadsheets take the leading zeros of 000131 away."""
    digits = text.zfill(6)
    if not digits.isdigit() or len(digits) not in (6, 8):
        raise _LeftOut("date_not_understood")
    if len(digits) == 6:
        digits = ("19" if int(digits[:2]) >= PIVOT_YEAR else "20") + digits
    try:
        return datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise _LeftOut("date_not_understood") from None


def _shift(contact: Contact, offset_us: int) -> None:
    contact.arrival_us += offset_us
    if contact.answered_us is not None:
        contact.answered_us += offset_us
