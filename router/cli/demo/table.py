"""The picture of the demo: queues, agents, the ledger so far.

It must not ask anybody. The one idea: figures of queues are the daemon's own, the ledger is the judge's, and both stand
beside each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from router.cli.play.ledger import KINDS
from router.cli.views.tables import by_state, queues, seconds

if TYPE_CHECKING:
    from rich.console import RenderableType

    from router.cli.play.player import Player
    from router.wire.catalogue import StatusReply


def picture(player: Player, status: StatusReply, hint: str) -> RenderableType:
    """What is on the screen now."""
    clock = player.clock
    title = Text(f"Switchboard demo: a bank's busy hour, {clock.speed:g} times faster", style="bold")
    title.append(f"   {seconds(max(0, clock.now_us()) // 1000)} of the hour", style="not bold")
    parts: list[RenderableType] = [
        title,
        Text(),
        queues(sorted(status.queues, key=lambda queue: queue.queue)),
        Text(),
        by_state(status.agents),
        Text(ledger_text(player), style="" if player.ledger.clean else "bold red"),
        Text(hint, style="dim"),
    ]
    return Group(*parts)


def line(player: Player, status: StatusReply) -> str:
    """The same in one line, where there is no terminal."""
    waiting = sum(queue.waiting + queue.held for queue in status.queues)
    talking = sum(queue.connected for queue in status.queues)
    answered = sum(queue.answered for queue in status.queues)
    abandoned = sum(queue.abandoned for queue in status.queues)
    at = seconds(max(0, player.clock.now_us()) // 1000)
    return (
        f"{at}: {player.arrived} arrived, {waiting} waiting, {talking} talking, {answered} answered, "
        f"{abandoned} abandoned; {ledger_text(player)}"
    )


def ledger_text(player: Player) -> str:
    """The four kinds of fault so far."""
    return "ledger: " + ", ".join(f"{kind} {player.ledger.faults[kind]}" for kind in KINDS)
