"""`switchboard agent` and `switchboard contact`: a supervisor's hands in a running daemon.

Each names who does it and why; the daemon keeps that with what it changed (`switchboard audit`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from router.cli import exits, say
from router.cli.running import Address, Json, Socket, daemon

if TYPE_CHECKING:
    from router.terms import ListenMode
    from router.wire.catalogue import Request

Who = Annotated[str, typer.Option("--as", metavar="WHO", help="Who does it: your name, one word.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why, in a line: it is kept with what you do.")]
Gateway = Annotated[
    str | None, typer.Option("--gateway", help="The contact's gateway, where several have a contact of this id.")
]


class AgentDeed(StrEnum):
    """What can be done to an agent."""

    READY = "ready"
    NOT_READY = "not-ready"
    LOGOUT = "logout"
    SKILLS = "skills"


class ContactDeed(StrEnum):
    """What can be done to a contact."""

    MOVE = "move"
    PRIORITY = "priority"
    ASSIGN = "assign"
    PULL = "pull"
    END = "end"
    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


LISTENS: Final[dict[ContactDeed, ListenMode]] = {
    ContactDeed.LISTEN: "listen",
    ContactDeed.WHISPER: "whisper",
    ContactDeed.BARGE: "barge",
}
"""Who hears the supervisor's device: nobody, the agent, everybody."""


class Place(StrEnum):
    """Where a moved contact stands."""

    KEEP = "keep"
    RESTART = "restart"
    FRONT = "front"


def agent(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The agent.")],
    deed: Annotated[AgentDeed, typer.Argument(metavar="ready|not-ready|logout|skills", help="What to do.")],
    who: Who,
    why: Why,
    levels: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SKILL=LEVEL ...]", help="With skills: 1 to 10, 0 for none, or back."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="With not-ready: a reason that is configured.")] = "break",
    reset: Annotated[bool, typer.Option("--reset", help="With skills: take back all of before.")] = False,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Make an agent ready or not ready, sign them out, or lay skills over their configuration.

    Example: switchboard agent ann skills cards=6 --as mia --why "cards are alone today"

    A talk or wrap-up is never cut: a break or log-out takes effect after it. Skills hold until they are taken back.
    Exit code 1 if the daemon refuses, 3 if it can't be reached.
    """
    from router.wire.catalogue import SetAgent, SetSkills

    if levels and deed is not AgentDeed.SKILLS:
        say.fail(f"{deed.value} takes no levels", "give them with skills", exits.USAGE)
    request: Request
    match deed:
        case AgentDeed.READY:
            request = SetAgent(0, who, why, name, "ready")
        case AgentDeed.NOT_READY:
            request = SetAgent(0, who, why, name, "not_ready", reason)
        case AgentDeed.LOGOUT:
            request = SetAgent(0, who, why, name, "offline")
        case AgentDeed.SKILLS:
            if not levels and not reset:
                say.fail("skills need levels, as cards=6, or --reset", "see: switchboard agent --help", exits.USAGE)
            request = SetSkills(0, who, why, name, dict(_level(each) for each in levels or ()), reset)
    carry_out(request, socket, address, f"{name}: {deed.value}", as_json=as_json)


def _level(word: str) -> tuple[str, int | None]:
    skill, _, level = word.partition("=")
    if skill and level == "back":
        return skill, None
    if not skill or not level.isdecimal() or not 0 <= int(level) <= 10:
        say.fail(f"{word!r} is no level", "write it as cards=6, cards=0 or cards=back", exits.USAGE)
    return skill, int(level)


def contact(
    name: Annotated[str, typer.Argument(metavar="ID", help="The contact, by its id at its gateway.")],
    deed: Annotated[
        ContactDeed, typer.Argument(metavar="move|priority|assign|pull|end|listen|whisper|barge", help="What to do.")
    ],
    who: Who,
    why: Why,
    value: Annotated[
        str | None, typer.Argument(metavar="[QUEUE|SECONDS|AGENT|ADDRESS]", help="Where to, how much, or whom.")
    ] = None,
    gateway: Gateway = None,
    place: Annotated[Place, typer.Option("--place", help="With move: where in the line.")] = Place.KEEP,
    anyone: Annotated[bool, typer.Option("--anyone", help="With assign: for anybody able again.")] = False,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Move a waiting contact, change its head start, give it to one agent, take it back, end it, or listen in.

    Example: switchboard contact call-17 move cards --as mia --why "chose the wrong key"

    An offer that rings for it is taken back, and is no miss. pull takes it from its agent back to its place; end ends
    the visit and frees the agent, even if the gateway is silent. listen lets the address of your own device hear a
    talk; with whisper the agent hears you too, with barge everybody. Exit code 1 if the daemon refuses, 3 if it can't
    be reached.
    """
    from router.wire.catalogue import AssignContact, EndContact, ListenContact, MoveContact, PullContact, SetPriority

    wants = {
        ContactDeed.MOVE: "a queue",
        ContactDeed.PRIORITY: "seconds",
        ContactDeed.ASSIGN: "an agent, or --anyone",
        **dict.fromkeys(LISTENS, "the address of your device"),
    }
    if (value is not None) != (deed in wants and not anyone):
        say.fail(f"{deed.value} takes {wants.get(deed, 'nothing more')}", "try --help", exits.USAGE)
    given = value or ""
    request: Request
    match deed:
        case ContactDeed.MOVE:
            request = MoveContact(0, who, why, name, given, place.value, gateway)
        case ContactDeed.PRIORITY:
            request = SetPriority(0, who, why, name, _seconds(given), gateway)
        case ContactDeed.ASSIGN:
            request = AssignContact(0, who, why, name, value, gateway)
        case ContactDeed.PULL:
            request = PullContact(0, who, why, name, gateway)
        case ContactDeed.END:
            request = EndContact(0, who, why, name, gateway)
        case ContactDeed.LISTEN | ContactDeed.WHISPER | ContactDeed.BARGE:
            request = ListenContact(0, who, why, name, given, gateway, LISTENS[deed])
    carry_out(request, socket, address, f"{name}: {deed.value}{f' {given}' if given else ''}", as_json=as_json)


def _seconds(word: str) -> int:
    if not word.isdecimal():
        say.fail(f"{word!r} is no number of seconds", "write it as 60", exits.USAGE)
    return int(word)


def carry_out(request: Request, socket: Path | None, address: str | None, said: str, *, as_json: bool) -> None:
    """Let the daemon do it and say so, or end the command and say why not."""
    with daemon(socket, address, as_json=as_json) as asker:
        asker.ask(request)
    if as_json:
        say.as_json({"done": True})
    else:
        say.note(said)
