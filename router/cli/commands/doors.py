"""`switchboard queue NAME close|open`: a supervisor's hand on a queue's door."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from router.cli import exits, say
from router.cli.commands.hands import Who, Why, carry_out
from router.cli.running import Address, Json, Socket

if TYPE_CHECKING:
    from router.wire.catalogue import Request

UNTIL_MOST_MS: Final = 366 * 86_400_000
"""As long as any duration of the protocol."""
UNITS_S: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

_LASTS = re.compile(r"(\d{1,6})([smhd])")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class Door(StrEnum):
    """What can be done to a queue."""

    CLOSE = "close"
    OPEN = "open"


def queue(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The queue.")],
    deed: Annotated[Door, typer.Argument(metavar="close|open", help="What to do.")],
    who: Who,
    why: Why,
    message: Annotated[
        str | None, typer.Option("--message", metavar="ID", help="With close: what those are told who come, or wait.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="T", help="18:30 or 2026-11-21T08:00 of this machine's clock, or 90m, 2h, 1d."),
    ] = None,
    serve_out: Annotated[
        bool, typer.Option("--serve-out", help="With close: those who wait are served all the same.")
    ] = False,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Close a queue at once, whatever its hours say, or open it again.

    Example: switchboard queue sales close --message fire-alarm --as mia --why "the building is being cleared"

    Nobody is let in, and who waits is sent away as at closing; an offer that rings, and a talk, go on. It holds,
    through reloads and restarts, until open, or until T. open takes it back: settings and calendar decide again; with
    --until the queue is open until then, whatever they say. Exit code 1 if the daemon refuses, 3 if it can't be
    reached.
    """
    from router.wire.catalogue import CloseQueue, OpenQueue

    until_ms = until_ms_of(until, datetime.now().astimezone()) if until is not None else 0
    if deed is Door.CLOSE:
        request: Request = CloseQueue(0, who, why, name, message, until_ms, serve_out)
    else:
        if message is not None or serve_out:
            say.fail("open takes neither --message nor --serve-out", "give them with close", exits.USAGE)
        request = OpenQueue(0, who, why, name, until_ms)
    carry_out(request, socket, address, f"{name}: {deed.value}{f' until {until}' if until else ''}", as_json=as_json)


def lasts_ms(word: str) -> int:
    """How long a word like 90s, 5m or 1h lasts."""
    lasts = _LASTS.fullmatch(word)
    found_ms = int(lasts[1]) * UNITS_S[lasts[2]] * 1000 if lasts is not None else 0
    if not 0 < found_ms <= UNTIL_MOST_MS:
        say.fail(f"{word!r} is no time to wait", "write it as 90s, 5m or 1h", exits.USAGE)
    return found_ms


def until_ms_of(word: str, now: datetime) -> int:
    """How long it is until then; a time of day that is past is tomorrow's."""
    lasts, time = _LASTS.fullmatch(word), _TIME.fullmatch(word)
    if lasts is not None:
        found = now + timedelta(seconds=int(lasts[1]) * UNITS_S[lasts[2]])
    elif time is not None:
        found = now.replace(hour=int(time[1]), minute=int(time[2]), second=0, microsecond=0)
        found = found if found > now else found + timedelta(days=1)
    else:
        try:
            found = datetime.fromisoformat(word).astimezone()
        except ValueError:
            say.fail(f"{word!r} is no time", "write it as 18:30, 2026-11-21T08:00, 90m or 2h", exits.USAGE)
    until_ms = round((found - now) / timedelta(milliseconds=1))
    if not 0 < until_ms <= UNTIL_MOST_MS:
        say.fail(f"{word} is past, or more than a year away", "give a time that is to come", exits.USAGE)
    return until_ms
