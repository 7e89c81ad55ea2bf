"""`python -m bench reload [--waiting 50000] [--json]`: how long a reload of everything holds the daemon's loop up.

The large centre: 10,000 agents of 2,000 profiles, all signed in, 500 queues, 1,000 rules over them, contacts waiting in
each, and lifecycles going on all the time over 16 connections. Each edit is applied three times and back, in turn; a
client of its own, in a process of its own, pings every two milliseconds.

ping_most_ms       longest time to a pong while an edit is applied; `nothing`: while none is, for as long
ping_p99_ms        what 99 of 100 pings of that time had at most
step_most_ms       longest step of the loop meanwhile, by the clock, as the daemon itself sees it
step_cpu_most_ms   the longest by its own CPU time: what others on the machine took is not in it
step_cpu_most_in   the parts of a reload in which that one began and ended (router/core/reload/crossing.py); `-`: none
looked_most_ms     the longest that one step looked for garbage among young objects, by its own CPU time
apply_s            from asking to the answer that everybody has crossed

    agents    every agent has other levels
    queues    every queue asks for another level and has another target
    rules     every rule asks for another value
    all       everything at once
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import select
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import uvloop
from msgspec.msgpack import Encoder

from bench.centre import LARGE, Size, agent_name, idle_agents, queue_name, skills_of
from bench.load import Gateway
from bench.show import show
from bench.wire import CONNECTIONS, OUTSTANDING, Server, asked, load, part_queues, pause, process, write_configuration
from router.wire.messages import Hello, Ping

EDITS: Final = ("agents", "queues", "rules", "all")
TIMES: Final = 3
PING_EVERY_S: Final = 0.002
QUIET_S: Final = 8.0
RULES: Final = 1_000
WHENS: Final = (
    '{{ queue = "{queue}", signal = "waiting", above = {much} }}',
    '{{ queue = "{queue}", signal = "oldest_wait_s", above = {much} }}',
    (
        '{{ all = [{{ queue = "{queue}", signal = "waiting", above = {much} }}, '
        '{{ queue = "{queue}", signal = "idle", at_least = {much} }}] }}'
    ),
    '{{ queue = "{queue}", signal = "staffed", above = {much} }}',
    '{{ queue = "{queue}", signal = "arrivals", above = {much}, window_s = 900 }}',
    '{{ queue = "{queue}", signal = "abandonment", above = 0.{much}, window_s = 900 }}',
)
"""What rules ask, by turns; nothing of it comes true."""

_encode = Encoder().encode


def rules(size: Size, edit: str) -> str:
    """The rules as the edit has them: a queue each by turns, each of another kind than the one before."""
    much = 900_001 if edit in ("rules", "all") else 900_000
    texts = []
    for i in range(RULES):
        queue = queue_name(i % size.queues)
        when = WHENS[(i + i // size.queues) % len(WHENS)].format(queue=queue, much=much)
        texts.append(f"[rules.r{i}]\nwhen = {when}\nobserve = true\n")
    return "\n".join(texts)


def files(size: Size, edit: str) -> tuple[list[str], list[str]]:
    """Queues and agents of the centre as the edit has them; `nothing`: as they were."""
    level = 2 if edit in ("queues", "all") else 1
    target_s = 30 if edit in ("queues", "all") else 20
    queues = [
        f"[queues.{queue_name(i)}]\nneeds = {{ s{i} = {level} }}\ntarget_s = {target_s}\nwaiting_max = 1_000_000\n"
        for i in range(size.queues)
    ]
    more = 1 if edit in ("agents", "all") else 0
    agents = []
    for i in range(size.agents):
        skills = ", ".join(f"{name} = {(had + more - 1) % 10 + 1}" for name, had in skills_of(size, i))
        agents.append(f"[agents.{agent_name(i)}]\nskills = {{ {skills} }}\n")
    return queues, agents


# -- the pinging client, in a process of its own ----------------------------------------------------------------------


def ping(port: int) -> None:
    """Ping without end; each line on standard input is answered with the times since the last one, in ms: the longest,
    and that which 99 of 100 had at most."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(_framed(Hello("pinger", "supervisor", "bench-1")))
        _answer(line)
        took_s: list[float] = []
        while True:
            began = time.perf_counter()
            line.sendall(_framed(Ping(1)))
            _answer(line)
            took_s.append(time.perf_counter() - began)
            readable, _, _ = select.select([sys.stdin], [], [], PING_EVERY_S)
            if readable:
                if not sys.stdin.readline():
                    return
                took_s.sort()
                print(took_s[-1] * 1000, took_s[int(0.99 * (len(took_s) - 1))] * 1000, flush=True)
                took_s = []


def _framed(message: Any) -> bytes:
    body = _encode(message)
    return struct.pack(">I", len(body)) + body


def _answer(line: socket.socket) -> None:
    """Read one frame."""
    (length,) = struct.unpack(">I", _exactly(line, 4))
    _exactly(line, length)


def _exactly(line: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = line.recv(count - len(data))
        if not piece:
            raise SystemExit("the daemon has closed the connection")
        data += piece
    return data


class Pinger:
    """That process."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self._running = running

    async def times_ms(self) -> dict[str, float]:
        """The longest time since this was last asked, and that of 99 of 100 pings."""
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write("\n")
        self._running.stdin.flush()
        most_ms, p99_ms = (await asyncio.to_thread(self._running.stdout.readline)).split()
        return {"ping_most_ms": float(most_ms), "ping_p99_ms": float(p99_ms)}


@contextlib.contextmanager
def pinging(port: int) -> Iterator[Pinger]:
    """A pinging client."""
    command = [sys.executable, "-m", "bench.reload", "--ping", str(port)]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Pinger(running)
    finally:
        running.kill()
        running.wait()


# -- the bench --------------------------------------------------------------------------------------------------------


async def applied(folder: Path) -> dict[str, Any]:
    """Ask for what lies in the directory, as a person does."""
    reader, writer = await asyncio.open_unix_connection(str(folder / "people.sock"), limit=1 << 20)
    order = {"t": "apply", "seq": 1, "who": "bench", "why": "bench", "force": True}
    writer.write(json.dumps(order).encode() + b"\n")
    try:
        while True:
            told: dict[str, Any] = json.loads(await reader.readline())
            if told.get("re") == 1:
                return told
    finally:
        writer.close()


async def one(folder: Path, size: Size, edit: str, server: Server, pinger: Pinger) -> dict[str, Any]:
    """Write an edit, apply it, and say how long everybody else had to wait."""
    queues, agents = files(size, edit)
    (folder / "queues.toml").write_text("\n".join(queues), encoding="utf-8")
    (folder / "agents.toml").write_text("\n".join(agents), encoding="utf-8")
    (folder / "rules.toml").write_text(rules(size, edit), encoding="utf-8")
    await asked(server)
    await pinger.times_ms()
    began = time.perf_counter()
    told = await applied(folder)
    took_s = time.perf_counter() - began
    assert told["done"], told
    steps = await asked(server)
    return {
        **await pinger.times_ms(),
        **steps_ms(steps),
        "apply_s": took_s,
    }


def steps_ms(found: dict[str, Any]) -> dict[str, Any]:
    """The longest steps as they are printed."""
    return {
        "step_most_ms": found["step_most_us"] / 1000,
        "step_cpu_most_ms": found["step_cpu_most_us"] / 1000,
        "step_cpu_most_in": found["step_cpu_most_in"],
        "looked_most_ms": found["looked_most_us"] / 1000,
    }


async def quiet(server: Server, pinger: Pinger) -> dict[str, Any]:
    """The same while nobody applies anything."""
    await asked(server)
    await pinger.times_ms()
    await asyncio.sleep(QUIET_S)
    steps = await asked(server)
    return {
        **await pinger.times_ms(),
        **steps_ms(steps),
    }


async def fill(gateways: list[Gateway], size: Size) -> None:
    """Busy agents talk, contacts wait in every queue of theirs."""
    busy = size.agents - idle_agents(size)
    for gateway in gateways:
        gateway.hold = True
    for begin in range(0, size.waiting + busy, 2048):
        for number in range(begin, min(size.waiting + busy, begin + 2048)):
            gateways[number % CONNECTIONS].enqueue()
        for gateway in gateways:
            gateway.flush()
        await asyncio.sleep(0.02)
    while sum(len(gateway.talking) for gateway in gateways) < busy:  # noqa: ASYNC110  # gateways count, they tell nobody
        await asyncio.sleep(0.1)


async def measured(waiting: int) -> dict[str, Any]:
    """Everything."""
    size = Size(LARGE.queues, LARGE.agents, LARGE.profiles, waiting)
    agents = [[agent_name(i) for i in range(k, size.agents, CONNECTIONS)] for k in range(CONNECTIONS)]
    queues = [part_queues(size, k, True) for k in range(CONNECTIONS)]
    found: dict[str, list[dict[str, Any]]] = {edit: [] for edit in EDITS}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        write_configuration(folder, *files(size, "nothing"))
        (folder / "rules.toml").write_text(rules(size, "nothing"), encoding="utf-8")
        server = stack.enter_context(process("bench.daemon", name, "--steps"))
        async with load(server.port, queues, agents, False) as gateways:
            await fill(gateways, size)
            for gateway in gateways:
                gateway.running = True
                for _ in range(OUTSTANDING // CONNECTIONS):
                    gateway.turn()
                gateway.flush()
            pinger = stack.enter_context(pinging(server.port))
            nothing = await quiet(server, pinger)
            for _ in range(TIMES):
                for edit in EDITS:
                    found[edit].append(await one(folder, size, edit, server, pinger))
                    found[edit].append(await one(folder, size, "nothing", server, pinger))
            await pause(gateways)
    return {
        "waiting": waiting,
        "nothing": {key: round(value, 1) if key.endswith("_ms") else value for key, value in nothing.items()},
        **{edit: summary(rounds) for edit, rounds in found.items()},
    }


def summary(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The worst of each, where the longest step was, and the median of the time it took."""
    worst = {key: round(max(each[key] for each in rounds), 1) for key in rounds[0] if key.endswith("_ms")}
    longest = max(rounds, key=lambda each: each["step_cpu_most_ms"])
    worst["step_cpu_most_in"] = longest["step_cpu_most_in"]
    return {**worst, "apply_s": round(statistics.median(each["apply_s"] for each in rounds), 2)}


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m bench reload", description=__doc__.splitlines()[0])
    parser.add_argument("--waiting", type=int, default=50_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--ping", type=int, default=0, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.ping:
        ping(chosen.ping)
        return 0
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(measured(chosen.waiting))
    show(result, as_json=chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
