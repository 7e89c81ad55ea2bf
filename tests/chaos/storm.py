"""What a seed lets happen, one thing after another, each bounded in time and healed before the run ends."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

import redis

from tests.chaos.ledger import Ledger
from tests.chaos.proxy import Proxy, Way
from tests.chaos.servers import Servers, woken
from tests.system.serving import Serving

START_MOST_S = 60.0
"""For a daemon to stand by or lead, its store being away for some of that."""

WAYS: tuple[Way, ...] = ("both", "to_server", "to_client")


class Storm:
    """Draws and does. `proxies`: those of the gateways; `store_proxies`: one for each daemon, where there are any."""

    def __init__(
        self,
        seed: int,
        daemons: list[Serving],
        servers: Servers,
        proxies: list[Proxy],
        store_proxies: list[Proxy],
        ledger: Ledger,
        say: Callable[[str], None],
    ) -> None:
        self._chance = random.Random(f"storm {seed}")
        self._daemons = daemons
        self._servers = servers
        self._proxies = proxies
        self._store_proxies = store_proxies
        self._ledger = ledger
        self._say = say
        self._faults: list[tuple[int, Callable[[], Awaitable[str]]]] = [
            (4, self._kill_a_daemon),
            (4, self._stop_a_daemon),
            (2, self._drain_a_daemon),
            (3, self._hand_over),
            (3, self._stop_redis),
            (3, self._kill_redis),
            (2, self._fill_redis),
            (2, self._fill_disk),
            (1, self._no_writes),
            (3, self._cut_a_gateway),
            (2, self._slow_a_gateway),
        ]
        if store_proxies:
            self._faults += [(3, self._cut_a_store), (2, self._slow_a_store)]

    async def blow(self, seconds: float) -> None:
        """For so long, one fault at a time, with pauses."""
        end = asyncio.get_running_loop().time() + seconds
        weights = [weight for weight, _ in self._faults]
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(self._chance.uniform(0.3, 3.0))
            (fault,) = self._chance.choices([fault for _, fault in self._faults], weights)
            what = await fault()
            self._ledger.counts[f"fault: {what.partition(' ')[0]}"] += 1
            self._say(what)

    async def calm(self) -> None:
        """Heal everything."""
        for proxy in (*self._proxies, *self._store_proxies):
            proxy.heal()
        server = self._servers.primary()
        await asyncio.to_thread(woken, server)
        with suppress(redis.RedisError):
            server.call("CONFIG", "SET", "maxmemory", "0")
            server.call("CONFIG", "SET", "min-replicas-to-write", "0")
        for daemon in self._daemons:
            await self._alive(daemon)

    # -- daemons ---------------------------------------------------------------------------------------------

    async def _alive(self, daemon: Serving) -> None:
        if daemon.process is None or daemon.process.poll() is not None:
            before = len(daemon.lines())
            daemon.launch()
            async with asyncio.timeout(START_MOST_S):
                # Its log is a pipe that a thread reads.
                while not {"ready", "standing_by"} & {line["event"] for line in daemon.lines()[before:]}:
                    await asyncio.sleep(0.05)
                    if daemon.process is None or daemon.process.poll() is not None:
                        # A start ends where the store is away; the service manager starts it again.
                        self._ledger.counts["started again by its manager"] += 1
                        await asyncio.sleep(0.5)
                        daemon.launch()

    def _some_daemon(self) -> Serving:
        return self._chance.choice(self._daemons)

    async def _kill_a_daemon(self) -> str:
        daemon = self._some_daemon()
        self._ledger.at_risk = True
        daemon.kill()
        await asyncio.sleep(self._chance.uniform(0, 3))
        await self._alive(daemon)
        return f"kill-9 of {daemon.folder.name}"

    async def _stop_a_daemon(self) -> str:
        daemon, seconds = self._some_daemon(), self._chance.choice((0.2, 0.7, 2.0, 4.0))
        self._ledger.at_risk = True
        os.kill(daemon.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(daemon.pid, signal.SIGCONT)
        return f"stop of {daemon.folder.name} for {seconds} s"

    async def _drain_a_daemon(self) -> str:
        daemon = self._some_daemon()
        self._ledger.at_risk = True
        daemon.signal(signal.SIGTERM)
        code = await asyncio.to_thread(daemon.wait)
        await self._alive(daemon)
        return f"drain of {daemon.folder.name}, code {code}"

    async def _hand_over(self) -> str:
        from typer.testing import CliRunner

        from router.cli.app import app

        codes = []
        for daemon in self._daemons:
            words = ["handover", "--as", "storm", "--why", "a storm", "--socket", str(daemon.socket)]
            codes.append((await asyncio.to_thread(CliRunner().invoke, app, words)).exit_code)
            if codes[-1] == 0:
                break
        return f"handover, codes {codes}"

    # -- the store -------------------------------------------------------------------------------------------

    async def _stop_redis(self) -> str:
        server, seconds = self._servers.primary(), self._chance.choice((0.2, 1.0, 3.0))
        server.signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        server.signal(signal.SIGCONT)
        return f"redis-stop for {seconds} s"

    async def _kill_redis(self) -> str:
        server, seconds = self._servers.primary(), self._chance.uniform(0.2, 4)
        server.kill()
        await asyncio.sleep(seconds)
        await asyncio.to_thread(server.start)
        return f"redis-kill, back after {seconds:.1f} s"

    async def _fill_redis(self) -> str:
        server = self._servers.primary()
        with suppress(redis.RedisError):
            server.call("CONFIG", "SET", "maxmemory", "1")
            await asyncio.sleep(self._chance.uniform(0.2, 2))
        with suppress(redis.RedisError):
            server.call("CONFIG", "SET", "maxmemory", "0")
        return "redis-full for a while"

    async def _fill_disk(self) -> str:
        server = self._servers.primary()
        if server.process is None or server.process.poll() is not None:
            return "disk-full: not, it is away"
        server.fill_disk()
        await asyncio.sleep(self._chance.uniform(0.3, 2))
        ended = server.process.poll() is not None
        server.make_room()
        if ended:
            await asyncio.to_thread(server.start)
        return f"disk-full, the server {'ended' if ended else 'went on'}"

    async def _no_writes(self) -> str:
        """It misses replicas that it was told to have: NOREPLICAS."""
        server, seconds = self._servers.primary(), self._chance.uniform(0.3, 2)
        with suppress(redis.RedisError):
            server.call("CONFIG", "SET", "min-replicas-to-write", "9")
            await asyncio.sleep(seconds)
        with suppress(redis.RedisError):
            server.call("CONFIG", "SET", "min-replicas-to-write", "0")
        return f"no-writes for {seconds:.1f} s"

    async def _slow_a_store(self) -> str:
        proxy, seconds = self._chance.choice(self._store_proxies), self._chance.uniform(0.5, 3)
        proxy.delay_s = self._chance.uniform(0.01, 0.5)
        await asyncio.sleep(seconds)
        proxy.heal()
        return f"store-slow for {seconds:.1f} s"

    async def _cut_a_store(self) -> str:
        proxy, way = self._chance.choice(self._store_proxies), self._chance.choice(WAYS)
        seconds = self._chance.uniform(0.5, 4)
        self._ledger.at_risk = True
        proxy.cut(way)
        await asyncio.sleep(seconds)
        proxy.heal()
        return f"store-cut {way} for {seconds:.1f} s"

    # -- the network of a gateway ----------------------------------------------------------------------------

    async def _cut_a_gateway(self) -> str:
        proxy, way = self._chance.choice(self._proxies), self._chance.choice(WAYS)
        seconds = self._chance.uniform(0.3, 5)
        proxy.cut(way)
        await asyncio.sleep(seconds)
        proxy.heal()
        return f"gateway-cut {way} for {seconds:.1f} s"

    async def _slow_a_gateway(self) -> str:
        proxy, seconds = self._chance.choice(self._proxies), self._chance.uniform(0.5, 3)
        proxy.delay_s = self._chance.uniform(0.01, 0.2)
        await asyncio.sleep(seconds)
        proxy.heal()
        return f"gateway-slow for {seconds:.1f} s"
