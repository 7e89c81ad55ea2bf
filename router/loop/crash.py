"""Places at which a test lets this process die, as a kill -9 there would.

    SWITCHBOARD_CRASH_AT=before_commit:20        at the twentieth time that it comes by there

Without that variable `at` is a function that does nothing. The one idea: a promise is only as good as the worst moment
to die, and those moments have names.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Final

VARIABLE: Final = "SWITCHBOARD_CRASH_AT"

POINTS: Final = (
    "before_commit",
    "after_send",
    "before_tell",
    "in_the_middle_of_telling",
    "after_tell",
    "in_the_middle_of_loading",
    "before_leading",
    "in_the_middle_of_a_reload",
)
"""Every labelled point."""


def _never(_point: str) -> None:
    pass


def _armed(said: str) -> Callable[[str], None]:
    name, _, times = said.partition(":")
    if name not in POINTS:
        raise ValueError(f"{VARIABLE}: there is no point {name!r}, only {', '.join(POINTS)}")
    left = int(times or "1")

    def at(point: str) -> None:
        nonlocal left
        if point == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return at


at: Callable[[str], None] = _armed(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else _never
"""To be called with one of `POINTS`."""
