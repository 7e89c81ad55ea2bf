"""What is said to those who wait, and what a wait would be."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from router.core.effects.base import Message, Reply
from router.terms import AnnouncementKind


class Announce(Message, tag="announce"):
    """To the contact's gateway: say this to the customer, who waits, and tell with `announced` what became of it. An
    offer may come while it is being said: who can be heard (`interruptible`) goes to the agent at once."""

    contact: str
    announcement: int
    """Its number: they count from 1 while the contact waits in one queue."""
    queue: str
    kind: AnnouncementKind
    """`time`: a wait of less than `minutes`; `next`: it is about to be taken; `over`: longer than anybody wants to
    hear; `position`: only the place."""
    text: str
    """What to say, as configuration names it."""
    language: str | None = None
    """The contact's. None: not known, or given up because its queue had no line for it."""
    position: int = 0
    """1 is next; never higher than one that was told before. 0: it is not told."""
    minutes: int | None = None
    """Of kind `time`: the wait is less than so many."""
    raised: bool = False
    """A promise could not be kept: this one is longer."""
    p50_ms: int | None = None
    """The wait from now that half of such contacts do not exceed; none: unknown."""
    p80_ms: int | None = None
    """The same for eight of ten."""
    interruptible: bool = True
    """It may be cut short, by a key or by the agent."""
    keys: dict[str, str] = field(default_factory=dict)
    """Keys that the customer may press while waiting, and what they do: tell them with `key`."""
    message: str = ""
    """Of kind `message`: which."""
    parameters: dict[str, str] = field(default_factory=dict)
    """What its text is filled with."""


class Wait(Struct, omit_defaults=True, gc=False):
    """A wait from now, as it is expected."""

    mean_ms: int
    """What such contacts wait on average."""
    p10_ms: int
    """One of ten waits less."""
    p50_ms: int
    """Half of them wait no longer."""
    p80_ms: int
    """Eight of ten wait no longer."""
    p90_ms: int
    """Nine of ten wait no longer."""
    confidence: Literal["low", "medium", "high"]
    """How well it is known."""


class EstimateReply(Reply, tag="estimate"):
    """What a contact would be told that joined now."""

    queue: str
    """The queue that would take it."""
    position: int
    """Where it would stand: 1 is next."""
    kind: Literal["time", "next", "over", "position"]
    """How to say it; `position`: the wait is not known well enough to name a time."""
    minutes: int | None = None
    """Of `time`: less than so many."""
    wait: Wait | None = None
    """None: nothing is known of it."""
    callback: bool = False
    """The queue takes call-backs: one may be offered."""
