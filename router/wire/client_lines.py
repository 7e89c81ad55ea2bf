"""The JSON form as a client of it writes and reads it: one object a line.

The counterpart of `router.wire.codec`, whose lines are the engine's. It knows message types, not connections.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from msgspec import ValidationError, json

from router.wire.catalogue import FROM_ENGINE, Message, Request, SessionMessage
from router.wire.frames import Chunk

_from_engine: Any = reduce(or_, FROM_ENGINE)
_decode = json.Decoder(_from_engine).decode
_encode = json.Encoder().encode


def encode_line(message: Request | SessionMessage) -> bytes:
    """One message of a client as a whole line. Bytes (nonces, proofs) are base64."""
    return _encode(message) + b"\n"


def decode_reply_line(line: Chunk) -> Message | None:
    """What the engine says in one line, None where the type is not known; unknown fields are ignored.

    Raises ValueError or RecursionError where the line is broken.
    """
    try:
        decoded: Message = _decode(line)
    except ValidationError as error:
        if str(error).endswith("at `$.t`"):
            return None
        raise
    return decoded
