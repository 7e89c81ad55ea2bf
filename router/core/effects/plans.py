"""What is said of plans and layers."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from router.core.effects.base import Message, Reply
from router.terms import PlanNews


class Clash(Struct, omit_defaults=True, gc=False):
    """Two layers on one value of one target: which is in effect, and which is overruled."""

    target: str
    """`queue support`."""
    what: str
    """The value that both are about."""
    winner: str
    """`rule NAME` or `plan NAME`."""
    loser: str
    """The one that is overruled."""


class PlanStarted(Reply, tag="plan_started"):
    """It is active."""

    plan: str
    """Its name."""
    layers: int
    """How many layers it has laid."""
    clashes: list[Clash] = field(default_factory=list)
    """Where it meets others on the same value."""
    todo: str = ""
    """What is to be done by hand."""
    expires_in_ms: int | None = None
    """When it ends by itself; nil: it does not."""
    refused: list[str] = field(default_factory=list)
    """Layers without effect: their queue would need more lines than it may have."""
    paused: bool = False
    """Layers are off at present: it takes effect when they are put on again."""


class PlanStopped(Reply, tag="plan_stopped"):
    """It is over, or was."""

    plan: str
    """Its name."""


class PlanStatus(Struct, omit_defaults=True, gc=False):
    """One plan."""

    plan: str
    """Its name."""
    active: bool
    """Is it in force?"""
    owner: str = ""
    """Who answers for it."""
    todo: str = ""
    """What is to be done by hand when it starts."""
    rank: int = 0
    """Against other layers on the same value."""
    calendar: str = ""
    """It starts and stops with this."""
    by: list[str] = field(default_factory=list)
    """Who wants it: `hand`, `calendar`, `rule NAME`, `plan NAME`."""
    who: str = ""
    """Who started it last."""
    why: str = ""
    """Why."""
    since_ms: int | None = None
    """How long it has been active."""
    expires_in_ms: int | None = None
    """When it ends by itself; nil: it does not."""
    paused: bool = False
    """Its layers are off at present."""


class PlansReply(Reply, tag="plans"):
    """A page of plans by name; `more` where another page follows after the last name."""

    plans: list[PlanStatus]
    """One page, by name."""
    more: bool = False
    """Another page follows."""


class LayerStatus(Struct, omit_defaults=True, gc=False):
    """One layer."""

    layer: str
    """Sorts the list; the last one of a page is `after` of the next."""
    source: Literal["rule", "plan", "hand"]
    """Whose it is."""
    name: str
    """Of the rule or plan; of a hand what it is on: `door`, `skills`."""
    target: str
    """`queue support`, `agent ann`."""
    what: str
    """The value that it is about."""
    state: Literal["in_force", "overruled", "paused", "expired", "no_room", "done"]
    """In effect; or why it is not: another wins, it is off, its own time is over, its queue has no room for more lines,
    or it is done once, and was."""
    action: str = ""
    """Its kind; empty: set by hand."""
    value: str = ""
    """What is in effect on the target, in words."""
    rank: int = 0
    """The highest on one value wins."""
    by_hand: bool = False
    """A person laid it, or started what did."""
    since_ms: int = 0
    """How long it has been there."""
    expires_in_ms: int | None = None
    """When it ends by itself; nil: with its source."""
    overruled_by: str = ""
    """`rule NAME` or `plan NAME`."""


class LayersReply(Reply, tag="layers"):
    """A page of layers; `more` where another page follows."""

    layers: list[LayerStatus]
    """One page, sorted by `layer`."""
    more: bool = False
    """Another page follows."""
    paused: list[str] = field(default_factory=list)
    """What is taken off: `all`, `rule`, `plan`, `rule NAME`, `plan NAME`."""


class PlanEvent(Message, tag="plan_event"):
    """To supervisors of the tenant: a plan started or stopped, ends soon, or has come to its end."""

    plan: str
    """Its name."""
    news: PlanNews
    """What happened."""
    by: str
    """A person, `calendar:NAME`, `rule:NAME`, or the plan itself."""
    why: str = ""
    """Why it was started."""
    expires_in_ms: int | None = None
    """When it ends by itself; nil: it does not, or it is over."""
