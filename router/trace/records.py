"""What a trace holds: recorded (or generated) traffic and the people who served it.

Plain data, the same whether it came from a bank, an Asterisk log or a generator. It must not know where a
trace came from, how it lies on disk (`codec`) or who replays it.

The one idea: all times are integer microseconds from the trace's start, so a replay needs no calendar; the
header alone says which date that was. The page `docs/traces.md` says how a replay uses each field.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias, get_args

from router.terms import SECOND_US

FORMAT: Final = "switchboard-trace"
SCHEMA: Final = 1
DAY_US: Final = 86_400 * SECOND_US

Outcome: TypeAlias = Literal["answered", "abandoned", "left_by_key", "timed_out", "turned_away"]
"""How a recorded visit ended: connected to an agent; hung up waiting; left by pressing a key; put out
after the longest wait allowed; put out because nobody was there. A generated contact has none: it has not
happened yet."""
OUTCOMES: Final = frozenset(get_args(Outcome))

PresenceSource: TypeAlias = Literal["inferred", "recorded", "mixed", "generated"]
"""Where the agents' times come from: from the calls they took, from log-in and pause events, some from
each, or made up."""


class TraceError(ValueError):
    """A file that cannot be used. The fault is the file's; `code` is for programs, `remedy` for its owner.

    `offset` is the byte at which reading stopped, where that is known.
    """

    def __init__(self, code: str, what: str, *, remedy: str, offset: int | None = None) -> None:
        place = "" if offset is None else f" at byte {offset}"
        super().__init__(f"{code}: {what}{place}; {remedy}")
        self.code = code
        self.remedy = remedy
        self.offset = offset


# Contacts are not frozen: a month is 30,000 of them, and setting the fields of a frozen one takes three times
# as long. Nothing but the importers writes to them.


@dataclass(slots=True)
class Contact:
    """One visit that needed an agent."""

    id: str
    arrival_us: int
    """When it entered the queue: from here it waits, and its patience runs."""
    queue: str
    channel: str = "voice"
    customer: str | None = None
    """The same word for the same customer; None where nobody knew."""
    priority: int = 0
    """The source's own number, for the report; what it is worth is `head_start_s`."""
    head_start_s: int = 0
    """Seconds by which it counts as having arrived earlier."""
    entry: str | None = None
    """The number or address that it came by, where routes chose its queue; empty: they did, by something else. None:
    its gateway named the queue."""
    business: str | None = None
    """What the customer wanted, in kind, as the gateway told the routes."""
    route_head_start_s: int = 0
    """The part of the head start that the row of the routes gave."""
    patience_us: int | None = None
    """How long it waits, from arrival. None: not known at all. See `patience_known`."""
    patience_known: bool = False
    """True: it hangs up after exactly `patience_us`. False: it had not hung up by then (it was connected,
    or put out), so its patience is longer; `patience.draws` says how much."""
    service_us: int | None = None
    """Talk, from connected to ended. None where nobody ever talked to it; `patience.draws` fills that in."""
    wrap_up_us: int | None = None
    """From ended until the agent could take the next: after-contact work and pick-up. None: see `draws`."""
    outcome: Outcome | None = None
    """What happened in the record. This and the three below are for comparison only."""
    wait_us: int | None = None
    answered_us: int | None = None
    """When talk began, by the source's own clock: may differ by seconds from arrival + wait."""
    agent: str | None = None
    """Who took it; None also where the source names nobody."""


@dataclass(slots=True)
class Break:
    """A time not ready. It begins at the first moment from `from_us` on when the agent has no contact in hand
    (wrap-up over), and lasts `for_us` from that moment, however late it began."""

    from_us: int
    for_us: int


@dataclass(slots=True)
class Shift:
    """One stretch of work: log-in at `from_us`, log-out at `to_us` (after the contact in hand), and what was
    served in it. Breaks not begun by its end are dropped."""

    from_us: int
    to_us: int
    skills: tuple[str, ...]
    """Queues served in this shift, sorted."""
    breaks: list[Break] = field(default_factory=list)


@dataclass(slots=True)
class Agent:
    """A person, with the shifts worked; shifts of one person never overlap."""

    name: str
    skills: dict[str, int]
    """Queue -> level 1..10: everything served in any shift. Sources that say nothing of levels give 5."""
    shifts: list[Shift] = field(default_factory=list)


@dataclass(slots=True)
class Day:
    """One calendar day that has contacts; `to_us` is where the next day begins."""

    date: str
    from_us: int
    to_us: int


@dataclass(slots=True)
class Header:
    """What the whole file is about."""

    source: str
    start: str
    """Local date and time of microsecond 0, as ISO 8601 (with an offset where the time zone is known)."""
    presence: PresenceSource
    acknowledgement: str = ""
    """Who must be named wherever results are shown; empty where nobody asks for it."""
    time_zone: str | None = None
    """IANA name, or None where the source does not say."""
    queues: dict[str, str] = field(default_factory=dict)
    """Queue -> what it is called."""
    days: list[Day] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    """Visits of the source that are not in the trace, by reason."""
    notes: dict[str, int] = field(default_factory=dict)
    """Other things that the importer counted and did not hide, by name."""


@dataclass(slots=True)
class Trace:
    """A header, agents by name, contacts by arrival."""

    header: Header
    agents: list[Agent]
    contacts: list[Contact]


@dataclass(slots=True)
class ImportResult:
    """What an importer made of a file: contacts of the trace + `left_out` = visits in the file."""

    trace: Trace
    left_out: dict[str, int]
    ignored_lines: dict[str, int] = field(default_factory=dict)
    """Lines that describe no visit and could not be used, by reason."""


def profiles(trace: Trace) -> list[tuple[str, Agent]]:
    """The same people, one entry (person's name, agent) for each set of queues that a person served.

    For a replay whose agents cannot change skills between shifts: the commonest set keeps the name, further
    ones are `NAME+2`, `NAME+3`, ... No two entries of a person work at the same time.
    """
    out: list[tuple[str, Agent]] = []
    for agent in trace.agents:
        by_skills: defaultdict[tuple[str, ...], list[Shift]] = defaultdict(list)
        for shift in agent.shifts:
            by_skills[shift.skills].append(shift)
        order = sorted(by_skills, key=lambda skills: (-len(by_skills[skills]), skills))
        for number, skills in enumerate(order, 1):
            name = agent.name if number == 1 else f"{agent.name}+{number}"
            levels = {queue: agent.skills[queue] for queue in skills}
            out.append((agent.name, Agent(name, levels, by_skills[skills])))
    return out


def one_day(trace: Trace, index: int) -> Trace:
    """Day `index` (from 0) of a trace, as a trace of its own whose time begins at that day's midnight.

    Shifts belong to the day on which they begin. Raises TraceError where there is no such day.
    """
    days = trace.header.days
    if not 0 <= index < len(days):
        raise TraceError("no_such_day", f"day {index} of a trace of {len(days)} days", remedy="days count from 0")
    day = days[index]
    offset = day.from_us
    contacts = [
        replace(
            contact,
            arrival_us=contact.arrival_us - offset,
            answered_us=None if contact.answered_us is None else contact.answered_us - offset,
        )
        for contact in trace.contacts
        if day.from_us <= contact.arrival_us < day.to_us
    ]
    agents = []
    for agent in trace.agents:
        shifts = [
            Shift(
                shift.from_us - offset,
                shift.to_us - offset,
                shift.skills,
                [Break(pause.from_us - offset, pause.for_us) for pause in shift.breaks],
            )
            for shift in agent.shifts
            if day.from_us <= shift.from_us < day.to_us
        ]
        if shifts:
            agents.append(Agent(agent.name, dict(agent.skills), shifts))
    header = replace(
        trace.header,
        start=day.date + trace.header.start[10:],
        days=[Day(day.date, 0, day.to_us - offset)],
        left_out={},
        notes={},
    )
    return Trace(header, agents, contacts)
