"""Trace files: a stream of MessagePack maps, one a record, read back with `msgpack.Unpacker`.

The first record is the header, then agents, then contacts in order of arrival, then an end that counts them:
a file without its end was cut off. It must not know what the records mean to a replay.

The one idea: a record is the fields of its class; what has its default value is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

import msgpack

from router.trace.records import (
    FORMAT,
    OUTCOMES,
    SCHEMA,
    Agent,
    Break,
    Contact,
    Day,
    Header,
    Shift,
    Trace,
    TraceError,
)

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Called now and then with what is being done, how much of it is done, and of how much (None: not known)."""

TEXT_BYTES_MAX: Final = 64 * 1024
"""Longest text in a record: no field comes near it, and a damaged length must not ask for gigabytes."""
ITEMS_MAX: Final = 1_000_000
"""Most entries in a list or map of a record (shifts of an agent, breaks of a shift), for the same reason."""
BUFFER_BYTES_MAX: Final = 64 * 1024 * 1024
"""Most bytes of one record: an agent with 100,000 shifts fits."""

_DAMAGED: Final = "make the file again with `switchboard import`"
_CONTACT_TYPES: Final[tuple[tuple[str, type | tuple[type, ...]], ...]] = (
    ("id", str),
    ("arrival_us", int),
    ("queue", str),
    ("channel", str),
    ("customer", (str, type(None))),
    ("priority", int),
    ("head_start_s", int),
    ("entry", (str, type(None))),
    ("business", (str, type(None))),
    ("route_head_start_s", int),
    ("patience_us", (int, type(None))),
    ("patience_known", bool),
    ("service_us", (int, type(None))),
    ("wrap_up_us", (int, type(None))),
    ("wait_us", (int, type(None))),
    ("answered_us", (int, type(None))),
    ("agent", (str, type(None))),
)
_CONTACT_DEFAULTS: Final = tuple(
    (each.name, None if each.default is MISSING else each.default) for each in fields(Contact)
)


def write_trace(path: str | Path, trace: Trace) -> None:
    """Writes a trace; the file appears under its name only when it is whole."""
    target = Path(path)
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            _write(file, trace)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _write(file: BinaryIO, trace: Trace) -> None:
    pack = msgpack.Packer(use_bin_type=True).pack
    file.write(pack({"kind": "header", "format": FORMAT, "schema": SCHEMA, **asdict(trace.header)}))
    file.writelines(pack({"kind": "agent", **_agent_fields(agent)}) for agent in trace.agents)
    for contact in sorted(trace.contacts, key=lambda each: each.arrival_us):
        record: dict[str, Any] = {"kind": "contact"}
        for name, default in _CONTACT_DEFAULTS:
            value = getattr(contact, name)
            if value != default:
                record[name] = value
        file.write(pack(record))
    file.write(pack({"kind": "end", "agents": len(trace.agents), "contacts": len(trace.contacts)}))


def _agent_fields(agent: Agent) -> dict[str, Any]:
    shifts = [
        {
            "from_us": shift.from_us,
            "to_us": shift.to_us,
            "skills": list(shift.skills),
            "breaks": [[pause.from_us, pause.for_us] for pause in shift.breaks],
        }
        for shift in agent.shifts
    ]
    return {"name": agent.name, "skills": agent.skills, "shifts": shifts}


def read_trace(path: str | Path) -> Trace:
    """Reads a trace written by `write_trace`.

    Raises TraceError: `not_a_trace`, `wrong_schema`, `bad_record` (with the byte where the record begins) or
    `cut_off`. A file that cannot be opened raises OSError.
    """
    target = Path(path)
    with target.open("rb") as file:
        return _Reader(file, target.stat().st_size).read()


class _Reader:
    """Reads one file; keeps the place of the record in hand, for the error."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.size = size
        self.at = 0
        self.unpacker = msgpack.Unpacker(
            file,
            raw=False,
            max_buffer_size=BUFFER_BYTES_MAX,
            max_str_len=TEXT_BYTES_MAX,
            max_bin_len=0,
            max_ext_len=0,
            max_array_len=ITEMS_MAX,
            max_map_len=ITEMS_MAX,
        )

    def fail(self, code: str, what: str, remedy: str = _DAMAGED) -> TraceError:
        return TraceError(code, what, remedy=remedy, offset=self.at)

    def read(self) -> Trace:
        records = self.records()
        header = self.header(next(records, None))
        agents: list[Agent] = []
        contacts: list[Contact] = []
        end: dict[str, Any] | None = None
        for record in records:
            kind = record.pop("kind", None)
            if end is not None:
                raise self.fail("bad_record", f"a record of kind {kind!r} after the end")
            if kind == "contact":
                contacts.append(self.contact(record))
            elif kind == "agent":
                agents.append(self.agent(record))
            elif kind == "end":
                end = record
            else:
                raise self.fail("bad_record", f"kind {kind!r} is not known")
        if end is None or self.unpacker.tell() != self.size:
            raise self.fail("cut_off", "the file ends before its last record")
        if end != {"agents": len(agents), "contacts": len(contacts)}:
            raise self.fail("bad_record", f"counted {len(agents)} agents, {len(contacts)} contacts, not {end}")
        return Trace(header, agents, contacts)

    def records(self) -> Iterator[dict[str, Any]]:
        """Every whole map of the file; what is not a map, or not MessagePack, is an error with its place."""
        while True:
            self.at = self.unpacker.tell()
            try:
                record = self.unpacker.unpack()
            except msgpack.OutOfData:
                return
            except (ValueError, RecursionError) as error:
                raise self.fail("bad_record", f"not MessagePack as a trace has it ({error})") from error
            if not isinstance(record, dict):
                raise self.fail("bad_record" if self.at else "not_a_trace", "a record is a map")
            yield record

    def header(self, record: dict[str, Any] | None) -> Header:
        if record is None or record.pop("kind", None) != "header" or record.pop("format", None) != FORMAT:
            raise self.fail("not_a_trace", f"it does not begin with a header of {FORMAT}")
        schema = record.pop("schema", None)
        if schema != SCHEMA:
            raise self.fail("wrong_schema", f"schema {schema!r}, this release reads {SCHEMA}")
        try:
            days = [Day(**day) for day in record.pop("days")]
            return Header(days=days, **record)
        except (TypeError, KeyError) as error:
            raise self.fail("bad_record", f"the header does not have a header's fields ({error})") from error

    def agent(self, record: dict[str, Any]) -> Agent:
        try:
            shifts = [
                Shift(
                    int(shift["from_us"]),
                    int(shift["to_us"]),
                    tuple(shift["skills"]),
                    [Break(int(from_us), int(for_us)) for from_us, for_us in shift["breaks"]],
                )
                for shift in record["shifts"]
            ]
            return Agent(str(record["name"]), dict(record["skills"]), shifts)
        except (TypeError, KeyError, ValueError) as error:
            raise self.fail("bad_record", f"not an agent ({error!r})") from error

    def contact(self, record: dict[str, Any]) -> Contact:
        try:
            contact = Contact(**record)
        except TypeError as error:
            raise self.fail("bad_record", f"not a contact ({error})") from error
        for name, kind in _CONTACT_TYPES:
            if not isinstance(getattr(contact, name), kind):
                raise self.fail("bad_record", f"{name} of a contact has the wrong type")
        if contact.outcome is not None and contact.outcome not in OUTCOMES:
            raise self.fail("bad_record", f"outcome {contact.outcome!r} is not known")
        return contact
