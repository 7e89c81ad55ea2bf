"""`switchboard diff`, `apply`, `rollback` and `history`: the configuration of a running daemon.

The one idea: the daemon reads, judges and keeps; what is said here is what it answered.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer

from router.cli import exits, say
from router.cli.commands.doors import lasts_ms
from router.cli.running import Address, Socket

if TYPE_CHECKING:
    from router.cli.asking import Asker
    from router.wire.catalogue import ChangeShown, Consequence, Message, Reloaded, Request, VersionShown, VersionsReply

T = TypeVar("T")

ANSWER_MOST_S: Final = 90.0
"""Reading 10,000 agents twice and going over to them takes seconds on a busy machine; a check that hangs is given up
after a minute."""

SHOWN: Final = 50
"""Changes that are shown without --all."""

As = Annotated[str | None, typer.Option("--as", metavar="WHO", help="Who does it: your name, one word.")]
Why = Annotated[str | None, typer.Option("--why", metavar="TEXT", help="Why, in a line: it is kept with the version.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Only say what it would change, and do to those who wait.")]
Force = Annotated[bool, typer.Option("--force", help="Also where somebody who waits is hurt by it.")]
ConfirmWithin = Annotated[
    str | None,
    typer.Option(
        "--confirm-within",
        metavar="TIME",
        help="90s, 5m or 1h: unless `switchboard apply --confirm` comes by then, the version of before comes back.",
    ),
]
Version = Annotated[int, typer.Argument(metavar="[VERSION]", min=0, help="One that `switchboard history` lists.")]


def diff(
    version: Version = 0,
    every: Annotated[bool, typer.Option("--all", help="Every change, however many there are.")] = False,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Show what the directory, or a kept version, would change in a running daemon, and do to those who wait.

    Example: switchboard diff

    A line for each setting that differs, then what people have set by hand, and stays: queues closed or opened, skills,
    plans they have started, rules and plans they have paused. Exit code 1 if it has mistakes, or `apply` would refuse
    it; 3 if the daemon can't be reached.
    """
    from router.wire.catalogue import Difference

    def question(asker: Asker) -> Reloaded:
        told = _told(asker.ask(Difference(0, version)))
        while every and len(told.changes) < told.changes_total:
            page = _told(asker.ask(Difference(0, version, len(told.changes))))
            if not page.changes:
                break
            told.changes += page.changes
        return told

    told = _ask(question, socket, address)
    _show(told, as_json=as_json, every=every)
    if told.why in ("faults", "failed") or any(each.stops for each in told.consequences):
        raise typer.Exit(exits.PROBLEMS)


def apply(
    who: As = None,
    why: Why = None,
    dry_run: Dry = False,
    force: Force = False,
    confirm_within: ConfirmWithin = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="What is on trial stays.")] = False,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Put what lies in the daemon's directory in force.

    Example: switchboard apply --as mia --why "more people for cards" --confirm-within 5m

    It is checked whole, and tried on those who wait and work now: where some would be sent away or could be served by
    nobody it is refused, unless --force is given. A refused configuration changes nothing. Exit code 1 if it is
    refused, 3 if the daemon can't be reached.
    """
    from router.wire.catalogue import Apply, ConfirmApply

    if not dry_run and (who is None or why is None):
        say.fail("--as and --why are missing", "say who you are, and why: both are kept", exits.USAGE)
    if confirm:
        if dry_run or force or confirm_within is not None:
            say.fail("--confirm goes with --as and --why only", "leave the others out", exits.USAGE)
        _ask(lambda asker: asker.ask(ConfirmApply(0, who or "", why or "")), socket, address)
        if as_json:
            say.as_json({"confirmed": True})
        else:
            say.data("confirmed: it stays")
        return
    within_ms = lasts_ms(confirm_within) if confirm_within is not None else 0
    order = Apply(0, who or "dry-run", why or "dry run", 0, dry_run, force, within_ms)
    _carry_out(order, socket, address, as_json=as_json)


def rollback(
    version: Version = 0,
    who: As = None,
    why: Why = None,
    dry_run: Dry = False,
    force: Force = False,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Put an earlier version in force again: without VERSION the one before.

    Example: switchboard rollback 12 --as mia --why "cards were left alone"

    The directory stays as it is, and is not taken up again until it has changed, also not by a restart. The version
    that comes back gets a new number. Exit code 1 if it is refused, 3 if the daemon can't be reached.
    """
    from router.wire.catalogue import Apply, Versions, VersionsReply

    if not dry_run and (who is None or why is None):
        say.fail("--as and --why are missing", "say who you are, and why: both are kept", exits.USAGE)
    if not version:
        known = _ask(lambda asker: asker.ask(Versions(0)), socket, address)
        assert isinstance(known, VersionsReply), "nothing else answers it"
        version = before(known)
        if not version:
            say.fail("there is no version before this one", "see: switchboard history", exits.PROBLEMS)
    order = Apply(0, who or "dry-run", why or "dry run", version, dry_run, force)
    _carry_out(order, socket, address, as_json=as_json)


def history(
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Show the versions of the configuration that a running daemon keeps: who brought each, when and why.

    Example: switchboard history

    Exit code 3 if the daemon can't be reached.
    """
    from router.wire.catalogue import Versions, VersionsReply

    known = _ask(lambda asker: asker.ask(Versions(0)), socket, address)
    assert isinstance(known, VersionsReply), "nothing else answers it"
    if as_json:
        say.as_json(
            {
                "current": known.current,
                "trial_ms": known.trial_ms,
                "back_to": known.back_to,
                "pending": known.pending,
                "versions": [_fields(each) for each in known.versions],
            }
        )
        return
    from rich.console import Console

    from router.cli.views import tables

    width = None if sys.stdout.isatty() else 160
    Console(highlight=False, width=width).print(tables.versions(known))
    if known.trial_ms:
        left = tables.seconds(known.trial_ms)
        say.data(f"version {known.current} is on trial: {known.back_to} comes back in {left} unless it is confirmed")
    if known.pending:
        say.data(f"not in force: {known.pending}")


def before(known: VersionsReply) -> int:
    """The version that was in force before the present one, 0 where none is known. Before a version that came back,
    that is what was in force before it came the first time."""
    current = next((each for each in known.versions if each.version == known.current), None)
    if current is None:
        return 0
    number = current.of or current.version
    earlier = [each for each in known.versions if each.version < number and each.digest != current.digest]
    return earlier[-1].version if earlier else 0


def _carry_out(order: Request, socket: Path | None, address: str | None, *, as_json: bool) -> None:
    told = _ask(lambda asker: _told(asker.ask(order)), socket, address)
    _show(told, as_json=as_json, every=False)
    refused = told.why not in ("", "dry_run", "same")
    if refused or (told.why == "dry_run" and any(each.stops for each in told.consequences)):
        raise typer.Exit(exits.PROBLEMS)


def _told(answer: Message) -> Reloaded:
    from router.wire.catalogue import Reloaded

    assert isinstance(answer, Reloaded), "nothing else answers it"
    return answer


def _ask(question: Callable[[Asker], T], socket: Path | None, address: str | None) -> T:
    """Its answer; the end of the command where there is none."""
    from router.cli import asking

    if socket is not None and address is not None:
        say.fail("--socket and --address are two ways to the same daemon", "give one of them", exits.USAGE)
    try:
        with asking.asker(socket, address, ANSWER_MOST_S) as asker:
            return question(asker)
    except asking.Refusal as error:
        say.fail(error.what, error.remedy, exits.PROBLEMS)
    except asking.Unreachable as error:
        say.fail(error.what, error.remedy)


SAID: Final = {
    "": "in force: version {version}, digest {digest}",
    "dry_run": "nothing was changed: version {version} is in force, digest {digest}",
    "same": "nothing to do: version {version} says the same, digest {digest}",
    "faults": "refused: it has mistakes; version {version} stays in force, digest {digest}",
    "unsafe": "refused: people who wait would be hurt (--force applies it all the same); version {version} stays",
    "failed": "not applied: the check did not come to an end (see the daemon's log); version {version} stays in force",
    "not_kept": "not applied: the version can't be kept on the disk (see the daemon's log); version {version} stays",
}


def _show(told: Reloaded, *, as_json: bool, every: bool) -> None:
    if as_json:
        say.as_json(
            _fields(told)
            | {"changes": [_fields(each) for each in told.changes]}
            | {"consequences": [_fields(each) for each in told.consequences]}
        )
        return
    for fault in told.faults:
        say.data(fault)
    shown = told.changes if every else told.changes[:SHOWN]
    for change in shown:
        say.data(change.words)
    if told.changes_total > len(shown):
        say.data(f"... and {told.changes_total - len(shown)} changes more (switchboard diff --all)")
    for each in told.consequences:
        names = f" ({', '.join(each.examples)})" if each.examples else ""
        say.data(f"{'STOPS' if each.stops else 'note'}: {each.words}{names}")
    for words in told.by_hand:
        say.data(f"by hand, and stays: {words}")
    say.data(SAID[told.why].format(version=told.version, digest=told.digest))
    if told.trial_ms:
        confirm = "switchboard apply --confirm --as WHO --why TEXT"
        say.data(f"on trial: confirm it within {told.trial_ms // 1000} s with: {confirm}")


def _fields(of: Reloaded | ChangeShown | Consequence | VersionShown) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__struct_fields__ if name != "re"}
