"""`switchboard roster`: who should be there when, for estimates, and for `status` to say who is missing."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from router.cli import exits, say
from router.cli.running import Address, Json, Socket, daemon

if TYPE_CHECKING:
    from router.cli.asking import Asker
    from router.config import Fault
    from router.config.shifts import Day
    from router.wire.catalogue import RosterDay, RosterReply

TIMES_A_MESSAGE = 500
"""A message stays well under the 64 KiB that the daemon reads."""
SHOWN_MOST = 20
"""Wrong lines that are shown; the others are counted."""

roster = typer.Typer(
    no_args_is_help=True,
    help="""Who should be there when: estimates know who comes and goes, and `status` says who is missing.

    Example: switchboard roster import week-48.csv --zone Europe/Berlin
    """,
)


@roster.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="agent,from,to,activity,time zone")],
    zone: Annotated[str, typer.Option("--zone", metavar="ZONE", help="Of lines without one: Europe/Berlin.")] = "",
    who: Annotated[str, typer.Option("--as", metavar="WHO", help="Who does it; else your log-in name.")] = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why, in a line; else the file's name.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Say what is wrong; plan nothing.")] = False,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Plan the days of a table: a line is one time of an agent's day.

    Example: switchboard roster import week-48.csv --zone Europe/Berlin

    An agent's day takes the place of what was planned for it; other days stay. The activity `work` (or none) is time at
    work, `off` a day without any, everything else time away. The file is checked as a whole, also by the daemon, before
    anything is planned: exit code 1, and each wrong line, if it is not right; 3 if the daemon can't be reached.
    """
    days = _read(file, zone, as_json=as_json)
    with daemon(socket, address) as asker:
        found = _checked(asker, file, days, as_json=as_json)
        if not check:
            found = _planned(asker, days, who or _login(), why or file.name[:200])
    if as_json:
        say.as_json(found)
        return
    word = "would be planned" if check else "planned"
    over = f", {found['past']} over already and not kept" if found["past"] else ""
    what = f"{say.counted(found['days'], 'day')} of {say.counted(found['agents'], 'agent')}"
    say.note(f"{file}: {what} {word}, {found['fresh']} of them new{over}")


@roster.command()
def show(
    agent: Annotated[str | None, typer.Option("--agent", help="Only this agent.")] = None,
    socket: Socket = None,
    address: Address = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a day, a line each.")] = False,
) -> None:
    """List what is planned, by agent and day, in UTC.

    Example: switchboard roster show --agent ann

    A day is forgotten an hour after its end. Exit code 3 if the daemon can't be reached.
    """
    from router.wire.catalogue import Rosters, RostersReply

    found: list[RosterDay] = []
    more, after = True, ""
    with daemon(socket, address) as asker:
        while more:
            page = asker.ask(Rosters(0, agent, after))
            assert isinstance(page, RostersReply)
            found += page.days
            more = page.more
            after = f"{page.days[-1].agent}/{page.days[-1].day}" if page.days else ""
    if as_json:
        say.as_json_lines(found)
        return
    from router.cli.views.tables import table

    shown = table("agent", "day", "planned (UTC)", words=3)
    for day in found:
        times = (f"{_clock(each.from_utc_s)}-{_clock(each.until_utc_s)} {each.activity}" for each in day.entries)
        shown.add_row(day.agent, day.day, ", ".join(times))
    say.table(shown)


def _clock(utc_s: int) -> str:
    return datetime.fromtimestamp(utc_s, UTC).strftime("%H:%M")


def _login() -> str:
    from router.terms import is_id

    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = ""
    return name if is_id(name) else "roster"


def _read(file: Path, zone: str, *, as_json: bool) -> list[Day]:
    from router.config.faults import Findings
    from router.config.shifts import read
    from router.config.sources import decoded

    try:
        content = file.read_bytes()
    except OSError as error:
        say.fail(f"{file} can't be read: {error.strerror}")
    findings = Findings()
    source = decoded(file.name, content, findings)
    days = read(source.text, file.name, findings, zone) if source is not None else []
    if findings.errors_in():
        _refuse(findings.faults(), file, as_json=as_json)
    return days


def _refuse(faults: Iterable[Fault], file: Path, *, as_json: bool) -> NoReturn:
    every = list(faults)
    if as_json:
        say.as_json({"days": 0, "faults": say.fields(every)})
        raise typer.Exit(exits.PROBLEMS)
    for fault in every[:SHOWN_MOST]:
        say.note(str(fault))
    if len(every) > SHOWN_MOST:
        say.note(f"... and {len(every) - SHOWN_MOST} more")
    say.fail(f"{file}: nothing was planned", "mend what is named above", exits.PROBLEMS)


def _checked(asker: Asker, file: Path, days: list[Day], *, as_json: bool) -> dict[str, Any]:
    """What would be planned. Ends the command where the daemon knows an agent not, or has no room."""
    from router.config.faults import Fault

    found: dict[str, Any] = {"days": 0, "agents": len({day.agent for day in days}), "fresh": 0, "past": 0}
    lines: dict[str, list[int]] = {}
    for day in days:
        lines.setdefault(day.agent, []).append(day.line)
    unknown: dict[str, None] = {}
    for reply in _sent(asker, days, "check", file.name[:200], check=True):
        _add(found, reply)
        unknown.update(dict.fromkeys(reply.unknown))
        found["room"] = reply.room
    if unknown:
        faults = [
            Fault(file.name, f"the daemon knows no agent {agent!r}", "mend the name, or put them into agents.toml",
                  line=min(lines[agent]))
            for agent in unknown
        ]  # fmt: skip
        _refuse(sorted(faults, key=lambda fault: fault.line or 0), file, as_json=as_json)
    if found["fresh"] > found.get("room", 0):
        what = f"{file}: {found['fresh']} new days, and room for {found['room']}: nothing was planned"
        say.fail(what, "raise roster_days_max of [ewt], or import fewer days", exits.PROBLEMS)
    return found


def _planned(asker: Asker, days: list[Day], who: str, why: str) -> dict[str, Any]:
    """Plan them, piece by piece; a piece is planned whole or not at all, and the same again changes nothing."""
    from router.cli.asking import Unreachable

    found: dict[str, Any] = {"days": 0, "agents": len({day.agent for day in days}), "fresh": 0, "past": 0}
    try:
        for reply in _sent(asker, days, who, why, check=False):
            _add(found, reply)
    except Unreachable as error:
        if found["days"]:
            error.what += f" (after {found['days']} of {len(days)} days)"
            error.remedy = "run the same command again: days that are planned already are replaced by themselves"
        raise
    return found


def _sent(asker: Asker, days: list[Day], who: str, why: str, *, check: bool) -> Iterable[RosterReply]:
    from router.config.shifts import pieces
    from router.wire.catalogue import DAYS_MOST, Roster, RosterDay, RosterEntry, RosterReply

    for piece in pieces(days, DAYS_MOST, TIMES_A_MESSAGE):
        told = [
            RosterDay(day.agent, day.day, [RosterEntry(time.from_s, time.until_s, time.activity) for time in day.times])
            for day in piece
        ]
        reply = asker.ask(Roster(0, who, why, told, check))
        assert isinstance(reply, RosterReply)
        yield reply


def _add(found: dict[str, Any], reply: RosterReply) -> None:
    found["days"] += reply.days
    found["fresh"] += reply.fresh
    found["past"] += reply.past
