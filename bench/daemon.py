"""`python -m bench.daemon DIR`: the real daemon with the configuration of DIR; prints its port when it is ready.

It also keeps every time from a frame's read to the offer written that followed, and prints their quantiles as one line
of JSON on SIGUSR1; reading them empties the list.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

from router.config import load
from router.daemon import Daemon, run
from router.loop.figures import TIME_BOUNDS_US, Histogram


class Recorder(Histogram):
    """A histogram that keeps what it counts."""

    def __init__(self) -> None:
        super().__init__(TIME_BOUNDS_US)
        self.values: list[int] = []

    def observe(self, value: int, times: int = 1) -> None:
        """Count and keep."""
        super().observe(value, times)
        self.values.extend([value] * times)


def announce(daemon: Daemon) -> None:
    """One line: the port for clients."""
    recorder = Recorder()
    daemon.figures.offer_us = recorder

    def report() -> None:
        values = sorted(recorder.values)
        recorder.values.clear()
        quantiles = {name: values[int(part * len(values))] if values else 0 for name, part in QUANTILES.items()}
        print(json.dumps({"count": len(values), **quantiles}), flush=True)

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, report)
    print(daemon.addresses["clients"].rpartition(":")[2], flush=True)


QUANTILES = {"p50_us": 0.5, "p99_us": 0.99}

if __name__ == "__main__":
    sys.exit(run(load(Path(sys.argv[1])), services=(), on_ready=announce))
