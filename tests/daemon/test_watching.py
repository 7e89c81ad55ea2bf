"""The watch of the configuration directory: what is changed once the daemon is ready is looked at."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from router.core.effects import Reloaded
from router.daemon.daemon import Daemon
from router.daemon.reloads import Order
from router.daemon.watching import Watch

LOOK_US = 5_000
PATIENCE_S = 20.0


class Reloads:
    """In place of the daemon's: remembers what it was asked for. The directory, and looking at it, are real."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.pending = directory, ""
        self.asked: asyncio.Future[Order] = asyncio.get_running_loop().create_future()

    def was_taken_back(self, directory: Path) -> bool:
        """It was not."""
        assert directory == self.directory
        return False

    async def carry_out(self, order: Order) -> Reloaded:
        """Nothing comes of it."""
        if not self.asked.done():
            self.asked.set_result(order)
        return Reloaded(0, False, 1, "", "same")


async def order_after(directory: Path) -> Order:
    """What is asked for where a file changes in the moment in which the watch has begun."""
    reloads = Reloads(directory)
    daemon: Any = SimpleNamespace(
        configuration=SimpleNamespace(reload=SimpleNamespace(look_us=LOOK_US, watch="pending")),
        ended=asyncio.get_running_loop().create_future(),
        reloads=reloads,
        tell_pending=lambda _words: None,
    )
    watch = Watch(cast("Daemon", daemon))
    await watch.start()
    (directory / "queues.toml").write_text("[queues.loans]\n")
    try:
        return await asyncio.wait_for(reloads.asked, PATIENCE_S)
    finally:
        await watch.stop()


def test_a_change_in_the_moment_of_ready_is_looked_at(tmp_path: Path) -> None:
    """Not taken for what was there when the daemon began."""
    (tmp_path / "queues.toml").write_text("")
    order = asyncio.run(order_after(tmp_path))
    assert (order.how, order.dry) == ("watch", True)
