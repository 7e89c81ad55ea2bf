"""One more step by which a queue's needs give way to those who have waited."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from router.core.actions.base import QueueAction
from router.core.needs.asked import Step
from router.core.needs.want import Want, said
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core import settings as of


class Relax(QueueAction, frozen=True, tag="relax"):
    """The step takes its place among the queue's own by its wait; it comes after one of the same wait."""

    what: ClassVar[str] = "relax"
    after_us: int = 0
    needs: Want | None = None
    also: Want | None = None

    def over(self, settings: of.Queue) -> of.Queue:
        """See `QueueAction`."""
        steps = sorted((*settings.relax, Step(self._at_us(settings), self.needs, self.also)), key=_after_us)
        return replace(settings, relax=tuple(steps))

    def _at_us(self, settings: of.Queue) -> int:
        """Steps rise: beside one of the same wait it is a microsecond later."""
        taken = {step.after_us for step in settings.relax}
        at_us = self.after_us
        while at_us in taken:
            at_us += 1
        return at_us

    def shown(self, settings: of.Queue) -> str:
        """See `QueueAction`."""
        return "; ".join(_said(step) for step in settings.relax) or "none"


def _after_us(step: Step) -> int:
    return step.after_us


def _said(step: Step) -> str:
    wants = [said(want) for want in (step.needs, step.also) if want is not None]
    return f"after {step.after_us / SECOND_US:g} s {' or '.join(wants)}"
