"""Renders every message, reply, event, object and error of the protocol page from the types themselves.

Ranges come from the types' own constraints, defaults from the classes, words from docstrings (a field's is
the string under it). What a page says of a field is therefore what the decoder does. It knows no behaviour.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec
import msgspec.inspect as types

from router.errors import ERRORS
from router.terms import ID_PATTERN, NeedsTable
from router.wire import catalogue
from router.wire.catalogue import EVENTS, FROM_CLIENT, REPLIES, SESSION_REPLIES, WIRE_REQUESTS, Reply, Request
from tests.docs.glossary import WORDS
from tests.docs.registry import renders, table

SESSION_ANSWERS: dict[str, tuple[str, str]] = {
    "hello": (
        "`challenge` where the name has a key, else `welcome`",
        "no_common_protocol, stale_epoch, wrong_key",
    ),
    "auth": ("`welcome`", "wrong_key, wrong_role"),
    "ping": ("`pong`", ""),
    "subscribe": ("`resumed`, then events", "wrong_role"),
    "hand_over": ("`handed_over`, then `closing`", "wrong_role, bad_state, no_standby"),
    "bye": ("none: the engine closes the connection", ""),
}
"""Session messages carry no catalogue of their own: what answers them, and their errors in order of
precedence."""


@cache
def field_words(kind: type[msgspec.Struct]) -> dict[str, str]:
    """The docstring under each field of a class, on one line."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    words = {}
    for field, after in pairwise(body.body):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                words[name] = inspect.cleandoc(said).replace("\n", " ")
    return words


def words_of(kind: type[msgspec.Struct]) -> str:
    """A class's docstring, paragraphs kept."""
    return inspect.cleandoc(kind.__doc__ or "")


def span(least: Any, most: Any, unit: str = "") -> str:
    """`a..b`, `at most b`, `at least a` or nothing."""
    if least is not None and least == most:
        return f"exactly {least}{unit}"
    if least is not None and most is not None:
        return f"{least}..{most}{unit}"
    if most is not None:
        return f"at most {most}{unit}"
    return f"at least {least}{unit}" if least else ""


def sized(what: str, least: Any, most: Any, unit: str = "") -> str:
    """A type and its range."""
    range_text = span(least, most, unit)
    return f"{what}, {range_text}" if range_text else what


def text_type(kind: types.StrType) -> str:
    """Text: an id, a new id or plain text with its length."""
    if kind.pattern == ID_PATTERN:
        return "new id"
    if (kind.min_length, kind.max_length) == (1, 64):
        return "id"
    return sized("text", kind.min_length, kind.max_length, " characters")


PLAIN: dict[type[types.Type], str] = {types.BoolType: "true or false", types.NoneType: "nil"}
"""Types without a range."""


def simple_text(kind: types.Type) -> str:
    """A type that holds no other."""
    match kind:
        case types.StrType():
            return text_type(kind)
        case types.IntType():
            return sized("integer", kind.ge, kind.le)
        case types.FloatType():
            return sized("number", kind.ge, kind.le)
        case types.BytesType():
            return sized("bytes", kind.min_length, kind.max_length)
        case types.LiteralType():
            return " or ".join(f"`{value}`" for value in kind.values)
    if type(kind) in PLAIN:
        return PLAIN[type(kind)]
    raise TypeError(f"the page has no words for {kind!r}")


NEEDS = types.type_info(NeedsTable)


def type_text(kind: types.Type) -> str:
    """A type as the page writes it."""
    if kind == NEEDS:
        return "[needs table](#needs), at most 16 entries"
    match kind:
        case types.ListType() | types.VarTupleType():
            return sized(f"list of {type_text(kind.item_type)}", kind.min_length, kind.max_length, " entries")
        case types.DictType():
            pair = f"map of {type_text(kind.key_type)} to {type_text(kind.value_type)}"
            return sized(pair, kind.min_length, kind.max_length, " entries")
        case types.UnionType():
            return ", or ".join(type_text(one) for one in kind.types)
        case types.StructType():
            name = heading(kind.cls)
            return f"[{name}](#{name})"
        case types.Metadata():
            return type_text(kind.type)
    return simple_text(kind)


def default_text(field: types.Field) -> str:
    """What counts where the field is left out."""
    if field.required:
        return "required"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"`{value}`" if value else "empty"
    return "empty" if value in ((), [], {}) else str(value)


def heading(kind: type[msgspec.Struct]) -> str:
    """A message's type on the wire, or an object's name in lower case."""
    tag = kind.__struct_config__.tag
    if isinstance(tag, str):
        return tag
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).strip("-")


def meaning(kind: type[msgspec.Struct], field: str) -> str:
    """What a field means: its own docstring, that of a base class, or the glossary's. Raises where nothing
    says."""
    for owner in kind.__mro__:
        declares = issubclass(owner, msgspec.Struct) and owner is not msgspec.Struct
        if declares and (said := field_words(owner).get(field)):
            return said
    for key in (f"{heading(kind)}.{field}", field):
        if said := WORDS.get(key):
            return said
    raise KeyError(f"nothing says what {heading(kind)}.{field} means: write a docstring under it")


def fields_table(kind: type[msgspec.Struct]) -> str:
    """Every field with type, range, default and meaning."""
    info = types.type_info(kind)
    assert isinstance(info, types.StructType)
    rows = [
        (f"`{field.encode_name}`", type_text(field.type), default_text(field), meaning(kind, field.name))
        for field in info.fields
    ]
    return table(("field", "type and range", "default", "meaning"), rows) if rows else "No fields."


def codes(names: Iterable[str]) -> str:
    """Error codes as they are written in a line."""
    return ", ".join(f"`{name}`" for name in names)


def request_part(kind: type[msgspec.Struct]) -> str:
    """One message that a client sends."""
    name = heading(kind)
    parts = [f"### {name}", words_of(kind), fields_table(kind)]
    if issubclass(kind, Request):
        answers = [f"`{answer}`" for answer in kind.answers]
        answers += ["`already`"] if kind.numbered else []
        errors = codes(kind.errors)
        sort = "A command: numbered." if kind.numbered else "A question: not numbered."
        parts.append(f"From: {', '.join(kind.roles)}. {sort}\nReplies: {', '.join(answers)}, `error`.")
    else:
        answer, listed = SESSION_ANSWERS[name]
        errors = codes(listed.split(", ")) if listed else ""
        role = {"subscribe": "monitor", "hand_over": "supervisor"}.get(name, "any role")
        parts.append(f"From: {role}.\nReplies: {answer}.")
    parts.append(f"Errors, after the [general ones](#errors-in-order): {errors or 'none of its own'}.")
    return "\n\n".join(parts)


def engine_part(kind: type[msgspec.Struct]) -> str:
    """One message that the engine sends."""
    name = heading(kind)
    asked = {heading(other) for other in FROM_CLIENT}
    title = f"{name} ({'reply' if issubclass(kind, Reply) else 'event'})" if name in asked else name
    return "\n\n".join((f"### {title}", words_of(kind), fields_table(kind)))


def objects() -> list[type[msgspec.Struct]]:
    """The structs inside messages, in the order in which messages name them."""
    found: dict[type[msgspec.Struct], None] = {}

    def visit(kind: types.Type) -> None:
        if isinstance(kind, types.StructType):
            if not isinstance(kind.tag, str):
                found.setdefault(kind.cls)
            for field in kind.fields:
                visit(field.type)
        for inner in ("type", "item_type", "key_type", "value_type"):
            if (part := getattr(kind, inner, None)) is not None:
                visit(part)
        for part in getattr(kind, "types", ()):
            visit(part)

    for message in (*catalogue.FROM_CLIENT, *catalogue.FROM_ENGINE):
        visit(types.type_info(message))
    return list(found)


@renders("messages.session")
def session_messages() -> str:
    """What a client says to the session, and what the session answers."""
    asked = [request_part(kind) for kind in catalogue.SESSION_REQUESTS]
    return "\n\n".join([*asked, *(engine_part(kind) for kind in SESSION_REPLIES)])


@renders("messages.requests")
def requests() -> str:
    """Every request to the core."""
    return "\n\n".join(request_part(kind) for kind in WIRE_REQUESTS)


@renders("messages.replies")
def replies() -> str:
    """Every reply."""
    return "\n\n".join(engine_part(kind) for kind in REPLIES)


@renders("messages.events")
def events() -> str:
    """Every event."""
    return "\n\n".join(engine_part(kind) for kind in EVENTS)


@renders("messages.objects")
def object_parts() -> str:
    """Every object inside a message."""
    return "\n\n".join(engine_part(kind) for kind in objects())


@renders("messages.errors")
def errors() -> str:
    """Every error code with whose fault it is, whether the connection closes, and what to do."""
    rows = [(f"`{code}`", row.fault, "closes" if row.closes else "lives", row.remedy) for code, row in ERRORS.items()]
    return table(("code", "whose fault", "connection", "what to do"), rows)
