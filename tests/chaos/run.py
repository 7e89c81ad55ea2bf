"""One run: servers, two daemons and gateways up; a storm; calm; and everything must come to its end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.chaos.gateway import Gateway
from tests.chaos.ledger import Ledger
from tests.chaos.proxy import Proxy
from tests.chaos.servers import KINDS, Servers
from tests.chaos.storm import Storm
from tests.system.redis_server import free_port
from tests.system.serving import Serving

GATEWAYS = 3
AGENTS = 6
PACE_S = 0.1
"""Between two callers of one gateway, in the mean: its six agents are busy about half of the time."""
CALM_MOST_S = 35.0
"""After the storm something must come to its end in any such time: longer than any deadline of the engine here."""
MACHINE = """drain_most_s = 5
verify_every_s = 1
[connections]
heartbeat_s = 1
[limits]
gateway_grace_s = 30
[lease]
ttl_s = 1
"""


def centre(daemon: Serving, url: str, port: int) -> None:
    """Two daemons of one site have the same configuration, but for their own addresses."""
    agents = ",".join(f"a{gateway}-{number}" for gateway in range(GATEWAYS) for number in range(AGENTS))
    daemon.write(store=url, machine=MACHINE, agents=agents, port=port)
    (daemon.config / "queues.toml").write_text(
        "[channels.voice]\nring_s = 2\nmisses_to_not_ready = 3\n[queues.loans]\nenter_unstaffed = true\n"
    )


async def storm(folder: Path, seed: int, seconds: float, kind: str, say: Callable[[str], None]) -> dict[str, object]:
    """Run one. Returns the ledger's report, with `clean`."""
    ledger = Ledger()
    servers: Servers = KINDS[kind](folder)
    daemons: list[Serving] = []
    proxies: list[Proxy] = []
    store_proxies: list[Proxy] = []
    gateways: list[Gateway] = []
    try:
        await asyncio.to_thread(servers.start)
        for name in ("one", "two"):
            (folder / name).mkdir()
            url, port = servers.url, free_port()
            if servers.proxied:
                store_proxies.append(Proxy(servers.proxied))
                await store_proxies[-1].start(free_port())
                url = url.format(port=store_proxies[-1].port)
            daemons.append(Serving(folder / name, store=url))
            centre(daemons[-1], url, port)
            daemons[-1].launch()
            awaited = "ready" if name == "one" else "standing_by"
            await asyncio.to_thread(daemons[-1].wait_for, awaited)
            proxies.append(Proxy(port))
            await proxies[-1].start()
        addresses = [f"127.0.0.1:{proxy.port}" for proxy in proxies]
        for number in range(GATEWAYS):
            agents = [f"a{number}-{each}" for each in range(AGENTS)]
            gateways.append(Gateway(f"gw{number}", addresses, agents, ledger, f"{seed} {number}"))
            gateways[-1].client.start()
        running = [asyncio.create_task(gateway.run(PACE_S)) for gateway in gateways]
        await asyncio.sleep(2)
        weather = Storm(seed, daemons, servers, proxies, store_proxies, ledger, say)
        await weather.blow(seconds)
        say("calm")
        await weather.calm()
        await asyncio.sleep(3)
        for gateway in gateways:
            gateway.calling = False
        await asyncio.gather(*running)
        await _come_to_an_end(ledger, daemons)
        _look_at_logs(daemons, ledger)
    finally:
        for gateway in gateways:
            await gateway.stop()
        for proxy in (*proxies, *store_proxies):
            await proxy.stop()
        for daemon in daemons:
            await asyncio.to_thread(daemon.end)
        servers.stop()
    return {"seed": seed, "store": kind, **ledger.report()}


async def _come_to_an_end(ledger: Ledger, daemons: list[Serving]) -> None:
    """Wait until every contact is over; stuck is who does not move for `CALM_MOST_S` though everything is well."""
    moved_s, left = time.monotonic(), len(ledger.promises)
    while ledger.promises and time.monotonic() - moved_s < CALM_MOST_S:
        await asyncio.sleep(0.1)
        if len(ledger.promises) < left:
            moved_s, left = time.monotonic(), len(ledger.promises)
    if not ledger.promises:
        return
    for daemon in daemons:
        words = [sys.executable, "-m", "router.cli", "status", "--json", "--socket", str(daemon.socket)]
        asked = await asyncio.to_thread(subprocess.run, words, capture_output=True, text=True, check=False)
        ledger.broke("stuck", f"{daemon.folder.name}: {asked.stdout or asked.stderr}"[:2000])
    for promise in list(ledger.promises.values())[:20]:
        ledger.broke("stuck", f"{promise}")


def _look_at_logs(daemons: list[Serving], ledger: Ledger) -> None:
    for daemon in daemons:
        for line in daemon.lines():
            if line["event"] in ("violation", "engine_failed", "start_failed"):
                ledger.broke("logged", f"{daemon.folder.name}: {line}")
