"""What goes to somebody outside: never to a client, so it is no part of the protocol."""

from __future__ import annotations

from router.core.effects.base import Message


class NoticeOut(Message, tag="notice"):
    """For a webhook; whoever delivers says `internal.NoticeDone` with its number."""

    number: int
    tenant: str
    webhook: str
    source: str
    """`rule NAME` or `plan NAME`."""
    text: str
    utc_s: int
