"""Between the bytes of one frame and a typed message: decoding a frame is validating it.

It knows the message types and nothing of connections. The one idea: one decoder over the union of all that a
client may say, so that the good case is a single call; why a frame is no message is found out only after it
has failed.

What happens to odd frames, where the types do not say it: of a key given twice the last value counts (`t`
given twice with two types is refused as `unknown_type`); a map nested deeper than the interpreter allows is
`bad_frame`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from operator import or_
from typing import Any, Final, NamedTuple, TypeAlias

from msgspec import DecodeError, Raw, Struct, ValidationError, json, msgpack

from router.core.commands import Request
from router.core.effects import Message
from router.terms import ID_PATTERN, Seq
from router.wire.catalogue import FROM_CLIENT, FROM_ENGINE
from router.wire.frames import Chunk, frame_header
from router.wire.messages import SessionMessage

ClientMessage: TypeAlias = Request | SessionMessage

DETAIL_CHARACTERS_MAX: Final = 200
"""An error names what was wrong; it does not send a frame back to its sender."""

UNDECODABLE: Final = (ValueError, RecursionError)
"""All that decoding raises: msgspec's own errors and bad UTF-8 are ValueErrors, deep nesting is a
RecursionError."""


class Fault(NamedTuple):
    """Why a frame is no message: a code of the catalogue, what is wrong and where, the request's number or
    0."""

    code: str
    detail: str
    re: int


class _Number(Struct):
    """As much of a bad message as its error reply needs; all other fields are skipped, whatever they hold."""

    seq: Raw = Raw(b"")


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
_number_in_frame: Callable[[Chunk], _Number] = msgpack.Decoder(_Number).decode
_number_in_line: Callable[[Chunk], _Number] = json.Decoder(_Number).decode
_seq_in_frame: Callable[[Raw], int] = msgpack.Decoder(Seq).decode
_seq_in_line: Callable[[Raw], int] = json.Decoder(Seq).decode
_encode = msgpack.Encoder().encode
_encode_line = json.Encoder().encode


def append_frame(pieces: list[bytes], message: Message) -> None:
    """Add the message as a frame: its length, then MessagePack."""
    encoded = _encode(message)
    pieces.append(frame_header(len(encoded)))
    pieces.append(encoded)


def append_line(pieces: list[bytes], message: Message) -> None:
    """Add the message as one JSON object on a line of its own."""
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


def explain_frame(frame: Chunk, error: Exception) -> Fault:
    """Why `frame` is no message, after decoding it raised `error`."""
    return _explain(error, partial(_number, frame, _number_in_frame, _seq_in_frame), "bad_frame")


def explain_line(line: Chunk, error: Exception) -> Fault:
    """The same for a line. A slip of the finger is `bad_message` here: the next line can be read all the
    same."""
    return _explain(error, partial(_number, line, _number_in_line, _seq_in_line), "bad_message")


def _number(frame: Chunk, number_in: Callable[[Chunk], _Number], seq_in: Callable[[Raw], int]) -> int:
    """The `seq` of a frame that is a whole map, 0 where it has none that is good. Raises where it is no map.

    The strict decoder stops at the first thing wrong; this reads to the end, so a frame that is cut or has
    bytes behind its map is found whatever else is wrong with it.
    """
    raw = number_in(frame).seq
    try:
        return seq_in(raw)
    except UNDECODABLE:
        return 0


def _explain(error: Exception, number: Callable[[], int], not_a_map: str) -> Fault:
    try:
        re = number()
    except ValidationError as not_an_object:
        return Fault(not_a_map, _brief(not_an_object), 0)
    except RecursionError:
        return Fault(not_a_map, "nested too deep", 0)
    except UnicodeDecodeError:
        return Fault("bad_message", "text that is no UTF-8", 0)
    except DecodeError as broken:
        return Fault(not_a_map, _brief(broken), 0)
    if isinstance(error, UnicodeDecodeError):
        return Fault("bad_message", "text that is no UTF-8", re)
    if isinstance(error, ValidationError):
        return Fault(_code(str(error)), _brief(error), re)
    return Fault(not_a_map, _brief(error), re)


def _code(said: str) -> str:
    """The code for what msgspec says of a map that is well formed and no message."""
    if said.endswith("at `$.t`") or said == "Object missing required field `t`":
        return "unknown_type"
    if said.startswith("Object contains unknown field"):
        return "unknown_field"
    if said.startswith("Expected `str` matching regex") and repr(ID_PATTERN) in said:
        return "bad_id"
    return "bad_message"


def _brief(error: Exception) -> str:
    said = str(error) or type(error).__name__
    return said if len(said) <= DETAIL_CHARACTERS_MAX else said[: DETAIL_CHARACTERS_MAX - 3] + "..."


FRAMES: Final = Codec("frames", _decode_frame, explain_frame, append_frame)
"""MessagePack behind a length: for programs."""
LINES: Final = Codec("lines", _decode_line, explain_line, append_line)
"""JSON, one object a line: for people. Bytes (nonces, proofs) are base64."""
