"""`switchboard who`: who could take a contact now, and of the others each, why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from router.cli import exits, say
from router.cli.running import Address, JsonLines, Socket, daemon

if TYPE_CHECKING:
    from router.cli.asking import Asker
    from router.wire.catalogue import Who, WhoReply, WhoStatus


def who(
    needs: Annotated[
        str | None,
        typer.Option("--needs", metavar="NEEDS", help="english=5,card=3; or a needs table as in the configuration."),
    ] = None,
    queue: Annotated[str | None, typer.Option("--queue", help="With the needs of this queue too.")] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="The queue's first, or voice, if not given.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="The customer's language.")] = None,
    contact: Annotated[str | None, typer.Option("--contact", metavar="ID", help="One that waits, instead.")] = None,
    gateway: Annotated[
        str | None, typer.Option("--gateway", help="The contact's gateway, where several have one of this id.")
    ] = None,
    socket: Socket = None,
    address: Address = None,
    as_json: JsonLines = False,
) -> None:
    """Show who could take such a contact now and, for the others, the first need that fails.

    Example: switchboard who --needs english=5,card=3 --queue cards

    Who meets the needs and can't take it now is shown with what keeps them from it. A needs table: --needs '{ any = [{
    english = 5 }, { team = "b" }] }'. Exit code 1 if nobody could take it, 2 if the daemon does not know the queue,
    channel or contact, or can't read the needs, 3 if it can't be reached.
    """
    from router.wire.catalogue import Who

    if gateway is not None and contact is None:
        say.fail("--gateway is that of a contact", "give --contact too", exits.USAGE)
    table = _table(needs)
    with daemon(socket, address, refused=exits.USAGE) as asker:
        pages = _pages(asker, Who(0, queue, channel, table, language, contact, gateway))
    found = [entry for page in pages for entry in page.agents]
    if as_json:
        say.as_json_lines(found)
    else:
        _print(pages[0], found)
    if not any(entry.takes for entry in found):
        raise typer.Exit(exits.PROBLEMS)


def _table(needs: str | None) -> dict[str, Any] | None:
    """`english=5,card=3`, or a table in the words of the configuration."""
    import tomllib

    if not needs:
        return None
    text = needs.strip()
    try:
        read: dict[str, Any] = tomllib.loads(f"needs = {text if text.startswith('{') else '{' + text + '}'}")["needs"]
    except tomllib.TOMLDecodeError as wrong:
        say.fail(f"--needs {needs} can't be read: {wrong}", "write it as english=5,card=3", exits.USAGE)
    return read


def _pages(asker: Asker, question: Who) -> list[WhoReply]:
    """Every page of the answer."""
    from copy import copy

    from router.wire.catalogue import WhoReply

    pages: list[WhoReply] = []
    while not pages or pages[-1].more:
        after = pages[-1].agents[-1].agent if pages else ""
        asked = copy(question)
        asked.after = after
        page = asker.ask(asked)
        assert isinstance(page, WhoReply)
        pages.append(page)
    return pages


def _print(first: WhoReply, found: list[WhoStatus]) -> None:
    """Who could take it, the preferred and best first; then those who only can't now; then who lacks something."""
    from router.cli.views import tables

    table = tables.listing("agent", "team", "state", "takes", "level", "why not")
    for entry in sorted(found, key=_rank):
        style = "green" if entry.takes else "dim" if entry.why_not == "needs" else None
        takes = "yes" if entry.takes else "no"
        table.add_row(entry.agent, entry.team, entry.state, takes, str(entry.level or ""), entry.words, style=style)
    could = sum(entry.takes for entry in found)
    say.table(f"{first.channel}: {first.asked}: {could} of {len(found)} could take it now", table)
    lacking = {entry.words if entry.why_not == "needs" else "" for entry in found}
    if len(found) > 1 and len(lacking) == 1 and lacking != {""}:
        say.note(f"nobody here has it: {lacking.pop()}. Is the name right?")


def _rank(entry: WhoStatus) -> tuple[bool, bool, int, int, str]:
    return not entry.takes, entry.why_not == "needs", entry.preferred or 0, -entry.level, entry.agent
