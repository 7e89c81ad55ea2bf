"""What a supervisor does to a queue by hand: close it at once, whatever its hours say, and open it again."""

from __future__ import annotations

from router.core.commands.hands import Hand
from router.terms import DurationMs, Id, NewId


class CloseQueue(Hand, tag="close_queue"):
    """Close a queue at once, also for those who wait: nobody is let in, and who waits is sent away as at closing. It
    holds, through reloads and restarts, until it is opened by hand, or `until_ms` has passed. Said again it replaces
    what was said before."""

    queue: Id
    message: NewId | None = None
    """What those are told who come and who wait; none: the treatments `closed` and `at_closing` say."""
    until_ms: DurationMs = 0
    """How long; 0: until somebody opens it."""
    serve_out: bool = False
    """Those who wait are served all the same."""
    errors = ("unknown_queue",)


class OpenQueue(Hand, tag="open_queue"):
    """Take a closing by hand back: settings and calendar decide again. With `until_ms` it is open for so long, whatever
    they say."""

    queue: Id
    until_ms: DurationMs = 0
    """How long it is open by hand; 0: as settings and calendar say."""
    errors = ("unknown_queue",)
