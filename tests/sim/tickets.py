"""What a seed draws of tickets: queues, and a path through them. Drawn apart from the rest of the plan, so that other
topics do not move these draws. The client that owns them is in `crm.py`.
"""

from __future__ import annotations

from random import Random
from typing import Any

from msgspec.structs import replace

from router.core import settings as of
from router.core.tickets.settings import Node, TicketPath
from router.terms import SECOND_US

CRM = "main/crm"
TICKET = "ticket"
REACHED = (
    "ticket: moved: unresolved", "ticket: moved: limit", "ticket: moved: transfer", "ticket: moved: hops_max",
    "ticket: warned", "ticket: limit", "ticket: overdue", "ticket: came_back: answer", "ticket: came_back: date",
    "ticket: reopened", "ticket tracked", "ticket without a path", "ticket withdrawn", "ticket unknown after a list",
)  # fmt: skip
"""What a set of a hundred seeds must show."""

Phones = tuple[tuple[int, str, tuple[str, ...]], ...]


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings with queues of tickets, and a path through them; in some seeds without any."""
    rng = Random(f"tickets {seed}")
    channel = of.Channel(
        TICKET,
        units=rng.choice((25, 50)),
        ring_us=rng.choice((3, 8)) * SECOND_US,
        connect_us=4 * SECOND_US,
        misses_to_not_ready=3,
        kept_without_gateway=True,
        open_hours=True,
    )
    settings = replace(settings, channels=(*settings.channels, channel))
    if rng.random() < 0.3:
        return settings
    some = settings.queues[0]
    queues = tuple(
        replace(
            some,
            name=f"t{number}",
            channels=(TICKET,),
            needs=some.needs if number == 1 else of.Queue("").needs,
            open=True,
            enter_unstaffed=number != 2,
            ticket_path="" if number == 2 else "repair",
            ticket_due_us=rng.choice((0, 20)) * SECOND_US,
            treatments=(),
            calendar="",
            ring_several=1,
        )
        for number in range(4)
    )
    return replace(settings, queues=(*settings.queues, *queues), ticket_paths=(_path(rng),))


def _path(rng: Random) -> TicketPath:
    def node(name: str, queue: str, **more: Any) -> Node:
        limit_us = rng.choice((0, 6, 15, 40)) * SECOND_US
        return Node(
            name,
            queue,
            limit_us=limit_us,
            warn_before_us=limit_us // 3,
            clock="always",
            stops_when_pending=rng.choice(((), ("customer",), ("customer", "department", "date"))),
            **more,
        )

    return TicketPath(
        "repair",
        node("end", "t3"),
        nodes=(
            node("first", "t0", next="second", next_by_code=(("solved", "end"),), escalate_to="second"),
            node("second", "t1", next_by_code=(("sold", "first"),)),
        ),
        hops_max=rng.choice((1, 2, 5)),
        holder_first_us=rng.choice((0, 4)) * SECOND_US,
    )


def phones(seed: int, plain: dict[str, Phones]) -> dict[str, Phones]:
    """Most agents take tickets too, on their first device."""
    rng = Random(f"ticket phones {seed}")
    return {
        name: ((*each[0][:2], (*each[0][2], TICKET)), *each[1:]) if rng.random() < 0.7 else each
        for name, each in plain.items()
    }
