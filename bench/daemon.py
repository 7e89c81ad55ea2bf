"""`python -m bench.daemon DIR`: the real daemon with the configuration of DIR; prints its port when it is ready.

It also keeps every time from a frame's read to the offer written that followed, and prints their quantiles as one line
of JSON on SIGUSR1; reading them empties the list. With `--steps` the longest step of the loop is among them, by the
clock and by its own CPU time, with the parts of a reload that it was in (`-`: none), and the longest look for garbage.
"""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import sys
from pathlib import Path
from time import monotonic_ns, thread_time_ns
from typing import Any

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


class Steps:
    """The longest step since somebody asked, and the longest look through young objects in one."""

    def __init__(self, daemon: Daemon) -> None:
        loop = daemon.require_loop()
        self._world = daemon.engine.world
        self._step = loop._step
        self._looked_ns = self._began_ns = 0
        self._most: dict[str, Any] = {}
        self.take()
        loop._step = self.step  # type: ignore[method-assign]  # every step goes this way
        gc.callbacks.append(self._looking)

    def _looking(self, phase: str, _about: dict[str, int]) -> None:
        now_ns = thread_time_ns()
        if phase == "start":
            self._began_ns = now_ns
        else:
            self._looked_ns += now_ns - self._began_ns

    def step(self) -> None:
        """As without us."""
        phase = self._phase()
        self._looked_ns = 0
        began_ns, cpu_ns = monotonic_ns(), thread_time_ns()
        self._step()
        cpu_us = (thread_time_ns() - cpu_ns) // 1000
        most = self._most
        if cpu_us > most["step_cpu_most_us"]:
            most.update(step_cpu_most_us=cpu_us, step_cpu_most_in=f"{phase} to {self._phase()}")
        most["step_most_us"] = max(most["step_most_us"], (monotonic_ns() - began_ns) // 1000)
        most["looked_most_us"] = max(most["looked_most_us"], self._looked_ns // 1000)

    def _phase(self) -> str:
        crossing = self._world.crossing
        return "-" if crossing is None else crossing.phase

    def take(self) -> dict[str, Any]:
        """What was found; it begins anew."""
        found = self._most
        self._most = {"step_most_us": 0, "step_cpu_most_us": 0, "step_cpu_most_in": "", "looked_most_us": 0}
        return found


class Kept:
    """What was kept since somebody asked, and how the loop went about it."""

    def __init__(self, daemon: Daemon) -> None:
        self._figures = daemon.figures
        self._before: dict[str, int] = {}
        self.take()

    def take(self) -> dict[str, int]:
        """What was found; it begins anew."""
        figures = self._figures
        now = {
            "steps": figures.steps,
            "batches": figures.batches,
            "records": figures.records,
            "commit_us": figures.commit_us.total,
        }
        found = {name: value - self._before.get(name, 0) for name, value in now.items()}
        self._before = now
        return found


def announce(daemon: Daemon) -> None:
    """One line: the port for clients."""
    recorder = Recorder()
    daemon.figures.offer_us = recorder
    steps = Steps(daemon) if "--steps" in sys.argv else None
    kept = Kept(daemon)

    def report() -> None:
        values = sorted(recorder.values)
        recorder.values.clear()
        quantiles = {name: values[int(part * len(values))] if values else 0 for name, part in QUANTILES.items()}
        found = {"count": len(values), **quantiles, **kept.take(), **(steps.take() if steps is not None else {})}
        print(json.dumps(found), flush=True)

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, report)
    print(daemon.addresses["clients"].rpartition(":")[2], flush=True)


QUANTILES = {"p50_us": 0.5, "p99_us": 0.99}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.exit(run(load(folder), directory=folder, services=(), on_ready=announce))
