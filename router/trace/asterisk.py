"""Reads an Asterisk `queue_log`, so that any Asterisk user can replay their own history.

Lines are `epoch|call id|queue|agent|event|parameters...`, as the page "Queue Logs" of the Asterisk
documentation has them. It must not know what a replay does with a trace; who was there when is `members`'
business.

The one idea: a visit begins at ENTERQUEUE and ends at the first event that ends it, by the times of those
lines. What no line tells is left out and counted; a line that nobody knows is counted too and never stops
the import.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from router.terms import SECOND_US
from router.trace.codec import Progress
from router.trace.files import open_text
from router.trace.members import EVENTS as MEMBER_EVENTS
from router.trace.members import Event, Roster, apply_recorded
from router.trace.names import as_id
from router.trace.presence import infer
from router.trace.records import Contact, Day, Header, ImportResult, Outcome, Trace, TraceError

ENDS_TALK: Final = frozenset({"COMPLETEAGENT", "COMPLETECALLER", "TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"})
"""The agent is free again. A transfer ends the visit here: where the call goes next is a visit of its
own, if any."""
CALLTIME_PLACE: Final = {"COMPLETEAGENT": 1, "COMPLETECALLER": 1}
"""Which parameter is the length of the talk; in the three transfers it is the fourth (place 3)."""
ENDS_WAIT: Final[dict[str, Outcome]] = {
    "ABANDON": "abandoned",
    "EXITWITHKEY": "left_by_key",
    "EXITWITHTIMEOUT": "timed_out",
    "EXITEMPTY": "turned_away",
}
BY_CHOICE: Final = frozenset({"abandoned", "left_by_key"})
"""Ends that the caller chose: they tell the caller's patience. The others cut it short."""
COUNTED_ONLY: Final = frozenset(
    {"RINGNOANSWER", "RINGCANCELED", "AGENTDUMP", "SYSCOMPAT", "CONFIGRELOAD", "QUEUESTART"}
)
"""Documented events that neither begin nor end a visit here."""
NO_NUMBER: Final = frozenset({"", "anonymous", "unknown", "restricted", "unavailable", "private", "none"})
"""What stands where a caller's number would, when there is none."""
PROGRESS_LINES: Final = 20_000


@dataclass(slots=True)
class _Visit:
    """A call in a queue that has not ended yet."""

    contact: Contact
    answered_us: int | None = None
    agent: str | None = None


@dataclass(slots=True)
class _Log:
    """Everything read so far; times are epochs in microseconds until the import is done."""

    contacts: list[Contact] = field(default_factory=list)
    open: dict[str, _Visit] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    visits: Counter[str] = field(default_factory=Counter)
    customers: dict[str, str] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    roster: Roster = field(default_factory=Roster)

    def take(self, event: Event) -> None:
        """One line."""
        self.roster.saw(event)
        if event.name == "ENTERQUEUE":
            self.enter(event)
        elif event.name == "CONNECT":
            self.connect(event)
        elif event.name in ENDS_TALK or event.name in ENDS_WAIT:
            self.end(event)
        elif event.name in MEMBER_EVENTS:
            self.roster.take(event)
        elif event.name in COUNTED_ONLY:
            self.notes[event.name.lower()] += 1
            if event.name == "QUEUESTART":
                self.left_out["lost_at_restart"] += len(self.open)
                self.open.clear()
        else:
            self.ignored[f"event {event.name}"] += 1

    def enter(self, event: Event) -> None:
        if event.call in self.open:
            self.left_out["no_end_in_the_log"] += 1
        self.visits[event.call] += 1
        number = self.visits[event.call]
        contact = Contact(
            id=as_id(event.call) + (f"+{number}" if number > 1 else ""),
            arrival_us=event.at_us,
            queue=as_id(event.queue),
            customer=self.customer(event.parameter(1)),
        )
        self.open[event.call] = _Visit(contact)

    def customer(self, number: str) -> str | None:
        """A name for a caller's number. Numbers stay in the log: a trace may be shown to others."""
        if number.lower() in NO_NUMBER:
            return None
        return self.customers.setdefault(number, f"caller{len(self.customers) + 1}")

    def connect(self, event: Event) -> None:
        visit = self.open.get(event.call)
        if visit is not None:
            visit.answered_us = event.at_us
            visit.agent = event.agent

    def end(self, event: Event) -> None:
        visit = self.open.pop(event.call, None)
        if visit is None:
            if event.call in self.ended:
                self.ignored["end of a call that had ended"] += 1
            else:
                self.left_out["entered_before_the_log"] += 1
                self.ended.add(event.call)
            return
        self.ended.add(event.call)
        contact = visit.contact
        talked = event.name in ENDS_TALK
        if talked and visit.answered_us is None:
            place = CALLTIME_PLACE.get(event.name, 3)
            visit.answered_us = event.at_us - event.number(place) * SECOND_US
            visit.agent = event.agent
        until_us = visit.answered_us if talked and visit.answered_us is not None else event.at_us
        contact.wait_us = until_us - contact.arrival_us
        if contact.wait_us < 0 or event.at_us < until_us:
            self.left_out["runs_backwards"] += 1
            return
        contact.outcome = "answered" if talked else ENDS_WAIT[event.name]
        contact.patience_us = contact.wait_us
        contact.patience_known = contact.outcome in BY_CHOICE
        if talked:
            contact.answered_us, contact.agent = until_us, visit.agent
            contact.service_us = event.at_us - until_us
        self.contacts.append(contact)


def import_asterisk(
    path: str | Path, *, time_zone: str = "UTC", seed: int = 1, progress: Progress | None = None
) -> ImportResult:
    """Reads one `queue_log` into a trace. `time_zone` (IANA) says where its days begin.

    Raises TraceError: `not_a_queue_log` where no visit can be used, `unknown_time_zone`; OSError where the
    file cannot be read.
    """
    zone = _zone(time_zone)
    say = progress or (lambda _what, _done, _of: None)
    log = _Log()
    with open_text(Path(path)) as lines:
        for number, event in enumerate(_events(lines, log.ignored)):
            log.take(event)
            if number % PROGRESS_LINES == 0:
                say("lines", number, None)
    log.left_out["no_end_in_the_log"] += len(log.open)
    if not log.contacts:
        raise TraceError(
            "not_a_queue_log",
            "no visit of the file can be used",
            remedy=f"left out: {_told(log.left_out)}; lines ignored: {_told(log.ignored)}",
        )
    days = _calendar(log.roster.first_us, log.roster.last_us, zone)
    return _result(log, days, time_zone, Path(path).name, seed, progress)


def _result(
    log: _Log,
    days: list[tuple[datetime, int]],
    time_zone: str,
    name: str,
    seed: int,
    progress: Progress | None,
) -> ImportResult:
    start_us = days[0][1]
    contacts = sorted(log.contacts, key=lambda each: (each.arrival_us, each.id))
    for contact in contacts:
        contact.arrival_us -= start_us
        if contact.answered_us is not None:
            contact.answered_us -= start_us
    presence = infer(contacts, seed=seed, progress=progress)
    agents, source = apply_recorded(presence.agents, log.roster.times(start_us), contacts)
    bounds = [at_us - start_us for _, at_us in days]
    listed = [
        Day(midnight.date().isoformat(), from_us, to_us)
        for (midnight, _), from_us, to_us in zip(days, bounds, bounds[1:], strict=False)
    ]
    queues = sorted({contact.queue for contact in contacts})
    header = Header(
        source=f"Asterisk queue_log, {name}",
        start=days[0][0].isoformat(),
        presence=source,
        time_zone=time_zone,
        queues={queue: queue for queue in queues},
        days=listed,
        left_out=dict(sorted((+log.left_out).items())),
        notes=dict(sorted((log.notes + Counter(presence.notes)).items())),
    )
    return ImportResult(Trace(header, agents, contacts), dict(header.left_out), dict(sorted(log.ignored.items())))


def _events(lines: Iterable[str], ignored: Counter[str]) -> Iterator[Event]:
    for line in lines:
        fields = line.rstrip("\n").split("|")
        if fields == [""]:
            continue
        try:
            at_us = round(float(fields[0]) * SECOND_US)
            call, queue, agent, name = (text.strip() for text in fields[1:5])
        except (ValueError, OverflowError):
            ignored["not a line of a queue_log"] += 1
            continue
        yield Event(at_us, call, queue, as_id(agent), name.upper(), tuple(fields[5:]))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise TraceError(
            "unknown_time_zone", f"no time zone is called {name!r}", remedy="use a name such as Europe/Paris"
        ) from error


def _told(counts: Counter[str]) -> str:
    """What, and how often."""
    return ", ".join(f"{what} {count}" for what, count in sorted((+counts).items())) or "nothing"


def _calendar(first_us: int, last_us: int, zone: tzinfo) -> list[tuple[datetime, int]]:
    """Midnights from the one before the first line to the one after the last, with their epochs."""
    midnight = datetime.fromtimestamp(first_us / SECOND_US, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    out = []
    while True:
        # Local days are counted by date: they may have 23 or 25 hours.
        at_us = round(midnight.timestamp()) * SECOND_US
        out.append((midnight, at_us))
        if at_us > last_us:
            return out
        following = midnight.date() + timedelta(days=1)
        midnight = datetime(following.year, following.month, following.day, tzinfo=zone)
