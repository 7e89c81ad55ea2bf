"""Why a frame or a line is no message: found out only after decoding has failed, and said so that it can be mended.

It knows the message types and nothing of connections. The one idea: the decoder's own words name the place; what they
leave out, which values or names there are, is added from the types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final, NamedTuple, TypeVar

from msgspec import DecodeError, Raw, Struct, ValidationError, inspect, json, msgpack

from router.terms import ID_PATTERN, Seq
from router.wire.catalogue import FROM_CLIENT
from router.wire.frames import Chunk

DETAIL_CHARACTERS_MAX: Final = 200
"""An error names what was wrong; it does not send a frame back to its sender."""

UNDECODABLE: Final = (ValueError, RecursionError)
"""All that decoding raises: msgspec's own errors and bad UTF-8 are ValueErrors, deep nesting is a RecursionError."""

Value = TypeVar("Value")

_TYPES: Final = {str(kind.__struct_config__.tag): kind for kind in FROM_CLIENT}
_PLAIN: Final = {kind.replace("_", ""): kind for kind in _TYPES}
_NO_ENUM: Final = re.compile(r"Invalid enum value (.{1,80}) - at `\$\.(\w+)`")


class Fault(NamedTuple):
    """Why a frame is no message: a code of the catalogue, what is wrong and where, the request's number or 0."""

    code: str
    detail: str
    re: int


class _Head(Struct):
    """As much of a bad message as its error reply needs; all other fields are skipped, whatever they hold."""

    seq: Raw = Raw(b"")
    t: Raw = Raw(b"")


class _Reader(NamedTuple):
    """How one form is read where the strict decoder of messages has given up."""

    head: Callable[[Chunk], _Head]
    seq: Callable[[Raw], int]
    text: Callable[[Raw], str]
    not_a_map: str
    """The code of what is no whole map: a frame ends the connection, a line is only a slip of the finger."""


_FRAME: Final = _Reader(
    msgpack.Decoder(_Head).decode, msgpack.Decoder(Seq).decode, msgpack.Decoder(str).decode, "bad_frame"
)
_LINE: Final = _Reader(json.Decoder(_Head).decode, json.Decoder(Seq).decode, json.Decoder(str).decode, "bad_message")


def explain_frame(frame: Chunk, error: Exception) -> Fault:
    """Why `frame` is no message, after decoding it raised `error`."""
    return _explain(_FRAME, frame, error)


def explain_line(line: Chunk, error: Exception) -> Fault:
    """The same for a line."""
    return _explain(_LINE, line, error)


def _explain(reader: _Reader, frame: Chunk, error: Exception) -> Fault:
    # The strict decoder stops at the first thing wrong; this reads to the end, so a frame that is cut or has bytes
    # behind its map is found whatever else is wrong with it.
    try:
        head = reader.head(frame)
    except ValidationError as not_an_object:
        return Fault(reader.not_a_map, _brief(str(not_an_object)), 0)
    except RecursionError:
        return Fault(reader.not_a_map, "nested too deep", 0)
    except UnicodeDecodeError:
        return Fault("bad_message", "text that is no UTF-8", 0)
    except DecodeError as broken:
        return Fault(reader.not_a_map, _brief(str(broken)), 0)
    number = _read(reader.seq, head.seq, 0)
    if isinstance(error, UnicodeDecodeError):
        return Fault("bad_message", "text that is no UTF-8", number)
    if isinstance(error, ValidationError):
        return Fault(*_put(str(error), _read(reader.text, head.t, "")), number)
    return Fault(reader.not_a_map, _brief(str(error) or type(error).__name__), number)


def _read(decode: Callable[[Raw], Value], raw: Raw, otherwise: Value) -> Value:
    try:
        return decode(raw)
    except UNDECODABLE:
        return otherwise


def _put(said: str, kind: str) -> tuple[str, str]:
    """Code and detail for what msgspec says of a map that is well formed and no message of its type `kind`."""
    if said.endswith("at `$.t`") or said == "Object missing required field `t`":
        meant = _PLAIN.get(_plain(kind))
        return "unknown_type", _brief(f"{said}: write it {meant}" if meant is not None else said)
    if said.startswith("Object contains unknown field"):
        return "unknown_field", _brief(said)
    if said.startswith("Expected `str` matching regex") and repr(ID_PATTERN) in said:
        return "bad_id", _brief("".join(("Expected an id", *said.partition(" - at ")[1:])))
    enum = _NO_ENUM.fullmatch(said)
    choices = _choices(kind).get(enum[2], "") if enum is not None else ""
    return "bad_message", _brief(f"{said}: use {choices}" if choices else said)


def _plain(kind: str) -> str:
    """The letters of a type's name alone: `LogIn`, `log-in` and `log_in` are one word to whoever types them."""
    return "".join(letter for letter in kind[:DETAIL_CHARACTERS_MAX].lower() if letter.isalpha())


@cache
def _choices(kind: str) -> dict[str, str]:
    """Field -> the values that it may have, of the fields of a message type that take one of few."""
    if kind not in _TYPES:
        return {}
    about = inspect.type_info(_TYPES[kind])
    assert isinstance(about, inspect.StructType), "every message is a struct"
    found = {field.name: _values(field.type) for field in about.fields}
    return {name: _either(values) for name, values in found.items() if values}


def _values(of: inspect.Type) -> list[str]:
    if isinstance(of, inspect.UnionType):
        return [value for each in of.types for value in _values(each)]
    return [str(value) for value in of.values] if isinstance(of, inspect.LiteralType) else []


def _either(values: Iterable[str]) -> str:
    *first, last = values
    return f"{', '.join(first)} or {last}" if first else last


def _brief(said: str) -> str:
    return said if len(said) <= DETAIL_CHARACTERS_MAX else said[: DETAIL_CHARACTERS_MAX - 3] + "..."
