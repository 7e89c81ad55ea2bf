"""What supervisors ask of the configuration: what would change, change it, take it back. The core never sees these:
whoever reads configurations answers them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from router.core.commands.base import Request
from router.core.commands.hands import Hand
from router.terms import DurationMs

VersionNumber = Annotated[int, Meta(ge=0, le=2**53)]


class Difference(Request, tag="difference"):
    """What would change against the version in force, and what that would do to those who wait and work now."""

    version: VersionNumber = 0
    """A version that is kept; 0: what lies in the directory."""
    after: Annotated[int, Meta(ge=0, le=2**53)] = 0
    """So many changes were seen already: those after them."""
    roles = ("supervisor",)
    answers = ("reloaded", "busy")
    errors = ("unknown_version",)
    numbered = False
    of_store = True


class Apply(Hand, tag="apply"):
    """Put what lies in the directory in force, or a version that is kept. Refused where it has mistakes or, without
    `force`, where somebody who waits would be sent away or could be served by nobody."""

    version: VersionNumber = 0
    """A version that is kept; 0: what lies in the directory."""
    dry_run: bool = False
    """Change nothing: only say what it would."""
    force: bool = False
    """Also where somebody who waits is hurt by it."""
    confirm_ms: DurationMs = 0
    """Unless `confirm_apply` comes within so long, the version of before comes back by itself; 0: for good."""
    answers: ClassVar[tuple[str, ...]] = ("reloaded", "busy")
    errors = ("unknown_version",)
    numbered = False
    of_store = True


class ConfirmApply(Hand, tag="confirm_apply"):
    """What was applied on trial stays."""

    answers: ClassVar[tuple[str, ...]] = ("ok", "busy")
    errors = ("no_trial",)
    numbered = False
    of_store = True


class Versions(Request, tag="versions"):
    """The versions of the configuration that are kept: who brought each, when and why."""

    roles = ("supervisor",)
    answers = ("versions", "busy")
    numbered = False
    of_store = True
