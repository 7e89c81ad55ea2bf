"""The stored form of rules and what they count: see `records.py`, which these belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Encoder

from router.rules import Life, Ring, Usual

if TYPE_CHECKING:
    from router.core.ruled import CrewView, FlowView, Learned, RulesPause, RuleState

SCHEMA = 1

encode = Encoder().encode


class RuleRecord(Struct, array_like=True, gc=False):
    """See `ruled.RuleState`; without a name: all rules of the tenant are paused."""

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


class FlowRecord(Struct, array_like=True, gc=False):
    """See `ruled.FlowView` and `ruled.CrewView`: since when, or until when, it has counted; window and counts."""

    schema: int
    key: str
    at_us: int
    rings: list[tuple[int, Ring]]


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


def of_pause(p: RulesPause) -> bytes:
    """The stored form of a pause of all rules."""
    return encode((SCHEMA, p.tenant, "", "inactive", 0, -1, [], True))


def of_flow(v: FlowView) -> bytes:
    """The stored form of windows of contacts."""
    return encode((SCHEMA, v.key, v.since_us, list(v.rings.items())))


def of_crew(v: CrewView) -> bytes:
    """The stored form of windows of people."""
    return encode((SCHEMA, v.key, v.seen_us, list(v.rings.items())))


def of_learned(v: Learned) -> bytes:
    """The stored form of what is usual."""
    return encode((SCHEMA, v.key, v.usual, v.half_hour, v.arrivals, v.whole))
