"""The stored form of layers, pauses and active plans: see `records.py`, which these belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.msgpack import Encoder

from router.core.actions import AnyAction, Empty
from router.core.layers.layer import Layer, Pause, SourceKind, Spent
from router.core.layers.plan import ActivePlan

if TYPE_CHECKING:
    from router.core.doors.emptying import Emptying
    from router.core.notices import Notice

SCHEMA = 1

encode = Encoder().encode


class LayerRecord(Struct, array_like=True, gc=False):
    """See `layer.Layer`. The action is kept whole: it says what it was when the layer began."""

    schema: int
    tenant: str
    kind: SourceKind
    name: str
    number: int
    rank: int
    by_hand: bool
    since_us: int
    action: AnyAction
    target: tuple[str, str]
    spent: Spent
    due_us: int
    due_number: int


class PauseRecord(Struct, array_like=True, gc=False):
    """See `layer.Pause`."""

    schema: int
    tenant: str
    kind: str
    name: str


class PlanRecord(Struct, array_like=True, gc=False):
    """See `plan.ActivePlan`."""

    schema: int
    tenant: str
    name: str
    since_us: int
    holders: tuple[str, ...]
    who: str
    why: str
    until_us: int
    warned: bool
    due_us: int
    due_number: int


class EmptyingRecord(Struct, array_like=True, gc=False):
    """See `emptying.Emptying`."""

    schema: int
    tenant: str
    queue: str
    action: Empty
    number: int


class NoticeRecord(Struct, array_like=True, gc=False):
    """See `notices.Notice`."""

    schema: int
    number: int
    tenant: str
    webhook: str
    source: str
    text: str
    utc_s: int


OfLayers: TypeAlias = LayerRecord | PauseRecord | PlanRecord | EmptyingRecord | NoticeRecord


def of_emptying(e: Emptying) -> bytes:
    """The stored form of a queue that is being emptied."""
    return encode((SCHEMA, e.tenant, e.queue, e.action, e.number))


def of_notice(n: Notice) -> bytes:
    """The stored form of a notice."""
    return encode((SCHEMA, n.number, n.tenant, n.webhook, n.source, n.text, n.utc_s))


def of_layer(layer: Layer) -> bytes:
    """The stored form of a layer."""
    return encode((
        SCHEMA, *layer.source, layer.number, layer.rank, layer.by_hand, layer.since_us, layer.action, layer.target,
        layer.spent, layer.due_us, layer.due_number,
    ))  # fmt: skip


def of_pause(pause: Pause) -> bytes:
    """The stored form of a pause."""
    return encode((SCHEMA, pause.tenant, pause.kind, pause.name))


def of_plan(p: ActivePlan) -> bytes:
    """The stored form of a plan in force."""
    return encode((
        SCHEMA, p.tenant, p.name, p.since_us, p.holders, p.who, p.why, p.until_us, p.warned, p.due_us, p.due_number,
    ))  # fmt: skip
