"""The daemon: `run` (in `serve.py`) is what `switchboard serve` calls; `daemon.py` puts the parts together."""

from __future__ import annotations

from router.daemon import exits
from router.daemon.daemon import Daemon
from router.daemon.serve import run

__all__ = ["Daemon", "exits", "run"]
