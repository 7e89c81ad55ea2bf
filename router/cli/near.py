"""Which name was meant, where the daemon does not know the one that was given.

The command finds out by itself, after the refusal: it asks the daemon for the names that there are, and looks for the
nearest. So a refusal costs the engine no more than it did, however many names it has.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from router.cli.asking import Asker, Refusal

NAMES_MOST: Final = 10_000
"""Names that are looked at: a third of a second's work of ours, and ten pages of the daemon's."""

REFUSED: Final = ("unknown_queue", "unknown_agent", "unknown_plan", "unknown_rule")
"""Errors whose detail is a name of which there is a list."""


def meant(asker: Asker, refusal: Refusal) -> str:
    """The known name nearest to the one that was refused; empty where nothing is near, or nothing more is answered."""
    from router.cli.asking import Unreachable
    from router.config.faults import alike

    if refusal.code not in REFUSED or not refusal.detail:
        return ""
    with contextlib.suppress(Unreachable):
        return alike(refusal.detail, islice(_names(asker, refusal.code), NAMES_MOST)) or ""
    return ""


def _names(asker: Asker, code: str) -> Iterator[str]:
    """All names of the kind that this code refuses; of agents those who are signed in, or have skills by hand."""
    from router.wire.catalogue import Agents, Plans, Rules, Status, StatusReply

    if code == "unknown_queue":
        whole = asker.ask(Status(0))
        assert isinstance(whole, StatusReply), "nothing else answers it"
        yield from (queue.queue for queue in whole.queues)
        return
    kind, listed, named = {
        "unknown_agent": (Agents, "agents", "agent"),
        "unknown_plan": (Plans, "plans", "plan"),
        "unknown_rule": (Rules, "rules", "rule"),
    }[code]
    more, after = True, ""
    while more:
        page: Any = asker.ask(kind(0, after))
        names = [getattr(each, named) for each in getattr(page, listed)]
        yield from names
        more, after = page.more, names[-1] if names else ""
