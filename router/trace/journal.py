"""A day as a running daemon writes it down, and the trace that it is read as.

A journal is a stream of MessagePack maps like a trace, but in the order in which things were known: a contact is
written when its visit is over, an agent's state when it changes. Nothing in it is ever rewritten, so a file that was
cut off by a kill is good up to the cut, and today's can be read while it grows. `docs/traces.md` lists its records. It
must not know who writes the file, nor when.

The one idea: what is dear (who may serve what, which visits belong together) is left to the reader, who has time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgpack

from router.core.needs.able import Able
from router.core.needs.tables import parsed, table_of
from router.core.needs.want import Traits, Want
from router.core.stored.history import Visit
from router.terms import MILLISECOND_US, SECOND_US
from router.trace.journal_visits import Recorded, contacts
from router.trace.records import Agent, Break, Day, Header, Shift, Trace, TraceError

FORMAT: Final = "switchboard-journal"
SCHEMA: Final = 1
PART: Final = "{stem}.{number}{suffix}"
"""How the further files of a day are called: `2024-03-04.2.trace` after `2024-03-04.trace`."""
LEVEL: Final = 5
"""Of a queue that asks for no level."""
TEXT_BYTES_MAX: Final = 64 * 1024

_pack = msgpack.Packer(use_bin_type=True, autoreset=True).pack


# -- writing ------------------------------------------------------------------------------------------------------


def head(site: str, tenant: str, date: str, time_zone: str, from_us: int, to_us: int) -> bytes:
    """The first record of a file: which day it is, from when to when in Unix time (microseconds)."""
    return _record(
        "journal", format=FORMAT, schema=SCHEMA, site=site, tenant=tenant, date=date, time_zone=time_zone,
        from_us=from_us, to_us=to_us,
    )  # fmt: skip


def queues(at_us: int, needs: Mapping[str, Want]) -> bytes:
    """What each queue asks of an agent, from this moment on (Unix time in microseconds, as everywhere here)."""
    return _record("queues", at_us=at_us, queues={name: table_of(want) for name, want in needs.items()})


def agent(at_us: int, name: str, state: str, reason: str, traits: Traits) -> bytes:
    """An agent came into this state; with what they can do, without what they were lent for."""
    return _record(
        "agent", at_us=at_us, name=name, state=state, reason=reason, skills=dict(traits.skills),
        languages=dict(traits.languages), attributes=dict(traits.attributes), team=traits.team,
    )  # fmt: skip


def beat(at_us: int) -> bytes:
    """The daemon was there: nothing else says so in a quiet hour."""
    return _record("beat", at_us=at_us)


def visit(of: Visit, customer: str | None, route_s: int = 0) -> bytes:
    """A visit that is over, with the customer as the trace shall name them; `route_s`: the head start that its row of
    the routes gave."""
    legs = [
        [leg.agent, leg.queue, leg.ring_ms, leg.talk_ms + leg.hold_ms, leg.wrap_up_ms]
        for leg in of.legs
        if leg.how == "served"
    ]
    return _record(
        "visit", at_ms=of.arrived_utc_ms, gateway=of.gateway, contact=of.contact, queue=of.queue, channel=of.channel,
        outcome=of.outcome, waited_ms=of.waited_ms, visit_ms=of.visit_ms, priority_s=of.priority_s, customer=customer,
        to=of.transferred_to, legs=legs, route=of.route, entry=of.entry, business=of.business, route_s=route_s or None,
        apart="test" if of.test else "ticket" if of.ticket else "consult" if of.consult_of else "",
    )  # fmt: skip


def _record(kind: str, **fields: Any) -> bytes:
    told = {name: value for name, value in fields.items() if value not in ("", None, {}, [])}
    packed: bytes = _pack({"kind": kind, **told})
    return packed


# -- reading ------------------------------------------------------------------------------------------------------


def is_journal(record: object) -> bool:
    """Does a file that begins with this record hold a journal?"""
    return isinstance(record, dict) and record.get("format") == FORMAT


@dataclass(slots=True)
class _Day:
    """Everything read so far. Times of agents in microseconds of the day."""

    first: dict[str, Any]
    visits: list[Recorded] = field(default_factory=list)
    states: defaultdict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    needs: dict[str, Want] = field(default_factory=dict)
    last_us: int = 0
    """The last moment of which anything is known."""
    cut: Counter[str] = field(default_factory=Counter)

    def take(self, record: dict[str, Any]) -> None:
        """One record after the first."""
        kind = record.get("kind")
        at_us = record["at_ms"] * MILLISECOND_US if kind == "visit" else record["at_us"]
        at_us -= self.first["from_us"]
        if kind == "visit":
            self.visits.append(Recorded(record, at_us))
            at_us += record.get("visit_ms", 0) * MILLISECOND_US
        elif kind == "agent":
            self.states[record["name"]].append({**record, "at_us": at_us})
        elif kind == "queues":
            self.needs = {name: parsed(table)[0] for name, table in record.get("queues", {}).items()}
        elif kind != "beat":
            self.cut["records_of_a_later_release"] += 1
        self.last_us = max(self.last_us, at_us)


def read_journal(path: Path) -> Trace:
    """The trace of a day's journal, with the further files of the day where there are any.

    Raises TraceError: `wrong_schema`, or `bad_record` where something that is whole makes no sense; OSError.
    """
    day: _Day | None = None
    for part in parts(path):
        for number, record in enumerate(_records(part)):
            if number == 0:
                day = day or _begin(part, record)
                continue
            assert day is not None, "the first record has begun it"
            try:
                day.take(record)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                what = f"record {number} of {part.name} is not one of a journal ({error!r})"
                raise TraceError("bad_record", what, remedy="a daemon of this release writes others") from error
    if day is None:
        raise TraceError("not_a_trace", f"{path} holds nothing yet", remedy="wait until the daemon has written to it")
    return _trace(day, path)


def parts(path: Path) -> Iterator[Path]:
    """The file, and those that follow it."""
    yield path
    number = 2
    while (part := path.with_name(PART.format(stem=path.stem, number=number, suffix=path.suffix))).exists():
        yield part
        number += 1


def _begin(path: Path, record: dict[str, Any]) -> _Day:
    if not is_journal(record):
        what = f"{path.name} does not begin with a header of {FORMAT}"
        raise TraceError("not_a_trace", what, remedy="name another file")
    if record.get("schema") != SCHEMA:
        what = f"schema {record.get('schema')!r}, this release reads {SCHEMA}"
        raise TraceError("wrong_schema", what, remedy="read it with the release that wrote it")
    return _Day(record)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    """Every whole record; what a kill has cut off at the end is not there."""
    with path.open("rb") as file:
        unpacker = msgpack.Unpacker(file, raw=False, max_str_len=TEXT_BYTES_MAX, max_bin_len=0, max_ext_len=0)
        while True:
            try:
                record = unpacker.unpack()
            except msgpack.OutOfData:
                return
            except (ValueError, RecursionError) as error:
                raise _damaged(path, str(error), unpacker.tell()) from error
            if not isinstance(record, dict):
                raise _damaged(path, "a record is a map", unpacker.tell())
            yield record


def _damaged(path: Path, how: str, offset: int) -> TraceError:
    return TraceError("bad_record", f"{path.name} is damaged ({how})", remedy="take it from a copy", offset=offset)


def _trace(day: _Day, path: Path) -> Trace:
    first = day.first
    zone, date = first["time_zone"], first["date"]
    length_us = first["to_us"] - first["from_us"]
    made, left_out, notes = contacts(day.visits)
    over_us = min(length_us, day.last_us)
    people = [agent for name in sorted(day.states) if (agent := _agent(name, day.states[name], day.needs, over_us))]
    start = datetime.fromtimestamp(first["from_us"] / SECOND_US, UTC).astimezone(ZoneInfo(zone))
    names = sorted({*day.needs, *(contact.queue for contact in made)})
    header = Header(
        source=f"recorded at {first['site']}, {path.name}",
        start=start.isoformat(),
        presence="recorded",
        time_zone=zone,
        queues={name: name for name in names},
        days=[Day(date, 0, length_us)],
        left_out=left_out,
        notes=dict(sorted({**notes, **day.cut}.items())),
    )
    return Trace(header, people, made)


def _agent(name: str, states: list[dict[str, Any]], needs: Mapping[str, Want], over_us: int) -> Agent | None:
    """The shifts of somebody, by what was written of them; None where they were never ready."""
    shifts: list[Shift] = []
    levels: dict[str, int] = {}
    shift: Shift | None = None
    away_us = -1
    for record in [*sorted(states, key=lambda each: each["at_us"]), {"at_us": over_us, "state": "over"}]:
        at_us, state = max(0, record["at_us"]), record["state"]
        if state in ("available", "reserved"):
            if shift is None:
                served = _served(record, needs)
                levels |= served
                shift = Shift(at_us, at_us, tuple(sorted(served)))
            elif away_us >= 0:
                shift.breaks.append(Break(away_us, at_us - away_us))
            away_us = -1
        elif shift is not None and state == "not_ready" and away_us < 0:
            away_us = at_us
        elif shift is not None and state in ("offline", "over"):
            # Who went home from a break was gone when it began.
            shift.to_us = at_us if away_us < 0 else away_us
            if shift.to_us > shift.from_us:
                shifts.append(shift)
            shift, away_us = None, -1
    worked = [each for each in shifts if each.skills]
    return Agent(name, levels, worked) if worked else None


def _served(record: Mapping[str, Any], needs: Mapping[str, Want]) -> dict[str, int]:
    """Queue -> level, of what somebody can do now."""
    traits = Traits(
        tuple(sorted(record.get("skills", {}).items())),
        tuple(sorted(record.get("languages", {}).items())),
        tuple(sorted(record.get("attributes", {}).items())),
        record.get("team", ""),
    )
    able = Able(traits)
    return {name: able.level(want) or LEVEL for name, want in needs.items() if able.meets(want)}
