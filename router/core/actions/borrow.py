"""Lend agents to other work, one by one, and never below what the donor must keep."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from router.core.actions.base import Action, Target
from router.terms import SECOND_US

First: TypeAlias = Literal["longest_idle", "best_skill", "least_flexible"]
Mode: TypeAlias = Literal["also", "only"]

LOAN = "loan"


class Borrow(Action, frozen=True, tag="borrow"):
    """Agents of a team, or who can serve some queues, have further skills while it lasts. Who is lent keeps the
    contact in hand, and goes back after it. Which of them are lent is kept with each agent (`Agent.lent`)."""

    what: ClassVar[str] = "agents"
    skills: tuple[tuple[str, int], ...] = ()
    """What is granted, sorted: skill and level. A level that the agent has already, and higher, stays."""
    team: str = ""
    """The donor: a team ..."""
    queues: tuple[str, ...] = ()
    """... or whoever can serve one of these."""
    mode: Mode = "also"
    """`only`: they give up their own skills meanwhile."""
    agents_most: int = 1
    step_us: int = 10 * SECOND_US
    """One more, or one fewer, each so often; 0: all at once, and looked at again each `LOOK_US`."""
    keep_idle: int = 0
    """So many of the donors not lent stay free; with fewer the last lent goes back, though the source goes on."""
    keep_ewt_us: int = 0
    """With a longer expected wait in one of the donors' queues the last lent goes back; 0: it does not matter."""
    keep_queues: tuple[str, ...] = ()
    """The queues that this and the service level are about, where the donor is a team."""
    keep_service_level: float = 0.0
    """With a lower service level in one of the donors' queues the last lent goes back; 0: it does not matter."""
    first: First = "longest_idle"
    moves_an_hour_most: int = 6
    """Nobody is lent more often than this."""

    @property
    def donor(self) -> str:
        """In words: `team back`, `queues cards, loans`."""
        return f"team {self.team}" if self.team else f"queues {', '.join(self.queues)}"

    @property
    def granted(self) -> str:
        """In words: `sales 5, loans 3`."""
        return ", ".join(f"{skill} {level}" for skill, level in self.skills)

    def targets(self) -> tuple[Target, ...]:
        """One loan: two sources clash only where both lend the same people for the same."""
        return ((LOAN, f"{self.donor} for {self.granted}"),)
