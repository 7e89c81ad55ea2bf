"""A caller of a run under a whole configuration, and what became of them.

It must not know who moves it on.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from router.trace.patience import Draw
from router.trace.records import Contact
from router.trace.replay.caller import COMING, Caller

Fate: TypeAlias = Literal["answered", "partner", "abandoned", "refused", "treated", "callback"]
"""`partner`: answered outside; `refused`: not let in; `treated`: sent away while waiting, with a message, say;
`callback`: has taken a call-back, which is a case of its own."""


class Case(Caller):
    """One caller on the way."""

    __slots__ = (
        "advised", "announced", "attempt", "called", "fate", "is_callback", "moves", "origin", "partner", "queue",
        "redial", "said", "why",
    )  # fmt: skip

    def __init__(self, contact: Contact, draw: Draw) -> None:
        super().__init__(contact, draw)
        self.origin = contact
        """Whose need it is: the first attempt at it that the trace does not have as a redial."""
        self.attempt = 1
        """Counted from `origin`."""
        self.redial = False
        """Came because the attempt before has failed."""
        self.fate: Fate = "abandoned"
        self.why = ""
        """Of who was refused or treated: the engine's reason."""
        self.said = ""
        """What the engine's own record says of the end of the visit."""
        self.queue = contact.queue
        """Where they wait, or were taken."""
        self.partner = ""
        """Who outside has answered them."""
        self.moves = 0
        self.announced = 0
        self.advised = ""
        """What was offered to them instead: `callback`, `self_service`, a channel."""

        self.called: Case | None = None
        """The call-back that they have taken."""
        self.is_callback = False
        """Is one that somebody has taken in this run: it comes when they are on the line."""

    @property
    def came(self) -> bool:
        """No redial on record whose reason was not there, and no call-back whose customer was never reached."""
        return self.state != COMING
