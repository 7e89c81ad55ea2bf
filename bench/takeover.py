"""`python -m bench takeover [--runs 20] [--contacts 10000] [--json]`: how long nobody leads, how long a start takes.

Two daemons of one site on a Redis with `appendfsync always`, and two gateways connected to both: one that all contacts
are of, and one that has none. In each run the leader is killed (kill -9); then the dead one is started again. At the
end both are killed, and one is started. Seconds; medians and the worst.

takeover_s       from the kill until the gateway that has nothing to list has its next contact acknowledged by the
                 standby. The lease is of 3 s, the default, and renewed each second, so that is what is left of it (2 to
                 3 s), building the world, and connections that see who leads
listed_s         the same for the gateway that must list all contacts first
standing_by_s    from exec until the dead one stands by
ready_again_s    from exec until one is ready with all contacts, the lease being its own
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.show import show
from bench.store import redis_server
from router.client import Client
from router.wire import catalogue as c

START_MOST_S = 60.0
QUEUE = "enter_unstaffed = true\nwaiting_max = 1000000\n"
QUEUES = f"[queues.q]\n{QUEUE}[queues.hold]\n{QUEUE}needs = {{ nobody = 1 }}\n"
"""One whose contacts an agent may take, and one whose contacts stay."""


class Process:
    """A daemon with a port of its own."""

    def __init__(self, folder: Path, port: int, store: str, *, agents: int = 1, more: str = "") -> None:
        self.port = port
        self.log = folder / "log"
        self._config = folder / "config"
        self._config.mkdir(parents=True)
        (self._config / "switchboard.toml").write_text(
            f'[daemon]\nstate_directory = "{folder}"\n[listen]\nport = {port}\ntrust_loopback = true\n'
            f'[people]\nsocket = ""\n[admin]\nenabled = false\n[store]\nurl = "{store}"\n{more}'
        )
        (self._config / "queues.toml").write_text(QUEUES)
        people = "".join(f"[agents.a{number}]\n" for number in range(agents))
        (self._config / "agents.toml").write_text(people)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it and wait until clients may connect. Returns the seconds that took."""
        began = time.monotonic()
        words = [sys.executable, "-m", "router.cli", "serve", "--config", str(self._config), "--json"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("bench takeover: the daemon did not start")
        return time.monotonic() - began

    @property
    def pid(self) -> int:
        """Of the daemon that runs."""
        assert self._process is not None, "it was started"
        return self._process.pid

    def kill(self) -> None:
        """As the kernel would."""
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()


async def fill(client: Client, many: int) -> list[str]:
    """Let contacts come, a thousand under way at a time."""
    contacts = [f"c{number}" for number in range(many)]
    for start in range(0, many, 1_000):
        calls = [client.enqueue(contact, "q") for contact in contacts[start : start + 1_000]]
        for answer in await asyncio.gather(*calls):
            assert isinstance(answer, c.Queued), answer
    return contacts


async def runs(pair: list[Process], many: int, times: int) -> dict[str, Any]:
    """Kill whoever leads, so many times."""
    listed: list[str] = []
    addresses = [f"127.0.0.1:{process.port}" for process in pair]

    def alive() -> list[c.AliveContact]:
        return [c.AliveContact(contact, "q") for contact in listed]

    takeovers, lists, starts = [], [], []
    async with (
        Client(addresses, "gw", alive=alive, call_timeout_s=60.0, reconnect_most_s=0.2) as client,
        Client(addresses, "empty", alive=list, call_timeout_s=60.0, reconnect_most_s=0.2) as empty,
    ):
        for each in (client, empty):
            assert await each.wait_up(START_MOST_S), each.troubles()
        listed += await fill(client, many)
        for number in range(times):
            leader = pair[number % 2]
            await asyncio.sleep(1.0)
            leader.kill()
            killed = time.monotonic()

            async def comes(client: Client, contact: str, killed: float = killed) -> float:
                answer = await client.enqueue(contact, "q")
                assert isinstance(answer, c.Queued), answer
                return time.monotonic() - killed

            took = await asyncio.gather(comes(empty, f"first{number}"), comes(client, f"late{number}"))
            takeovers.append(took[0])
            lists.append(took[1])
            listed.append(f"late{number}")
            await empty.end(f"first{number}")
            starts.append(await asyncio.to_thread(leader.start))
    return {"takeovers": sorted(takeovers), "lists": sorted(lists), "starts": starts}


def measure(folder: Path, many: int, times: int) -> dict[str, Any]:
    """All of it."""
    with redis_server(folder / "redis", "always") as port:
        store = f"redis://127.0.0.1:{port}"
        pair = [Process(folder / f"d{number}", 21_400 + number, store) for number in range(2)]
        try:
            for process in pair:
                process.start()
            found = asyncio.run(runs(pair, many, times))
            for process in pair:
                process.kill()
            # Whoever led last has the lease still, and takes it back at once.
            ready = pair[times % 2].start()
        finally:
            for process in pair:
                process.kill()
    takeovers, lists = found["takeovers"], found["lists"]
    return {
        "contacts": many,
        "runs": times,
        "takeover_s": round(statistics.median(takeovers), 2),
        "takeover_worst_s": round(takeovers[-1], 2),
        "listed_s": round(statistics.median(lists), 2),
        "listed_worst_s": round(lists[-1], 2),
        "standing_by_s": round(statistics.median(found["starts"]), 2),
        "ready_again_s": round(ready, 2),
    }


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m bench takeover", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as folder:
        found = measure(Path(folder), options.contacts, options.runs)
    show(found, as_json=options.json)
    return 0
