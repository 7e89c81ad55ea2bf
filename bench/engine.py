"""`python -m bench engine`: the core alone, without sockets or store, records encoded and effects decided.

lifecycles_per_s     enqueue, offer, accept, complete in the small centre (all agents busy)
growth               time of a lifecycle in the large centre / in the small one, the same rounds in turn
growth_idle          the same where an arrival finds a free agent
bytes_per_waiting    RSS with a million waiting less RSS before, divided by a million (a process of its own)
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
from collections import deque
from pathlib import Path
from time import process_time

from bench.centre import LARGE, SMALL, Size, agent_name, idle_agents, idle_queues, queue_name, settings
from router.core import commands as ask
from router.core.effects import Offer
from router.core.engine import Engine
from router.core.internal import GatewayUp

PEER = "main/gateway"
ROUNDS = 7
LIFECYCLES = 2_000
MILLION = 1_000_000
COMMANDS_A_BATCH = 8
"""Commands between two commits: what the daemon sees with 64 lifecycles outstanding."""


class Driver:
    """One engine with its centre staffed and its lines full; runs lifecycles and tells the time they took."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.engine = Engine(settings(size), 1)
        self.engine.activate(1_000_000)
        self.now_us = 1_000_000
        self.seq = 0
        self.commands = 0
        self.busy_offers: deque[Offer] = deque()
        self.idle_offers: deque[Offer] = deque()
        self.first_idle_queue = size.queues - idle_queues(size)
        self.engine.apply(self.now_us, PEER, GatewayUp("bench", "gateway", reports_connecting=False))
        self.say(ask.SyncEnd(self.next_seq()))
        for i in range(size.agents):
            self.say(ask.LogIn(self.next_seq(), agent_name(i), True))
            self.say(ask.Attach(self.next_seq(), f"e{i}", agent_name(i)))
        for i in range(size.waiting + size.agents - idle_agents(size)):
            queue = queue_name(i % self.first_idle_queue)
            self.say(ask.Enqueue(self.next_seq(), f"w{i}", queue))
        self.drain()

    def next_seq(self) -> int:
        """A new number."""
        self.seq += 1
        return self.seq

    def say(self, command: ask.Request) -> None:
        """One command; every few commands a commit."""
        self.now_us += 10
        self.engine.apply(self.now_us, PEER, command)
        self.commands += 1
        if self.commands % COMMANDS_A_BATCH == 0:
            self.drain()

    def drain(self) -> None:
        """Take records and effects as the loop does; keep the offers."""
        self.engine.take_batch()
        for _, effect in self.engine.take_effects():
            if type(effect) is Offer:
                busy = int(effect.queue[1:]) < self.first_idle_queue
                (self.busy_offers if busy else self.idle_offers).append(effect)

    def busy(self, count: int) -> float:
        """CPU seconds a lifecycle where all agents are busy: an arrival waits, who comes free takes the most urgent."""
        began = process_time()
        for _ in range(count):
            offer = self.busy_offers.popleft()
            self.say(ask.Enqueue(self.next_seq(), f"x{self.seq}", offer.queue))
            self.say(ask.Accept(self.next_seq(), offer.offer))
            self.say(ask.Complete(self.next_seq(), offer.contact))
            if not self.busy_offers:
                self.drain()
        return (process_time() - began) / count

    def idle(self, count: int) -> float:
        """CPU seconds a lifecycle where an arrival finds a free agent."""
        queues = idle_queues(self.size)
        began = process_time()
        for i in range(count):
            queue = queue_name(self.first_idle_queue + i % queues)
            self.say(ask.Enqueue(self.next_seq(), f"x{self.seq}", queue))
            self.drain()
            offer = self.idle_offers.popleft()
            self.say(ask.Accept(self.next_seq(), offer.offer))
            self.say(ask.Complete(self.next_seq(), offer.contact))
        return (process_time() - began) / count


def measure() -> dict[str, object]:
    """All figures; the memory figure comes from a process that does nothing else."""
    waiting = subprocess.run(
        [sys.executable, "-m", "bench.engine", "--memory"], check=True, capture_output=True, text=True
    )
    small, large = Driver(SMALL), Driver(LARGE)
    gc.collect()
    gc.freeze()
    gc.disable()
    for driver in (small, large):
        driver.busy(LIFECYCLES)
        driver.idle(LIFECYCLES)
    times: dict[str, list[float]] = {"busy": [], "large_busy": [], "idle": [], "large_idle": []}
    for _ in range(ROUNDS):
        times["busy"].append(small.busy(LIFECYCLES))
        times["large_busy"].append(large.busy(LIFECYCLES))
        times["idle"].append(small.idle(LIFECYCLES))
        times["large_idle"].append(large.idle(LIFECYCLES))
    growth = [b / a for a, b in zip(times["busy"], times["large_busy"], strict=True)]
    growth_idle = [b / a for a, b in zip(times["idle"], times["large_idle"], strict=True)]
    return {
        "lifecycles_per_s": round(1 / statistics.median(times["busy"])),
        "lifecycles_per_s_spread": [round(1 / max(times["busy"])), round(1 / min(times["busy"]))],
        "growth": round(statistics.median(growth), 2),
        "growth_spread": [round(min(growth), 2), round(max(growth), 2)],
        "growth_idle": round(statistics.median(growth_idle), 2),
        "bytes_per_waiting": int(waiting.stdout),
        "rounds": ROUNDS,
    }


def memory() -> int:
    """Bytes a waiting contact, with a million of them."""
    engine = Engine(settings(SMALL), 1)
    engine.activate(1_000_000)
    engine.apply(1_000_000, PEER, GatewayUp("bench", "gateway", reports_connecting=False))
    engine.apply(1_000_000, PEER, ask.SyncEnd(1))
    engine.apply(1_000_000, PEER, ask.LogIn(2, agent_name(0), False))
    engine.apply(1_000_000, PEER, ask.Attach(3, "e0", agent_name(0)))
    queue = next(i for i in range(SMALL.queues) if (f"s{i}", 1) in settings(SMALL).agents[0].skills)
    gc.disable()
    before = rss_bytes()
    for i in range(MILLION):
        engine.apply(1_000_000 + i, PEER, ask.Enqueue(4 + i, f"call-{i:08}", queue_name(queue)))
        if i % 64 == 0:
            engine.take_batch()
            engine.take_effects()
    engine.take_batch()
    engine.take_effects()
    assert engine.world.live == MILLION
    return (rss_bytes() - before) // MILLION


def rss_bytes() -> int:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def main(arguments: list[str]) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench engine", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.memory:
        print(memory())
        return 0
    result = measure()
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:26} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
