"""`switchboard plan` and `switchboard layers`: prepared plans, and what is laid over the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli import exits, say
from router.cli.commands.doors import until_ms_of
from router.cli.commands.hands import Who, Why, carry_out
from router.cli.running import Address, Json, JsonLines, Socket, daemon

if TYPE_CHECKING:
    from router.wire.catalogue import Clash, LayerStatus, Message, PlanStarted, PlanStatus, Request

Kind = Annotated[str, typer.Argument(metavar="plan", help="The word: layers of rules go by `switchboard rules`.")]
Name = Annotated[str, typer.Argument(metavar="[NAME]", help="The plan; none: all of them.")]

plan = typer.Typer(
    no_args_is_help=True,
    help="""Plans prepared beforehand: start one, stop it, see what is active.

    Example: switchboard plan start storm --as mia --why "hail in the south"
    """,
)
layers = typer.Typer(
    no_args_is_help=False,
    help="""What rules, plans and hands have laid over the configuration.

    Example: switchboard layers
    """,
)


@plan.command()
def start(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The plan, as plans.toml names it.")],
    who: Who,
    why: Why,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="T", help="18:30, 2026-11-21T08:00, or 90m, 2h, 1d; else as the plan says."),
    ] = None,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Start a plan; one that is active counts its time anew.

    Example: switchboard plan start storm --as mia --why "hail in the south"

    It is in effect at once, also for those who wait. Shown are its layers that overrule others or are overruled, and
    what is to be done by hand. Exit code 1 if the daemon refuses, 3 if it can't be reached.
    """
    from router.wire.catalogue import PlanStarted, StartPlan

    lasts_ms = until_ms_of(until, datetime.now().astimezone()) if until is not None else None
    started = _ask(StartPlan(0, who, why, name, lasts_ms), socket, address, as_json=as_json)
    assert isinstance(started, PlanStarted)
    if as_json:
        clashes = [_fields(clash) for clash in started.clashes]
        say.as_json(_fields(started) | {"clashes": clashes})
    else:
        _show_started(started)


@plan.command()
def stop(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The plan.")],
    who: Who,
    why: Why,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Stop a plan, whoever started it: all that it did is undone, except what can't be.

    Example: switchboard plan stop storm --as mia --why "it is over"

    What was sent, told or emptied stays so. Exit code 1 if the daemon refuses, 3 if it can't be reached.
    """
    from router.wire.catalogue import StopPlan

    carry_out(StopPlan(0, who, why, name), socket, address, f"{name} is stopped", as_json=as_json)


@plan.command("list")
def listed(socket: Socket = None, address: Address = None, as_json: JsonLines = False) -> None:
    """List all plans, active or not: who wants them, since when, and when they end.

    Example: switchboard plan list

    Exit code 3 if the daemon can't be reached.
    """
    from router.wire.catalogue import Plans, PlansReply

    found: list[PlanStatus] = []
    more = True
    while more:
        page = _ask(Plans(0, found[-1].plan if found else ""), socket, address)
        assert isinstance(page, PlansReply)
        found += page.plans
        more = page.more
    if as_json:
        say.as_json_lines(found)
        return
    rows = [
        (
            each.plan, ("paused" if each.paused else "active") if each.active else "-", ", ".join(each.by), each.who,
            each.why, _time(each.since_ms), _time(each.expires_in_ms), str(each.rank), each.calendar, each.owner,
        )
        for each in found
    ]  # fmt: skip
    _table(("plan", "state", "wanted by", "who", "why", "since", "ends in", "rank", "calendar", "owner"), rows)


@layers.callback(invoke_without_command=True)
def shown(context: typer.Context, socket: Socket = None, address: Address = None, as_json: JsonLines = False) -> None:
    """List everything in force that rules, plans and hands have laid over the configuration, and what is overruled.

    Example: switchboard layers

    Exit code 3 if the daemon can't be reached.
    """
    if context.invoked_subcommand is not None:
        return
    from router.wire.catalogue import LayersAsked, LayersReply

    found: list[LayerStatus] = []
    more = True
    paused: list[str] = []
    while more:
        page = _ask(LayersAsked(0, found[-1].layer if found else ""), socket, address)
        assert isinstance(page, LayersReply)
        found += page.layers
        more, paused = page.more, page.paused
    if as_json:
        say.as_json_lines(found)
        return
    _show_layers(found, paused)


@layers.command()
def pause(
    who: Who,
    why: Why,
    kind: Kind = "",
    name: Name = "",
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Take off the layers of all plans, or of one; none is forgotten.

    All layers at once, those of rules too, are taken off by `switchboard rules pause`.

    Example: switchboard layers pause plan storm --as mia --why "what is going on?"

    Exit code 1 if the daemon refuses, 3 if it can't be reached.
    """
    from router.wire.catalogue import PauseLayers

    _only_plans(kind)
    said = f"layers of {name or 'all plans'} are off"
    carry_out(PauseLayers(0, who, why, "plan", name), socket, address, said, as_json=as_json)


@layers.command()
def resume(
    who: Who,
    why: Why,
    kind: Kind = "",
    name: Name = "",
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Put layers on again, by the same words by which they were taken off.

    Example: switchboard layers resume plan storm --as mia --why "it was not that"

    Exit code 1 if the daemon refuses, 3 if it can't be reached.
    """
    from router.wire.catalogue import ResumeLayers

    _only_plans(kind)
    said = f"layers of {name or 'all plans'} are on"
    carry_out(ResumeLayers(0, who, why, "plan", name), socket, address, said, as_json=as_json)


def _only_plans(word: str) -> None:
    """Only plans are taken off by this command."""
    if word != "plan":
        remedy = "write plan [NAME]; of rules, and all layers at once: `switchboard rules pause [NAME]`"
        say.fail(f"layers of {word!r} are not taken off alone" if word else "whose layers?", remedy, exits.USAGE)


def _ask(request: Request, socket: Socket, address: Address, *, as_json: bool = False) -> Message:
    with daemon(socket, address, as_json=as_json) as asker:
        return asker.ask(request)


def _fields(entry: PlanStarted | Clash) -> dict[str, object]:
    return {name: getattr(entry, name) for name in entry.__struct_fields__}


def _show_started(started: PlanStarted) -> None:
    ends = f", ends in {_time(started.expires_in_ms)}" if started.expires_in_ms is not None else ""
    say.note(f"{started.plan} is active: {started.layers} layers{ends}")
    for clash in started.clashes:
        say.note(f"  {clash.target} {clash.what}: {clash.winner} overrules {clash.loser}")
    for refused in started.refused:
        say.note(f"  {refused}: without effect, the queue would need more lines than it may have")
    if started.paused:
        say.note("  its layers are off at present: switchboard layers tells by which words")
    if started.todo:
        say.note(f"by hand: {started.todo}")


def _show_layers(found: list[LayerStatus], paused: list[str]) -> None:
    rows = [
        (
            each.target, each.what, each.value, f"{each.source} {each.name}",
            each.state.replace("_", " ") + (f" by {each.overruled_by}" if each.overruled_by else ""),
            str(each.rank), "hand" if each.by_hand else "", _time(each.since_ms), _time(each.expires_in_ms),
        )
        for each in sorted(found, key=lambda each: (each.target, each.what, each.state, each.layer))
    ]  # fmt: skip
    _table(("target", "what", "in effect", "laid by", "state", "rank", "by", "since", "ends in"), rows)
    if paused:
        say.note(f"off: {', '.join(paused)}")


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from router.cli.views import tables

    table = tables.listing(*columns)
    for row in rows:
        table.add_row(*row)
    say.table(table)


def _time(ms: int | None) -> str:
    """`1:05` in minutes and seconds; a dash where there is none."""
    if ms is None:
        return "-"
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes}:{seconds:02}"
