"""`switchboard partners`: what outsourcers have, how they do, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from router.cli import say
from router.cli.running import Address, Socket, daemon

if TYPE_CHECKING:
    from router.wire.catalogue import PartnerStatus


def partners(
    socket: Socket = None,
    address: Address = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: an object a line.")] = False,
) -> None:
    """Show every partner: what it has now, its share, its service level against what it promised, and what it costs.

    Example: switchboard partners

    The share is that of the contract, less where the partner falls short; all counts since it has been known. Exit code
    3 if the daemon can't be reached.
    """
    from router.wire.catalogue import PartnersAsked, PartnersReply

    found: list[PartnerStatus] = []
    more = True
    with daemon(socket, address) as asker:
        while more:
            page = asker.ask(PartnersAsked(0, found[-1].partner if found else ""))
            assert isinstance(page, PartnersReply)
            found += page.partners
            more = page.more
    if as_json:
        say.as_json_lines(found)
    else:
        _show(found)


def _show(found: list[PartnerStatus]) -> None:
    from router.cli.views import tables

    columns = ("partner", "state", "now", "share", "service level", "sent", "answered", "in target", "failed", "cost")
    table = tables.listing(*columns)
    for each in found:
        level = "-" if each.service_level is None else _percent(each.service_level)
        table.add_row(
            each.partner, each.state, f"{each.at_once} of {each.at_most}",
            f"{_percent(each.share)} of {_percent(each.share_most)}", f"{level} of {_percent(each.promised)}",
            str(each.sent), str(each.answered), str(each.in_target), str(each.failed),
            f"{each.cost:.2f} {each.currency}",
        )  # fmt: skip
    say.table(table)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
