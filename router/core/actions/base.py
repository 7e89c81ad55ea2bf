"""What every action is: a frozen, typed value that says what it lays over which targets; and how queues take it.

An action holds names and numbers only. It is kept in the record of its layer, so a field that goes away, or changes its
meaning, is a change of the stored form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from router.core.effects.replies import Treatment

if TYPE_CHECKING:
    from router.core import settings as of
    from router.core.layers.layer import Layer
    from router.core.world import World

Target: TypeAlias = tuple[str, str]
"""(kind, name) of what a layer lies over: ("queue", "support"); within the tenant of its source."""


class Action(Struct, frozen=True, tag_field="kind", omit_defaults=True):
    """See the module. Of the layers on one target with the same `what`, one is in effect."""

    what: ClassVar[str]
    """The value that it lays something over."""
    undone: ClassVar[bool] = True
    """It ends with its source. Else it is done once, and what is done stays done: sent, told, emptied."""

    @property
    def lasts_us(self) -> int:
        """It ends by itself after so long, though its source goes on; 0: with its source."""
        return 0

    def targets(self) -> tuple[Target, ...]:
        """What it lies over: a layer each."""
        raise NotImplementedError

    def do(self, world: World, layer: Layer) -> None:
        """Where it is not undone: do it now."""
        raise NotImplementedError


class QueueAction(Action, frozen=True):
    """Something laid over settings of queues."""

    queues: tuple[str, ...] = ()

    def targets(self) -> tuple[Target, ...]:
        """A layer a queue."""
        return tuple(("queue", name) for name in self.queues)

    def over(self, settings: of.Queue) -> of.Queue:
        """These settings with the action laid over them. It must be a function of nothing else: undoing is leaving it
        out."""
        raise NotImplementedError

    def shown(self, settings: of.Queue) -> str:
        """The value in question, of settings with or without it, in a few words for the audit."""
        raise NotImplementedError


def treated(settings: of.Queue, why: str, message: str, to: str) -> of.Queue:
    """Settings whose treatment for `why` is a message, or another queue; as they are where neither is said."""
    if not message and not to:
        return settings
    treatment = Treatment("queue", to) if to else Treatment("message", message)
    treatments = sorted((dict(settings.treatments) | {why: treatment}).items())
    return replace(settings, treatments=tuple(treatments))


def shown_treatment(settings: of.Queue, why: str) -> str:
    """`full -> queue backup`; nothing where configuration says nothing."""
    treatment = dict(settings.treatments).get(why)
    return "" if treatment is None else f"{why} -> {treatment.do} {treatment.to}".strip()
