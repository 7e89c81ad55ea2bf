"""What every effect is: a message for one client."""

from __future__ import annotations

from msgspec import Struct


class Message(Struct, tag_field="t", omit_defaults=True, gc=False):
    """Anything that the engine sends."""


class Reply(Message):
    """The one answer to the request numbered `re`."""

    re: int
