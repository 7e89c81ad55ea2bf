"""The answer to who could take a contact now."""

from __future__ import annotations

from msgspec import Struct

from router.core.effects.base import Reply
from router.terms import AgentStateName, WhyNot


class WhoStatus(Struct, omit_defaults=True, gc=False):
    """One agent: could take it, or why not."""

    agent: str
    takes: bool
    team: str
    state: AgentStateName
    why_not: WhyNot | None = None
    """The first reason: needs come before all that passes."""
    words: str = ""
    """The same in words; of needs the first that fails."""
    level: int = 0
    """The lowest of the levels asked for, of those who meet the needs; 0 where none is asked for."""
    preferred: int | None = None
    """Of those who meet the needs: which of the preferred ones they meet, from 0; none: nobody is preferred."""
    queue: str = ""
    """Of a contact in several queues: the one that is meant."""


class WhoReply(Reply, tag="who"):
    """A page of agents by name; `more` where another page follows after the last name."""

    channel: str
    asked: str
    """All that is asked of them, in words."""
    agents: list[WhoStatus]
    more: bool = False
