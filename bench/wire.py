"""`python -m bench wire`: the daemon over TCP with the memory store, against the bare server in the same minute.

cpu_us_per_lifecycle        server CPU (user + system) a lifecycle, 16 connections, 64 lifecycles outstanding
bare_cpu_us_per_lifecycle   the same of the bare server
ratio                       the one / the other, round by round; the median
lifecycles_per_s            one million / cpu_us_per_lifecycle: what one core does
growth                      CPU a lifecycle in the large centre / in the small one (all agents busy)
growth_idle                 the same where an arrival finds a free agent
free_to_offer_p50_ms, _p99  at 2,000 lifecycles a second: from the read of the freeing frame to the offer written,
                            by the daemon's own clock
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import uvloop

from bench.centre import LARGE, SMALL, Size, agent_name, idle_agents, idle_queues, queue_name, skills_of
from bench.load import Gateway, connect, heartbeat
from bench.show import show
from router.core import commands as ask

CONNECTIONS = 16
OUTSTANDING = 64
ROUNDS = 5
ROUND_S = 1.2
GROWTH_ROUNDS = 3
GROWTH_ROUND_S = 0.8
PACED_S = 5.0
PACED_PER_S = 2_000


class Server(NamedTuple):
    """A running server."""

    pid: int
    port: int
    said: IO[str]


def write_configuration(directory: Path, queues: list[str], agents: list[str]) -> None:
    """A configuration directory for a benchmark."""
    (directory / "switchboard.toml").write_text(
        'site = "bench"\n[listen]\nport = 0\ntrust_loopback = true\n[admin]\nenabled = false\n'
        '[store]\nurl = "memory:"\n[logs]\nformat = "json"\n'
        f'[people]\nsocket = "{directory}/people.sock"\n[daemon]\nstate_directory = "{directory}"\n',
        encoding="utf-8",
    )
    (directory / "queues.toml").write_text("\n".join(queues), encoding="utf-8")
    (directory / "agents.toml").write_text("\n".join(agents), encoding="utf-8")


def own_queues(agents_all: int = OUTSTANDING) -> tuple[list[str], list[str]]:
    """A queue and its agents for each connection: every lifecycle has three frames in and four out."""
    queues = [f"[queues.q{i}]\nneeds = {{ s{i} = 1 }}\nwaiting_max = 100_000\n" for i in range(CONNECTIONS)]
    agents = [f"[agents.a{i}]\nskills = {{ s{i % CONNECTIONS} = 5 }}\n" for i in range(agents_all)]
    return queues, agents


def of_size(size: Size) -> tuple[list[str], list[str]]:
    """The centre of `bench/centre.py`."""
    queues = [
        f"[queues.{queue_name(i)}]\nneeds = {{ s{i} = 1 }}\nwaiting_max = 1_000_000\n" for i in range(size.queues)
    ]
    agents = []
    for i in range(size.agents):
        skills = ", ".join(f"{name} = {level}" for name, level in skills_of(size, i))
        agents.append(f"[agents.{agent_name(i)}]\nskills = {{ {skills} }}\n")
    return queues, agents


@contextlib.contextmanager
def process(*command: str) -> Iterator[Server]:
    """A server process of ours. It is ended by its pid."""
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            while line and not line.strip().isdigit():
                line = server.stdout.readline()
            if not line:
                log.seek(0)
                raise RuntimeError(f"{command[0]} did not start: {log.read()[-2000:].decode()}")
            yield Server(server.pid, int(line), server.stdout)
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@contextlib.contextmanager
def daemon(queues: list[str], agents: list[str]) -> Iterator[Server]:
    """The real daemon with such a centre."""
    with tempfile.TemporaryDirectory() as name:
        write_configuration(Path(name), queues, agents)
        with process("bench.daemon", name) as running:
            yield running


def cpu_us(pid: int) -> float:
    """CPU time of all threads of a process so far, in microseconds, as the scheduler accounts for it."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1000


@contextlib.asynccontextmanager
async def load(port: int, queues: list[list[str]], agents: list[list[str]], bare: bool) -> AsyncIterator[list[Gateway]]:
    """Connections with their agents signed in (`agents` by connection)."""
    gateways = await connect(port, [f"g{i}" for i in range(len(queues))], lambda index: queues[index])
    beating = asyncio.get_running_loop().create_task(heartbeat(gateways))
    try:
        if not bare:
            for gateway in gateways:
                await gateway.ask(ask.SyncEnd(gateway.number()))
            for gateway, names in zip(gateways, agents, strict=True):
                for name in names:
                    gateway.send(ask.LogIn(gateway.number(), name, True))
                    gateway.send(ask.Attach(gateway.number(), f"e-{name}", name))
                await gateway.ask(ask.Drain(gateway.number(), False))
        yield gateways
    finally:
        beating.cancel()
        for gateway in gateways:
            gateway.transport.close()


def done(gateways: list[Gateway]) -> int:
    """Lifecycles so far. Raises `Gone` where a connection has ended."""
    for gateway in gateways:
        gateway.must_be_up()
    return sum(gateway.completed for gateway in gateways)


def frames(gateways: list[Gateway]) -> int:
    """Frames received so far."""
    return sum(gateway.frames_out for gateway in gateways)


async def round_of(pid: int, gateways: list[Gateway], seconds: float) -> tuple[float, float]:
    """(server CPU microseconds a lifecycle, frames out a lifecycle) over one round at full load."""
    before, began, sent = done(gateways), cpu_us(pid), frames(gateways)
    await asyncio.sleep(seconds)
    lifecycles = done(gateways) - before
    return (cpu_us(pid) - began) / max(1, lifecycles), (frames(gateways) - sent) / max(1, lifecycles)


def start(gateways: list[Gateway], each: int) -> None:
    """Set lifecycles going."""
    for gateway in gateways:
        gateway.running = True
        for _ in range(each):
            gateway.enqueue()
        gateway.flush()


async def pause(gateways: list[Gateway]) -> None:
    """Let what is outstanding come to its end."""
    for gateway in gateways:
        gateway.running = False
    await asyncio.sleep(0.15)


async def against_bare() -> dict[str, Any]:
    """CPU per lifecycle of daemon and bare server in turn, then agent free to offer at a paced load."""
    queues = [[f"q{i}"] for i in range(CONNECTIONS)]
    agents = [[f"a{i + CONNECTIONS * j}" for j in range(OUTSTANDING // CONNECTIONS)] for i in range(CONNECTIONS)]
    ours: list[float] = []
    bares: list[float] = []
    out: list[float] = []
    with daemon(*own_queues()) as real, process("bench.bare") as bare:
        async with load(real.port, queues, agents, False) as ring, load(bare.port, queues, agents, True) as plain:
            for number in range(ROUNDS + 1):
                for gateways, server, times in ((plain, bare, bares), (ring, real, ours)):
                    start(gateways, OUTSTANDING // CONNECTIONS)
                    time_us, sent = await round_of(server.pid, gateways, ROUND_S if number else 0.4)
                    await pause(gateways)
                    if number:
                        times.append(time_us)
                        if gateways is ring:
                            out.append(sent)
            paced = await free_to_offer(real, ring)
    ratios = [mine / bare_us for mine, bare_us in zip(ours, bares, strict=True)]
    cpu = statistics.median(ours)
    return {
        "lifecycles_per_s": round(1e6 / cpu),
        "cpu_us_per_lifecycle": round(cpu, 1),
        "bare_cpu_us_per_lifecycle": round(statistics.median(bares), 1),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_spread": [round(min(ratios), 2), round(max(ratios), 2)],
        "frames_out_per_lifecycle": round(statistics.median(out), 2),
        **paced,
    }


async def free_to_offer(server: Server, gateways: list[Gateway]) -> dict[str, Any]:
    """At `PACED_PER_S`: agents talk and contacts wait, so that every `complete` is followed by an offer."""
    for gateway in gateways:
        gateway.hold = True
        for _ in range(2 * OUTSTANDING // CONNECTIONS):
            gateway.enqueue()
        gateway.flush()
    await asyncio.sleep(0.3)
    await asked(server)
    loop = asyncio.get_running_loop()
    began, turns = loop.time(), 0
    while (passed := loop.time() - began) < PACED_S:
        while turns < passed * PACED_PER_S:
            gateway = gateways[turns % len(gateways)]
            gateway.turn()
            gateway.flush()
            turns += 1
        await asyncio.sleep(0.0005)
    found = await asked(server)
    return {
        "free_to_offer_p50_ms": found["p50_us"] / 1000,
        "free_to_offer_p99_ms": found["p99_us"] / 1000,
        "free_to_offer_per_s": round(found["count"] / PACED_S),
    }


async def asked(server: Server) -> dict[str, Any]:
    """The daemon's own times since it was last asked."""
    os.kill(server.pid, signal.SIGUSR1)
    while True:
        line = await asyncio.to_thread(server.said.readline)
        if line.startswith("{") and "p50_us" in line:
            result: dict[str, Any] = json.loads(line)
            return result


async def growth() -> dict[str, Any]:
    """The large centre against the small one, in turn: with all agents busy, and where an arrival finds one free."""
    times: dict[str, list[float]] = {}
    async with contextlib.AsyncExitStack() as stack:
        running = [(name, size, *await filled(stack, size)) for name, size in (("small", SMALL), ("large", LARGE))]
        for number in range(GROWTH_ROUNDS + 1):
            for name, size, server, gateways in running:
                for part in ("busy", "idle"):
                    hold = part == "busy"
                    for index, gateway in enumerate(gateways):
                        gateway.hold = hold
                        gateway.queues = part_queues(size, index, hold)
                        gateway.running = True
                        for _ in range(OUTSTANDING // CONNECTIONS):
                            (gateway.turn if hold else gateway.enqueue)()
                        gateway.flush()
                    time_us, _ = await round_of(server.pid, gateways, GROWTH_ROUND_S)
                    await pause(gateways)
                    for gateway in gateways:
                        gateway.hold = True
                    if number:
                        times.setdefault(f"{name}_{part}", []).append(time_us)
    result: dict[str, Any] = {}
    for part, key in (("busy", "growth"), ("idle", "growth_idle")):
        ratios = [b / a for a, b in zip(times[f"small_{part}"], times[f"large_{part}"], strict=True)]
        result[key] = round(statistics.median(ratios), 2)
        result[f"{key}_spread"] = [round(min(ratios), 2), round(max(ratios), 2)]
    return result


def part_queues(size: Size, index: int, busy: bool) -> list[str]:
    """The queues that a connection enqueues to: of the busy part, or of the idle one."""
    first_idle = size.queues - idle_queues(size)
    numbers = range(first_idle) if busy else range(first_idle, size.queues)
    return [queue_name(i) for i in numbers[index % len(numbers) :: CONNECTIONS]]


async def filled(stack: contextlib.AsyncExitStack, size: Size) -> tuple[Server, list[Gateway]]:
    """A daemon with such a centre: agents signed in over all connections, the busy ones in talk, lines full."""
    # In a thread: it may take long on a busy machine, and gateways that are connected already must not fall silent.
    server = await asyncio.to_thread(stack.enter_context, daemon(*of_size(size)))
    agents = [[agent_name(i) for i in range(k, size.agents, CONNECTIONS)] for k in range(CONNECTIONS)]
    queues = [part_queues(size, k, True) for k in range(CONNECTIONS)]
    gateways = await stack.enter_async_context(load(server.port, queues, agents, False))
    wanted = size.waiting + size.agents - idle_agents(size)
    for gateway in gateways:
        gateway.hold = True
    for start_at in range(0, wanted, 4096):
        for number in range(start_at, min(wanted, start_at + 4096)):
            gateways[number % CONNECTIONS].enqueue()
        for gateway in gateways:
            gateway.flush()
        await asyncio.sleep(0.02)
    busy = size.agents - idle_agents(size)
    while sum(len(gateway.talking) for gateway in gateways) < busy:  # noqa: ASYNC110  # gateways count, they tell nobody
        await asyncio.sleep(0.05)
    return server, gateways


async def measure() -> dict[str, Any]:
    """All figures."""
    return {**await against_bare(), **await growth(), "rounds": ROUNDS}


def main(arguments: list[str]) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench wire", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args(arguments)
    result = uvloop.run(measure())
    show(result, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
