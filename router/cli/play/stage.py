"""Runs a play from a command: Ctrl-C ends it early and in order, a second one at once; kills are done at their times.

It must not know what is printed. The one idea: whatever happens, the daemon that we started is gone afterwards.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from router.cli.play.own import DaemonFailed, OwnDaemon
from router.cli.play.player import Player

if TYPE_CHECKING:
    from router.cli.play.report import PlayReport
    from router.trace import Draw, Trace

WATCH_EVERY_S: Final = 0.5
"""How soon we see that the daemon has ended by itself."""

Beside = Callable[[Player], Coroutine[Any, Any, None]]


async def perform(
    trace: Trace,
    draws: Sequence[Draw],
    addresses: list[str],
    speed: int,
    *,
    seconds: float | None = None,
    daemon: OwnDaemon | None = None,
    kills_s: Sequence[float] = (),
    beside: Beside | None = None,
) -> PlayReport:
    """One play. `seconds` ends it early; `kills_s` are times after its begin at which `daemon` is killed and started
    again. Raises `CannotPlay`, and `DaemonFailed` where it does not come back or ends by itself."""
    player = Player(trace, draws, addresses, speed)

    async def meanwhile() -> None:
        works = [] if daemon is None else [_watch(daemon), _kill(player, daemon, kills_s)]
        if seconds is not None:
            works.append(_hurry_after(player, seconds))
        if beside is not None:
            works.append(beside(player))
        await asyncio.gather(*works)

    with _interrupts(player):
        return await player.run(meanwhile)


async def _hurry_after(player: Player, seconds: float) -> None:
    await asyncio.sleep(seconds)
    player.hurry()


async def _watch(daemon: OwnDaemon) -> None:
    while not daemon.died:  # noqa: ASYNC110  # another process has no event for us
        await asyncio.sleep(WATCH_EVERY_S)
    raise DaemonFailed(daemon.log_tail())


async def _kill(player: Player, daemon: OwnDaemon, kills_s: Sequence[float]) -> None:
    for at_s in sorted(kills_s):
        await asyncio.sleep(max(0.0, at_s - player.clock.real_s))
        # In a thread, which nobody can cancel half-way: a daemon that was killed is started again.
        await asyncio.to_thread(daemon.crash)


@contextmanager
def _interrupts(player: Player) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) brings the play to its end; the second cancels it."""
    running = asyncio.get_running_loop()
    task = asyncio.current_task()

    def stop() -> None:
        if player.clock.hurried and task is not None:
            task.cancel()
        player.hurry()

    for number in (signal.SIGINT, signal.SIGTERM):
        running.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            running.remove_signal_handler(number)
