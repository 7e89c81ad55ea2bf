"""`switchboard import`: other people's call records into a trace."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from router.cli import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.trace import ImportResult

traces = typer.Typer(
    help="Make a trace out of call records, for `replay` and `play`.\n\n"
    "Example: switchboard import asterisk queue_log --out mine.trace",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Out = Annotated[Path, typer.Option("--out", help="The trace to write.")]
Seed = Annotated[int, typer.Option(help="Draws what the record leaves open of the agents' absences.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@traces.command("technion")
def technion(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A month of call records, plain or gzip.")],
    out: Out,
    seed: Seed = 1,
    as_json: Json = False,
) -> None:
    """Read a month of the "Anonymous Bank".

    Example: switchboard import technion bank-1999-02.tsv.gz --out feb.trace

    The data were collected by Avi Mandelbaum and Ilan Guedj, Technion; every result that rests on them names them.
    """
    from router.trace import import_technion

    _import(file, out, lambda progress: import_technion(file, seed=seed, progress=progress), as_json)


@traces.command("asterisk")
def asterisk(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A queue_log, plain or gzip.")],
    out: Out,
    time_zone: Annotated[str, typer.Option("--time-zone", help="Where its days begin, as an IANA name.")] = "UTC",
    seed: Seed = 1,
    as_json: Json = False,
) -> None:
    """Read the queue_log of an Asterisk.

    Example: switchboard import asterisk queue_log --out mine.trace
    """
    from router.trace import import_asterisk

    def read(progress: say.Progress) -> ImportResult:
        return import_asterisk(file, time_zone=time_zone, seed=seed, progress=progress)

    _import(file, out, read, as_json)


def _import(file: Path, out: Path, read: Callable[[say.Progress], ImportResult], as_json: bool) -> None:
    from router.trace import TraceError, write_trace

    try:
        with say.progress(f"reading {file.name}") as progress:
            result = read(progress)
    except TraceError as error:
        say.fail(f"{file}: {error}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        say.fail(f"{file} can't be read: {getattr(error, 'strerror', None) or error}")
    try:
        write_trace(out, result.trace)
    except OSError as error:
        say.fail(f"{out} can't be written: {error.strerror}")
    said = _as_json(result, out)
    if as_json:
        say.as_json(said)
    else:
        _print(said)


def _as_json(result: ImportResult, out: Path) -> dict[str, Any]:
    header, trace = result.trace.header, result.trace
    outcomes: dict[str, int] = {}
    for contact in trace.contacts:
        outcomes[contact.outcome or ""] = outcomes.get(contact.outcome or "", 0) + 1
    return {
        "trace": str(out),
        "source": header.source,
        "acknowledgement": header.acknowledgement,
        "start": header.start,
        "presence": header.presence,
        "days": [asdict(day) for day in header.days],
        "contacts": len(trace.contacts),
        "outcomes": outcomes,
        "left_out": dict(result.left_out),
        "left_out_in_all": sum(result.left_out.values()),
        "ignored_lines": dict(result.ignored_lines),
        "notes": dict(header.notes),
        "agents": len(trace.agents),
        "queues": header.queues,
    }


def _print(said: dict[str, Any]) -> None:
    say.data(f"{said['trace']}: {said['contacts']} contacts, {said['agents']} agents, {len(said['days'])} days")
    say.data(f"  from {said['source']}, presence {said['presence']}")
    for title, counted in (
        ("outcomes", said["outcomes"]),
        ("left out", said["left_out"]),
        ("lines ignored", said["ignored_lines"]),
        ("notes", said["notes"]),
    ):
        shown = ", ".join(f"{name} {count}" for name, count in counted.items() if count)
        if shown:
            say.data(f"  {title}: {shown}")
    if said["acknowledgement"]:
        say.data(f"  {said['acknowledgement']}")
