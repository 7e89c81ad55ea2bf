"""`python -m bench lists [--contacts 100000] [--json]`: what a gateway that goes and comes back costs the core.

It has so many contacts that wait. It goes, and comes back with a list of all of them (`all`); goes, and comes back with
a list of every other one (`half`); goes, and stays away beyond its time of grace (`never`). For each part: how many
steps it takes, the longest of them and all together, in ms of CPU, and what its records and messages take beside it.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
from time import process_time
from typing import Any

from msgspec import structs

from bench.centre import PLAIN, SMALL, queue_name, settings
from router.core import commands as ask
from router.core.engine import Engine
from router.core.handlers.state import ENTRIES_A_FRAME
from router.core.internal import GatewayDown, GatewayUp
from router.terms import SECOND_US
from router.wire.codec import encode_frame

PEER = "main/gateway"
STEP_US = 50


class Lists:
    """The engine and its gateway."""

    def __init__(self, contacts: int) -> None:
        self.now_us = SECOND_US
        self.seq = 0
        self.took: defaultdict[str, list[float]] = defaultdict(list)
        """Part -> milliseconds of each of its steps."""
        small = settings(SMALL, PLAIN)
        queues = tuple(structs.replace(queue, enter_unstaffed=True) for queue in small.queues)
        self.engine = Engine(structs.replace(small, queues=queues), 1)
        self.engine.activate(self.now_us)
        self.queues = {f"c{number}": queue_name(number % SMALL.queues) for number in range(contacts)}
        self.comes("first", [])
        for contact, queue in self.queues.items():
            self.say("first", ask.Enqueue(0, contact, queue))
        assert self.engine.world.live == contacts, "everybody was let in"

    def timed(self, part: str, what: Callable[[], object]) -> None:
        """One step, then its records and messages."""
        self.now_us += STEP_US
        began = process_time()
        what()
        stepped = process_time()
        self.engine.take_batch()
        for _, message in self.engine.take_effects():
            encode_frame(message)
        self.took[part].append((stepped - began) * 1000)
        self.took[f"{part}: kept, told"].append((process_time() - stepped) * 1000)

    def say(self, part: str, command: Any) -> None:
        """A command of the gateway."""
        if hasattr(command, "seq"):
            self.seq += 1
            command.seq = self.seq
        self.timed(part, lambda: self.engine.apply(self.now_us, PEER, command))

    def rest(self, part: str) -> None:
        """Everything that is due now."""
        while (due_us := self.engine.next_deadline_us()) is not None and due_us <= self.now_us:
            self.timed(part, lambda: self.engine.tick(self.now_us))

    def comes(self, how: str, listed: list[str]) -> None:
        """It connects and lists these."""
        self.say(f"{how}: up", GatewayUp("bench", "gateway", reports_connecting=False))
        for start in range(0, len(listed), ENTRIES_A_FRAME):
            piece = listed[start : start + ENTRIES_A_FRAME]
            alive = tuple(ask.AliveContact(contact, self.queues[contact]) for contact in piece)
            self.say(f"{how}: sync", ask.Sync(0, alive))
        self.say(f"{how}: sync_end", ask.SyncEnd(0))
        self.rest(f"{how}: after it")

    def goes(self, how: str) -> None:
        """Its connection is gone."""
        self.say(f"{how}: goes", GatewayDown("closed"))
        self.rest(f"{how}: shut")


def measure(contacts: int) -> dict[str, dict[str, float]]:
    """All of it."""
    lists = Lists(contacts)
    lists.took.clear()
    everybody = list(lists.queues)
    lists.goes("all")
    lists.comes("all", everybody)
    lists.goes("half")
    lists.comes("half", everybody[::2])
    assert lists.engine.world.live == len(everybody[::2]), "who was not listed has ended"
    lists.goes("never")
    lists.now_us += 2 * lists.engine.world.settings.limits.gateway_grace_us
    lists.rest("never: closed")
    assert lists.engine.world.live == 0, "it stayed away"
    return {
        part: {"steps": len(took), "longest_ms": round(max(took), 2), "all_ms": round(sum(took), 1)}
        for part, took in lists.took.items()
    }


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m bench lists", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    found = measure(options.contacts)
    if options.json:
        print(json.dumps(found))
        return 0
    for part, figures in found.items():
        print(f"{part:24}", *(f"{name} {value:>9}" for name, value in figures.items()), sep="  ")
    return 0
