"""Between the bytes of one frame and a typed message: decoding a frame is validating it.

It knows the message types and nothing of connections. The one idea: one decoder over the union of all that a
client may say, so that the good case is a single call; why a frame is no message is found out only after it
has failed (`router.wire.explain`).

What happens to odd frames, where the types do not say it: of a key given twice the last value counts (`t`
given twice with two types is refused as `unknown_type`); a map nested deeper than the interpreter allows is
`bad_frame`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, Final, NamedTuple, TypeAlias

from msgspec import ValidationError, json, msgpack, structs

from router.core.commands import Request
from router.core.effects import Error, Message
from router.errors import ERRORS
from router.wire.catalogue import FROM_CLIENT, FROM_ENGINE
from router.wire.explain import Fault, explain_frame, explain_line
from router.wire.frames import Chunk, frame_header
from router.wire.messages import SessionMessage

ClientMessage: TypeAlias = Request | SessionMessage


class Codec(NamedTuple):
    """One form of the messages on a connection. Decoding raises one of `UNDECODABLE`, which `explain` turns
    into a `Fault`; `append` adds one encoded message, ready for the socket, to a list of pieces."""

    name: str
    decode: Callable[[Chunk], ClientMessage]
    explain: Callable[[Chunk, Exception], Fault]
    append: Callable[[list[bytes], Message], None]


_from_client: Any = reduce(or_, FROM_CLIENT)
_from_engine: Any = reduce(or_, FROM_ENGINE)

_decode_frame: Callable[[Chunk], ClientMessage] = msgpack.Decoder(_from_client).decode
_decode_line: Callable[[Chunk], ClientMessage] = json.Decoder(_from_client).decode
_decode_reply: Callable[[Chunk], Message] = msgpack.Decoder(_from_engine).decode
_encode = msgpack.Encoder().encode
_encode_line = json.Encoder().encode


def append_frame(pieces: list[bytes], message: Message) -> None:
    """Add the message as a frame: its length, then MessagePack."""
    encoded = _encode(message)
    pieces.append(frame_header(len(encoded)))
    pieces.append(encoded)


def append_line(pieces: list[bytes], message: Message) -> None:
    """Add the message as one JSON object on a line of its own. Who types by hand is told the remedy of an error."""
    if isinstance(message, Error):
        message = structs.replace(message, remedy=ERRORS[message.code].remedy)
    pieces.append(_encode_line(message))
    pieces.append(b"\n")


def encode_frame(message: Message | ClientMessage) -> bytes:
    """One message of either side as a whole frame."""
    encoded = _encode(message)
    return frame_header(len(encoded)) + encoded


def line_of_frame(frame: bytes) -> bytes:
    """A frame with its length, as the line that says the same."""
    return _encode_line(msgpack.decode(memoryview(frame)[4:])) + b"\n"


def decode_reply(frame: Chunk) -> Message | None:
    """For clients: what the engine says in one frame (without its length), None where the type is not known.

    Unknown fields are ignored. Raises one of `UNDECODABLE` where the frame is broken.
    """
    try:
        return _decode_reply(frame)
    except ValidationError as error:
        if str(error).endswith("at `$.t`"):
            return None
        raise


FRAMES: Final = Codec("frames", _decode_frame, explain_frame, append_frame)
"""MessagePack behind a length: for programs."""
LINES: Final = Codec("lines", _decode_line, explain_line, append_line)
"""JSON, one object a line: for people. Bytes (nonces, proofs) are base64."""
