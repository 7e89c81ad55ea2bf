"""Parts of a visit that are over, as its record shows them."""

from __future__ import annotations

from msgspec import Struct


class Leg(Struct, omit_defaults=True, gc=False):
    """A part of a visit that is over: an offer that failed, or a talk with its wrap-up."""

    agent: str
    offer: str
    how: str
    queue: str
    """The queue that the offer was made for."""
    version: int
    ring_ms: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_up_ms: int = 0
