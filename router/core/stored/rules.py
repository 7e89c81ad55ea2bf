"""The stored form of rules and what they count: see `records.py`, which these belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Encoder

from router.rules import SLOTS, Life, Ring, Usual

if TYPE_CHECKING:
    from router.core.ruling.ruled import Learned, RuleState

SCHEMA = 1

encode = Encoder().encode


class RuleRecord(Struct, array_like=True, gc=False):
    """See `ruled.RuleState`."""

    schema: int
    tenant: str
    name: str
    state: str
    since_us: int
    held_us: int
    starts: list[int]
    paused: bool
    activations: int = 0

    @property
    def key(self) -> str:
        """tenant/name."""
        return f"{self.tenant}/{self.name}"

    @property
    def life(self) -> Life:
        """Where the rule was."""
        return Life(self.state, self.since_us, self.held_us, self.starts)


class RingRecord(Struct, array_like=True, gc=False):
    """See `Ring`: its window, the length of a slot and the newest, and the rows in which anything is counted."""

    window_us: int
    slot_us: int
    last: int
    rows: int
    counted: list[tuple[int, list[int]]]

    @property
    def ring(self) -> Ring:
        """As it was."""
        rows, totals = [[0] * SLOTS for _ in range(self.rows)], [0] * self.rows
        for number, row in self.counted:
            rows[number], totals[number] = row, sum(row)
        return Ring(self.slot_us, self.last, rows, totals)


class FlowRecord(Struct, array_like=True, gc=False):
    """See `ruled.FlowView` and `ruled.CrewView`: since when, or until when, it has counted; its windows."""

    schema: int
    key: str
    at_us: int
    windows: list[RingRecord]

    @property
    def rings(self) -> dict[int, Ring]:
        """Window -> counts."""
        return {window.window_us: window.ring for window in self.windows}


class UsualRecord(Struct, array_like=True, gc=False):
    """See `ruled.Learned`."""

    schema: int
    key: str
    usual: Usual
    half_hour: int
    arrivals: int
    whole: bool


def of_rule(s: RuleState) -> bytes:
    """The stored form of where a rule is."""
    life = s.life
    return encode((
        SCHEMA, s.rule.tenant, s.rule.name, life.state, life.since_us, life.held_us, life.starts, s.paused,
        s.activations,
    ))  # fmt: skip


def of_learned(v: Learned) -> bytes:
    """The stored form of what is usual."""
    return encode((SCHEMA, v.key, v.usual, v.half_hour, v.arrivals, v.whole))
