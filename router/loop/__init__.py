"""The loop: it carries commands through the engine and what the engine says to the store and to clients.

See `loop.Loop`. The one idea: six steps, and nothing else.
"""

from __future__ import annotations

from router.loop.clock import Clock, resume
from router.loop.figures import Figures, Histogram
from router.loop.loop import Broken, Loop

__all__ = ["Broken", "Clock", "Figures", "Histogram", "Loop", "resume"]
