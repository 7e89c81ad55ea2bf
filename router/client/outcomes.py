"""How a call ends when it does not end with the engine's own reply: refused, or unknown.

A call never raises for what the engine or the network does; it returns one of three things, and each wants
another reaction: a reply (done), `Refused` (surely not done, and why), `Unknown` (nobody can say yet)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """Surely not done: the engine said so, or the message never left. `code` is one of the protocol page's
    errors."""

    code: str
    detail: str = ""
    fault: str = "client"
    """`client`, `engine` or `nobody`."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer in time. With `sent` it may have been done, or may still be; without, it never left and is
    not done.

    The message is not sent again after this. Where it matters, the next sync settles it: list what is
    alive, and the engine answers with all that it has."""

    why: str
    sent: bool
