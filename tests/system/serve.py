"""A daemon for the tests: `python -m tests.system.serve DIRECTORY [SPEED]` serves the configuration of a
directory.

With SWITCHBOARD_TEST_BREAK=ID in its environment its engine fails on the enqueue of the contact ID, as a
mistake of ours would make it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from router.config.check import load
from router.core.engine import Engine
from router.daemon import run


def break_on(contact: str) -> None:
    """Plant the mistake."""
    sound = Engine.apply

    def apply(self: Engine, now_us: int, peer_key: str, command: Any) -> None:
        sound(self, now_us, peer_key, command)
        if getattr(command, "contact", None) == contact:
            raise ArithmeticError("planted")

    Engine.apply = apply  # type: ignore[method-assign]  # that is the mistake


if __name__ == "__main__":
    if "SWITCHBOARD_TEST_BREAK" in os.environ:
        break_on(os.environ["SWITCHBOARD_TEST_BREAK"])
    folder = Path(sys.argv[1])
    sys.exit(run(load(folder), directory=folder, speed=int(sys.argv[2]) if len(sys.argv) > 2 else 1))
