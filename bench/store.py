"""`python -m bench store`: commits alone, then the daemon, with every kind of store beside memory in one run.

commits        batches of 64 records one after the other, as the loop sends them: thousand records a second, p50 and
               p99 of a commit in ms, CPU of this process a commit in us. Redis with appendfsync no, everysec and always
ways           the same records to Redis as one script, as MULTI with one command a hash, as MULTI with one
               command a record, and as a pipeline of those without MULTI: thousand records a second
daemon         16 connections, 64 lifecycles outstanding: the daemon's CPU a lifecycle in us, as a ratio to the memory
               store's and to the bare server's, what one core then does, and what came through in fact; and from the
               read of the freeing frame to the offer written, at 1,000 lifecycles a second
loaded         the same with 1,024 outstanding: what came through, in how many commits of how many records
disk           appending and flushing without any server, in ms: what a commit can't be quicker than

Medians over rounds in which every store has its turn. It starts a redis-server for each setting, with a directory and
a port of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import uvloop

from bench.store_daemon import Place, compared, loaded, medians
from router.core.batch import Batch
from router.store import Store, StoreUnusable, open_store
from router.store.base import STREAMS_MOST, Stamp, StoreError
from router.store.redis import script
from router.store.redis.script import command

PARTS = ("disk", "commits", "ways", "daemon", "loaded")
FSYNCS = ("no", "everysec", "always")
RECORDS = 64
RECORD_BYTES = 220
KEYS = 20_000
"""Live records that batches change."""
ROUNDS = 5
ROUND_S = 1.0
STAMP = Stamp(5_000_000, 7_000_000, 1_800_000_000_000_000, "9f1c2b1e-7a9d-4c1e-9a51-2f4f6a1c0b3d")
START_MOST_S = 10.0


@contextlib.contextmanager
def redis_server(folder: Path, fsync: str) -> Iterator[int]:
    """A Redis of ours: its port."""
    with redis_process(folder, fsync) as (port, _):
        yield port


@contextlib.contextmanager
def redis_process(folder: Path, fsync: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A Redis of ours: its port, and the process. It is ended by its pid."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("redis-server is not installed (Debian: apt-get install redis-server)")
    folder.mkdir()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "yes"]
    # A rewrite of the file beside a measurement would be measured too.
    options += ["--appendfsync", fsync, "--auto-aof-rewrite-percentage", "0"]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = perf_counter() + START_MOST_S
        while True:
            try:
                open_store(f"redis://127.0.0.1:{port}", "bench").close()
                break
            except StoreUnusable:
                if perf_counter() > until:
                    raise
        yield port, server
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def places(folder: Path) -> Iterator[list[Place]]:
    """Every store, ready."""
    with contextlib.ExitStack() as stack:
        found = [Place("memory", "memory:"), Place("sqlite", f"sqlite:{folder}/bench.sqlite")]
        for fsync in FSYNCS:
            port = stack.enter_context(redis_server(folder / fsync, fsync))
            found.append(Place(f"redis_{fsync}", f"redis://127.0.0.1:{port}"))
        yield found


def changes(rng: random.Random) -> tuple[list[tuple[str, str, bytes]], list[tuple[str, str]], list[tuple[str, bytes]]]:
    """64 records as a busy daemon's batch has them: most are put, some end and leave a contact record."""
    names = rng.sample(range(KEYS), RECORDS - 8)
    puts = [("contact" if n % 3 else "agent", f"main/gw1/call-{n:08}", rng.randbytes(RECORD_BYTES)) for n in names[8:]]
    drops = [("contact", f"main/gw1/call-{n:08}") for n in names[:8]]
    return puts, drops, [("history", rng.randbytes(2 * RECORD_BYTES)) for _ in range(8)]


class Commits:
    """One store, committed to as the loop does it: one batch in flight, the next one when it has landed."""

    def __init__(self, place: Place, site: str = "commits") -> None:
        self.place = place
        self.store: Store = open_store(place.url, site)
        self.epoch = self.store.begin_epoch(STAMP)
        self.number = 0
        self.loop = asyncio.get_running_loop()
        self.store.attach(self.loop.call_soon_threadsafe)
        self.rng = random.Random(1)
        self.ready = [changes(self.rng) for _ in range(200)]
        self.over: asyncio.Future[None] = self.loop.create_future()
        self.until = 0.0
        self.sent = 0.0
        self.took_s: list[float] = []

    def next(self) -> None:
        """Send one."""
        self.number += 1
        puts, drops, appends = self.ready[self.number % len(self.ready)]
        self.sent = perf_counter()
        self.store.send(Batch(self.number, self.epoch, puts, drops, appends), STAMP, self.landed)

    def landed(self, error: StoreError | None) -> None:
        """It is kept."""
        if error is not None:
            self.over.set_exception(error)
            return
        self.took_s.append(perf_counter() - self.sent)
        if perf_counter() > self.until:
            self.over.set_result(None)
        elif self.store.synchronous:
            self.loop.call_soon(self.next)
        else:
            self.next()

    async def round(self) -> dict[str, float]:
        """One second of commits."""
        self.took_s.clear()
        self.over = self.loop.create_future()
        began, cpu = perf_counter(), process_time()
        self.until = began + ROUND_S
        self.next()
        await self.over
        passed, took = perf_counter() - began, sorted(self.took_s)
        return {
            "krecords_per_s": len(took) * RECORDS / passed / 1000,
            "p50_ms": took[len(took) // 2] * 1000,
            "p99_ms": took[len(took) * 99 // 100] * 1000,
            "cpu_us": (process_time() - cpu) / len(took) * 1e6,
        }


async def commits(found: list[Place]) -> dict[str, dict[str, float]]:
    """Every store in turn, several times."""
    running = [Commits(place) for place in found]
    rounds: dict[str, list[dict[str, float]]] = {place.name: [] for place in found}
    for number in range(ROUNDS + 1):
        for each in running:
            result = await each.round()
            if number:
                rounds[each.place.name].append(result)
    for each in running:
        each.store.close()
    return {name: medians(results) for name, results in rounds.items()}


def way(name: str, rng: random.Random) -> tuple[bytes, int]:
    """64 records as commands without our script: their bytes, and how many replies they get."""
    puts, drops, appends = changes(rng)
    said: list[bytes] = []
    if name == "multi_a_hash":
        for kind in ("contact", "agent"):
            flat = [part for k, key, record in puts if k == kind for part in (key.encode(), record)]
            said.append(command(b"HSET", b"{way}:" + kind.encode(), *flat))
        said.append(command(b"HDEL", b"{way}:contact", *[key.encode() for _, key in drops]))
    else:
        said += [command(b"HSET", b"{way}:" + kind.encode(), key.encode(), record) for kind, key, record in puts]
        said += [command(b"HDEL", b"{way}:contact", key.encode()) for _, key in drops]
    said += [command(b"XADD", b"{way}:history", b"MAXLEN", b"~", b"500000", b"*", b"e", entry) for _, entry in appends]
    said.append(command(b"HSET", b"{way}:meta", b"batch", b"1"))
    if name.startswith("multi"):
        # +OK, a +QUEUED for each, and the array's own line with a reply for each.
        return b"".join((command(b"MULTI"), *said, command(b"EXEC"))), 2 + 2 * len(said)
    return b"".join(said), len(said)


def ways(place: Place) -> dict[str, float]:
    """Thousand records a second by each way, on one blocking socket and from bytes prepared as far as can be: what
    the server makes of it. Only the script is fenced and feeds a standby."""
    store = open_store(place.url, "ways")
    epoch, number = store.begin_epoch(STAMP), 0
    store.close()
    rng = random.Random(2)
    keys = script.Keys("ways")
    packed = [script.pack(Batch(0, 0, *changes(rng)), STREAMS_MOST) for _ in range(50)]
    prepared = {name: [way(name, rng) for _ in range(50)] for name in ("multi_a_hash", "multi_a_record", "pipeline")}
    rates: dict[str, list[float]] = {name: [] for name in ("script", *prepared)}
    host, _, port = place.url.removeprefix("redis://").partition(":")
    with socket.create_connection((host, int(port))) as plain:
        for _ in range(ROUNDS):
            for name, found in rates.items():
                began, many = perf_counter(), 0
                while perf_counter() - began < ROUND_S / 2:
                    many += 1
                    if name == "script":
                        number += 1
                        batch = Batch(number, epoch, [], [], [])
                        oldest = b"%d-%d" % (epoch, max(0, number - 2000))
                        data, lines = script.commit(batch, STAMP, keys, packed[many % 50], oldest, False), 1
                    else:
                        data, lines = prepared[name][many % 50]
                        # Each of eight XADDs answers with a length and a line.
                        lines += 8
                    plain.sendall(data)
                    while lines > 0:
                        answer = plain.recv(65_536)
                        lines -= answer.count(b"\r\n")
                        if b"-ERR" in answer or b"-GAP" in answer or b"-TORN" in answer:
                            raise RuntimeError(answer)
                found.append(many * RECORDS / (perf_counter() - began) / 1000)
    return {name: round(statistics.median(found), 1) for name, found in rates.items()}


def disk(folder: Path) -> dict[str, float]:
    """What the disk gives without any server: so many bytes appended and flushed, one after the other, in ms."""
    found: dict[str, float] = {}
    for size in (RECORDS * RECORD_BYTES, 6 * RECORDS * RECORD_BYTES):
        took: list[float] = []
        with (folder / "disk").open("wb", buffering=0) as file:
            data, until = random.Random(3).randbytes(size), perf_counter() + ROUND_S
            while (began := perf_counter()) < until:
                file.write(data)
                os.fdatasync(file.fileno())
                took.append(perf_counter() - began)
        took.sort()
        found |= {
            f"p50_ms_{size}": round(took[len(took) // 2] * 1000, 3),
            f"p99_ms_{size}": round(took[len(took) * 99 // 100] * 1000, 3),
        }
    return found


async def measure(parts: list[str]) -> dict[str, Any]:
    """The figures of these parts."""
    found: dict[str, Any] = {"rounds": ROUNDS}
    with tempfile.TemporaryDirectory() as name, places(Path(name)) as everywhere:
        if "disk" in parts:
            found["disk"] = {"append": disk(Path(name))}
        if "commits" in parts:
            found["commits"] = await commits(everywhere)
        if "ways" in parts:
            found["ways"] = {place.name: ways(place) for place in everywhere if place.name.startswith("redis")}
        # A store is one daemon's alone, and SQLite's file holds the benchmark's own records by now.
        if "daemon" in parts:
            real = [Place(place.name, place.url.replace("bench.sqlite", "daemon.sqlite")) for place in everywhere]
            found["daemon"] = await compared(real, ROUNDS, ROUND_S)
        if "loaded" in parts:
            real = [Place(place.name, place.url.replace("bench.sqlite", "loaded.sqlite")) for place in everywhere]
            found["loaded"] = await loaded(real, ROUNDS, ROUND_S)
    return found


def main(arguments: list[str]) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench store", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=PARTS, action="append", help="only this one; may be given again")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args(arguments)
    result = uvloop.run(measure(options.part or list(PARTS)))
    if options.json:
        print(json.dumps(result))
        return 0
    for part in PARTS:
        for name, figures in result.get(part, {}).items():
            print(f"{part:8} {name:16}", *(f"{key} {value}" for key, value in figures.items()), sep="  ")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
