"""Layers: what rules, plans and people laid over the configuration, and which of several on one value is in effect.

The configuration's own value is never written over, and no old value is ever saved: what is in effect is the
configuration with the winning layers laid over it, worked out anew whenever either changes. So ending a layer is
leaving it out, in any order, after a restart, and after the configuration was edited.

On one value of one target the highest rank wins, then a person's hand, then the later start. The others are overruled,
and the best of them is in effect again when the winner ends.

Values only: `layers.py` starts and ends them in a world.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, TypeVar

from router.core.actions import ORDER, AnyAction, QueueAction, Target
from router.core.entity import Entity
from router.core.layers.loans import Loans

if TYPE_CHECKING:
    from router.core import settings as of
    from router.core.entities import Agent
    from router.core.notices import Notice

Key = TypeVar("Key")
SourceKind: TypeAlias = Literal["rule", "plan", "hand"]
Spent: TypeAlias = Literal["", "expired", "no_room", "done"]
"""Why a layer has no effect though its source goes on: its own time is over; the queue's contacts would need more lines
than it may have; or it is done once, and was."""


class Source(NamedTuple):
    """Who laid it: a rule or a plan by name, or a person's hand by what it did."""

    tenant: str
    kind: SourceKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Layer(Entity, eq=False, gc=False):
    """One action of a source on one target."""

    source: Source
    number: int
    """Drawn at its start: of two at the same moment the second is the later."""
    rank: int
    by_hand: bool
    """A person started it."""
    since_us: int
    action: AnyAction
    target: Target
    spent: Spent = ""
    due_us: int = 0
    """When it ends by itself."""
    due_number: int = 0

    @property
    def key(self) -> str:
        """tenant/kind/name/number."""
        return f"{self.source.tenant}/{self.source.kind}/{self.source.name}/{self.number}"

    @property
    def what(self) -> str:
        """The value that it is about."""
        return self.action.what

    @property
    def place(self) -> tuple[str, Target]:
        """Tenant and target."""
        return self.source.tenant, self.target

    @property
    def weight(self) -> tuple[int, bool, int, int]:
        """Of two on one value the greater wins."""
        return self.rank, self.by_hand, self.since_us, self.number


class Pause(Entity, eq=False, gc=False):
    """Layers are taken off, and not forgotten: of one plan, of all (no name), or (no kind) of rules too."""

    tenant: str
    kind: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """tenant/kind/name."""
        return f"{self.tenant}/{self.kind}/{self.name}"


class Layers:
    """All layers of a world."""

    def __init__(self) -> None:
        self.sources: dict[Source, list[Layer]] = {}
        """In the order of their start."""
        self.targets: dict[tuple[str, Target], list[Layer]] = {}
        self.pauses: dict[str, Pause] = {}
        self.notices: dict[int, Notice] = {}
        """What they have sent and is not delivered yet, by number, the oldest first."""
        self.loans = Loans()
        self.sheets: dict[tuple[str, Target], Layer] = {}
        """Tenant and target -> the layer in effect, of those that go by how agents spend their time."""
        self.version = 0
        """Raised by whatever changes who is lent, or until when; of whoever foresees it."""
        self.barred: dict[tuple[str, str], dict[Agent, None]] = {}
        """Tenant and queue -> agents who have given it its share of their time."""

    def add(self, layer: Layer) -> None:
        """One more."""
        self.version += 1
        self.sources.setdefault(layer.source, []).append(layer)
        self.targets.setdefault(layer.place, []).append(layer)

    def remove(self, layer: Layer) -> None:
        """It is over."""
        self.version += 1
        _take_out(self.sources, layer.source, layer)
        _take_out(self.targets, layer.place, layer)

    def paused(self, source: Source) -> bool:
        """Are the layers of this source off?"""
        if not self.pauses:
            return False
        tenant, kind, name = source
        return any(key in self.pauses for key in (f"{tenant}//", f"{tenant}/{kind}/", f"{tenant}/{kind}/{name}"))

    def all_paused(self, tenant: str) -> bool:
        """Is everything off that rules and plans of this tenant might lay?"""
        return f"{tenant}//" in self.pauses

    def winners(self, tenant: str, target: Target) -> list[Layer]:
        """The layers in effect on a target, in the order in which they are laid over one another."""
        best: dict[str, Layer] = {}
        for layer in self.targets.get((tenant, target), ()):
            if layer.spent or self.paused(layer.source):
                continue
            known = best.get(layer.what)
            if known is None or layer.weight > known.weight:
                best[layer.what] = layer
        return sorted(best.values(), key=_laid)

    def overruler(self, layer: Layer) -> Layer | None:
        """Which layer is in effect in the place of this one; None: itself, or none is."""
        if layer.spent or self.paused(layer.source):
            return None
        for winner in self.winners(*layer.place):
            if winner.what == layer.what:
                return None if winner is layer else winner
        return None

    def over(self, settings: of.Queue) -> of.Queue:
        """A queue's settings as they are in effect, of its configured ones."""
        if (settings.tenant, ("queue", settings.name)) not in self.targets:
            return settings
        for layer in self.winners(settings.tenant, ("queue", settings.name)):
            assert isinstance(layer.action, QueueAction)
            settings = layer.action.over(settings)
        return settings


def _laid(layer: Layer) -> int:
    return ORDER[type(layer.action)]


def _take_out(listed: dict[Key, list[Layer]], key: Key, layer: Layer) -> None:
    listed[key].remove(layer)
    if not listed[key]:
        del listed[key]
