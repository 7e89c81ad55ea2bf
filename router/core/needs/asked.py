"""What a contact asks beyond its queue: its own needs, and how they give way while it waits.

A plain value, kept with the contact and compared to find those who stand in one line. It knows no line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct, structs

from router.core.needs.tables import parsed
from router.core.needs.want import ANYBODY, Want, both, either
from router.errors import Refused
from router.terms import MILLISECOND_US

STEPS_MAX = 4
"""Steps of one queue or contact: each is a line more for those who have come to it."""


class Step(Struct, frozen=True, omit_defaults=True, cache_hash=True, gc=False):
    """From this wait on, other needs: `needs` in the place of those before, or who meets `also` as well. Where it has
    conditions it waits for the moment when all of them hold, and is then not taken back."""

    after_us: int
    needs: Want | None = None
    also: Want | None = None
    if_none_free: bool = False
    """Only once none of those who are able so far is free."""
    if_service_level_below: float = 0.0
    """Only once the queue's service level is known and below this share; 0: whatever it is."""
    language_level: int | None = None
    """From now on this in the place of the queue's; 0: any language."""

    @property
    def conditional(self) -> bool:
        """Does it wait on anything but time?"""
        return self.if_none_free or self.if_service_level_below > 0

    def after(self, before: Want) -> Want:
        """The needs from this step on. Preferences go on unless it names others."""
        want = self.needs if self.needs is not None else before
        if self.needs is not None and not want.prefer and before.prefer:
            want = both(want, Want(prefer=before.prefer))
        return either(want, self.also) if self.also is not None else want


class Asked(Struct, frozen=True, omit_defaults=True, cache_hash=True, gc=False):
    """See the module."""

    want: Want = ANYBODY
    relax: tuple[Step, ...] = ()

    @property
    def plain(self) -> bool:
        """Is it nothing but skills?"""
        return not self.relax and self.want == Want(self.want.skills)

    def beside(self, want: Want) -> Asked:
        """This and `want` together, at every step."""
        if want == ANYBODY:
            return self
        steps = (
            step if step.needs is None else structs.replace(step, needs=both(step.needs, want)) for step in self.relax
        )
        return Asked(both(self.want, want), tuple(steps))


NOTHING = Asked()


class WireStep(Protocol):
    """A step as it comes over the wire."""

    after_ms: int
    needs: Mapping[str, Any] | None
    also: Mapping[str, Any] | None
    if_none_free: bool
    if_service_level_below: float


class Asking(Protocol):
    """A request that may carry needs and steps."""

    @property
    def needs(self) -> Mapping[str, Any] | None:
        """A needs table."""

    @property
    def relax(self) -> Sequence[WireStep] | None:
        """Steps by rising wait."""


def asked_by(request: Asking) -> Asked:
    """What a request asks. Raises `Refused` with `bad_needs`."""
    if not request.needs and not request.relax:
        return NOTHING
    return asked(request.needs, request.relax or ())


def asked(needs: Mapping[str, Any] | None, relax: Sequence[WireStep] = ()) -> Asked:
    """The same of its parts."""
    steps = []
    before_us = -1
    for number, step in enumerate(relax, start=1):
        after_us = step.after_ms * MILLISECOND_US
        if after_us <= before_us:
            raise Refused("bad_needs", f"relax[{number}].after_ms: steps go by rising wait")
        before_us = after_us
        steps.append(
            Step(
                after_us,
                None if step.needs is None else want_of(step.needs, f"relax[{number}].needs"),
                None if step.also is None else want_of(step.also, f"relax[{number}].also"),
                step.if_none_free,
                step.if_service_level_below,
            )
        )
    return Asked(want_of(needs or {}, "needs"), tuple(steps))


def want_of(table: Mapping[str, Any], name: str = "needs") -> Want:
    """The want of a table from the wire. Raises `Refused` with `bad_needs`."""
    want, faults = parsed(table)
    for fault in faults:
        raise Refused("bad_needs", f"{'.'.join(map(str, (name, *fault.path)))}: {fault.what}"[:200])
    return want
