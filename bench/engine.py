"""`python -m bench engine`: the core alone, without sockets or store, records encoded and effects decided.

lifecycles_per_s     enqueue, offer, accept, complete in the small centre (all agents busy)
growth               time of a lifecycle in the large centre / in the small one, the same rounds in turn
growth_idle          the same where an arrival finds a free agent
growth_needs         growth where a fifth of the contacts have needs of their own, and every queue's give way in three
                     steps, all of which every call that waits comes to
growth_tickets       growth with half as many tickets with due times waiting beside the calls: 50,000 in the large
                     centre; they are worked when they come due, and others come in their place
growth_X_idle        growth_idle with this mix
estimates_us         what estimated waits add to a lifecycle in the small centre, at 5,000 lifecycles a second of core
                     time, when every queue has learned; median of pairs with estimates and without
estimates_large_us   the same in the large centre
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
from random import Random
from time import process_time

from msgspec import structs

from bench.centre import (
    DUE_WAITS,
    LARGE,
    LIFECYCLE_US,
    MIXES,
    OWN_NEEDS,
    PLAIN,
    SMALL,
    Mix,
    Size,
    agent_name,
    idle_agents,
    idle_queues,
    queue_name,
    settings,
    wait_us,
)
from bench.show import show
from router.core import commands as ask
from router.core.effects import Offer
from router.core.engine import Engine
from router.core.estimates.settings import Estimating
from router.core.internal import GatewayUp

PEER = "main/gateway"
ROUNDS = 7
MIXED_ROUNDS = 5
"""Rounds of each mix: it takes longer, and the whole is to stay within two minutes."""
LIFECYCLES = 2_000
MILLION = 1_000_000
COMMAND_US = LIFECYCLE_US // 3
REAL_LIFECYCLE_US = 200
"""Core time of a lifecycle at 5,000 a second: what estimates do by the clock is spread over as many."""
LEARNS_SOON = Estimating(low_confidence_lives=10, medium_confidence_lives=20)
"""So that a bench of seconds sees every queue estimated."""
USUAL = Estimating()
ESTIMATES_AFTER = 100_000
"""Lifecycles before the first round: twenty seconds, in which the laws of some queues are built."""
ESTIMATES_ROUNDS = 21
COMMANDS_A_BATCH = 8
"""Commands between two commits: what the daemon sees with 64 lifecycles outstanding."""


class Driver:
    """One engine with its centre staffed and its lines full; runs lifecycles and tells the time they took."""

    def __init__(self, size: Size, mix: Mix = PLAIN, estimates: Estimating = USUAL) -> None:
        self.size = size
        self.mix = mix
        self.random = Random(1)
        self.tick_us = COMMAND_US
        self.engine = Engine(structs.replace(settings(size, mix), estimates=estimates), 1)
        self.engine.activate(1_000_000)
        self.now_us = 1_000_000
        self.seq = 0
        self.commands = 0
        self.busy_offers: deque[Offer] = deque()
        self.idle_offers: deque[Offer] = deque()
        self.first_idle_queue = size.queues - idle_queues(size)
        self.engine.apply(self.now_us, PEER, GatewayUp("bench", "gateway", reports_connecting=False))
        self.say(ask.SyncEnd(self.next_seq()))
        channels = ("voice", "ticket") if mix.tickets else ("voice",)
        for i in range(size.agents):
            self.say(ask.LogIn(self.next_seq(), agent_name(i), True))
            self.say(ask.Attach(self.next_seq(), f"e{i}", agent_name(i), channels))
        for i in range(size.waiting + size.agents - idle_agents(size)):
            self.arrive(f"w{i}", queue_name(i % self.first_idle_queue))
            # As long between two of them as when they run through: who waits is as old as it will be then.
            self.now_us += LIFECYCLE_US - COMMAND_US
        self.due_us = DUE_WAITS * wait_us(size)
        tickets = int(size.waiting * mix.tickets)
        self.tick_us = 0
        for i in range(tickets):
            self.arrive_ticket(f"t{i}", queue_name(i % self.first_idle_queue), self.due_us * (i + 1) // tickets)
        self.tick_us = COMMAND_US
        self.drain()
        self.check()

    def check(self) -> None:
        """Nobody was refused, and every agent of the busy part has one contact: else the figures mean nothing."""
        size = self.size
        busy = size.agents - idle_agents(size)
        tickets = len(self.engine.world.tickets.live)
        assert tickets == int(size.waiting * self.mix.tickets)
        assert self.engine.world.live - tickets == size.waiting + busy
        assert len(self.busy_offers) == busy

    def next_seq(self) -> int:
        """A new number."""
        self.seq += 1
        return self.seq

    def arrive(self, contact: str, queue: str) -> None:
        """A call, with needs of its own where the mix says so."""
        needs = self.random.choice(OWN_NEEDS) if self.random.random() < self.mix.own_needs else None
        self.say(ask.Enqueue(self.next_seq(), contact, queue, needs=needs))

    def arrive_ticket(self, contact: str, queue: str, due_us: int) -> None:
        """A ticket that is due so much later."""
        self.say(ask.Enqueue(self.next_seq(), contact, queue, channel="ticket", due_ms=due_us // 1000))

    def say(self, command: ask.Request) -> None:
        """One command; every few commands a commit."""
        self.now_us += self.tick_us
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
            if offer.channel == "ticket":
                self.arrive_ticket(f"x{self.seq}", offer.queue, self.due_us)
            else:
                self.arrive(f"x{self.seq}", offer.queue)
            self.say(ask.Accept(self.next_seq(), offer.offer))
            self.say(ask.Complete(self.next_seq(), offer.contact))
            if not self.busy_offers:
                self.drain()
        took = process_time() - began
        # Who fails is fast.
        assert not self.engine.world.estimates.failures, self.engine.world.estimates.failure
        return took / count

    def idle(self, count: int) -> float:
        """CPU seconds a lifecycle where an arrival finds a free agent."""
        queues = idle_queues(self.size)
        # Nobody of the busy part grows older by this.
        self.tick_us = 0
        began = process_time()
        for i in range(count):
            self.arrive(f"x{self.seq}", queue_name(self.first_idle_queue + i % queues))
            self.drain()
            offer = self.idle_offers.popleft()
            self.say(ask.Accept(self.next_seq(), offer.offer))
            self.say(ask.Complete(self.next_seq(), offer.contact))
        self.tick_us = COMMAND_US
        return (process_time() - began) / count


def measure() -> dict[str, object]:
    """All figures; memory and each mix have a process of their own, that does nothing else."""
    result = {**plain(), "bytes_per_waiting": int(own_process("--memory"))}
    result.update(json.loads(own_process("--estimates", "--json")))
    for name in MIXES:
        result.update(json.loads(own_process("--mix", name, "--json")))
    return result


def own_process(*options: str) -> str:
    """What this module prints with these options."""
    command = [sys.executable, "-m", "bench.engine", *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def plain() -> dict[str, object]:
    """The figures of plain calls."""
    times = rounds(PLAIN, ROUNDS)
    busy = times["busy"]
    return {
        "lifecycles_per_s": round(1 / statistics.median(busy)),
        "lifecycles_per_s_spread": [round(1 / max(busy)), round(1 / min(busy))],
        **growth(times),
        "rounds": ROUNDS,
    }


def mixed(name: str) -> dict[str, object]:
    """The figures of a mix, named by it."""
    times = rounds(MIXES[name], MIXED_ROUNDS)
    found: dict[str, object] = {f"lifecycles_per_s_{name}": round(1 / statistics.median(times["busy"]))}
    for key, value in growth(times).items():
        found[key.replace("growth", f"growth_{name}")] = value
    return found


def rounds(mix: Mix, count: int) -> dict[str, list[float]]:
    """CPU seconds a lifecycle, in the small centre and in the large one in turn."""
    small, large = Driver(SMALL, mix), Driver(LARGE, mix)
    gc.collect()
    gc.freeze()
    gc.disable()
    for driver in (small, large):
        # Every agent has had one of those that run through.
        driver.busy(max(LIFECYCLES, driver.size.agents))
        driver.idle(LIFECYCLES)
    times: dict[str, list[float]] = {"busy": [], "large_busy": [], "idle": [], "large_idle": []}
    for _ in range(count):
        times["busy"].append(small.busy(LIFECYCLES))
        times["large_busy"].append(large.busy(LIFECYCLES))
        times["idle"].append(small.idle(LIFECYCLES))
        times["large_idle"].append(large.idle(LIFECYCLES))
    return times


def estimated() -> dict[str, object]:
    """What estimates add to a lifecycle: rounds with them and without in turn, in time enough for their slices."""
    found: dict[str, object] = {}
    for name, size in (("estimates", SMALL), ("estimates_large", LARGE)):
        drivers = (Driver(size, estimates=LEARNS_SOON), Driver(size, estimates=Estimating(enabled=False)))
        gc.collect()
        gc.freeze()
        gc.disable()
        for driver in drivers:
            driver.tick_us = REAL_LIFECYCLE_US // 3
            driver.busy(ESTIMATES_AFTER)
        pairs = []
        for number in range(ESTIMATES_ROUNDS):
            turn = drivers if number % 2 else drivers[::-1]
            took = {driver: driver.busy(LIFECYCLES) for driver in turn}
            pairs.append((took[drivers[0]] - took[drivers[1]]) * MILLION)
        made = [view.trajectory for view in drivers[0].engine.world.estimates.views.values()]
        assert any(one is not None for one in made), "nothing was estimated: the figure means nothing"
        found[f"{name}_us"] = round(statistics.median(pairs), 1)
        quarters = statistics.quantiles(pairs, n=4)
        found[f"{name}_us_quartiles"] = [round(quarters[0], 1), round(quarters[2], 1)]
    return found


def growth(times: dict[str, list[float]]) -> dict[str, object]:
    """Large against small, round by round."""
    busy = [b / a for a, b in zip(times["busy"], times["large_busy"], strict=True)]
    idle = [b / a for a, b in zip(times["idle"], times["large_idle"], strict=True)]
    return {
        "growth": round(statistics.median(busy), 2),
        "growth_spread": [round(min(busy), 2), round(max(busy), 2)],
        "growth_idle": round(statistics.median(idle), 2),
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
    parser.add_argument("--mix", choices=tuple(MIXES), help="the figures of this mix of contacts alone")
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--estimates", action="store_true", help="what estimated waits cost alone")
    options = parser.parse_args(arguments)
    if options.memory:
        print(memory())
        return 0
    result = estimated() if options.estimates else mixed(options.mix) if options.mix else measure()
    show(result, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
