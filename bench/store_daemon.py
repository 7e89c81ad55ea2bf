"""The daemon with each store, for `python -m bench store`: its CPU a lifecycle, what comes through, what bounds that.

Two loads. With 64 lifecycles outstanding it is compared with the bare server and with the memory store: there a
lifecycle waits for three commits, so what comes through is bounded by what one takes. With 1,024 outstanding it is
bounded by the daemon's core, where commits are not slower than that: `core_share` says which it was, and the records
of a commit say what one fsync carries.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from bench import wire
from bench.load import Gateway

LOADED = 1_024
"""Lifecycles outstanding where what comes through is measured."""
RAMP_S = 0.1
PACED_PER_S = 1_000
PACED_S = 3.0


class Place(NamedTuple):
    """Where a store is."""

    name: str
    url: str


Gateways = list[Gateway]


@contextlib.contextmanager
def daemon(place: Place, agents: int) -> Iterator[wire.Server]:
    """The real daemon with this store."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wire.write_configuration(folder, *wire.own_queues(agents))
        machine = folder / "switchboard.toml"
        machine.write_text(machine.read_text().replace('url = "memory:"', f'url = "{place.url}"'))
        with wire.process("bench.daemon", name) as running:
            yield running


async def connected(stack: contextlib.AsyncExitStack, place: Place, outstanding: int) -> tuple[wire.Server, Gateways]:
    """A daemon with this store, or the bare server, and its gateways with as many agents."""
    queues = [[f"q{i}"] for i in range(wire.CONNECTIONS)]
    each = outstanding // wire.CONNECTIONS
    agents = [[f"a{i + wire.CONNECTIONS * j}" for j in range(each)] for i in range(wire.CONNECTIONS)]
    bare = place.name == "bare"
    server = stack.enter_context(wire.process("bench.bare") if bare else daemon(place, outstanding))
    return server, await stack.enter_async_context(wire.load(server.port, queues, agents, bare))


async def round_of(
    place: Place, server: wire.Server, gateways: Gateways, outstanding: int, s: float
) -> dict[str, float]:
    """One round of so many seconds at full load."""
    wire.start(gateways, outstanding // wire.CONNECTIONS)
    await asyncio.sleep(RAMP_S)
    if place.name != "bare":
        await wire.asked(server)
    before, began = wire.done(gateways), perf_counter()
    cpu_us, _ = await wire.round_of(server.pid, gateways, s)
    passed = perf_counter() - began
    per_s = (wire.done(gateways) - before) / passed
    found = {
        "cpu_us_per_lifecycle": cpu_us,
        "lifecycles_per_core_s": 1e6 / cpu_us,
        "lifecycles_per_s": per_s,
        "core_share": cpu_us * per_s / 1e6,
    }
    if place.name != "bare":
        kept = await wire.asked(server)
        found["commits_per_s"] = kept["batches"] / passed
        found["records_per_commit"] = kept["records"] / max(1, kept["batches"])
        found["commit_ms"] = kept["commit_us"] / max(1, kept["batches"]) / 1000
    await wire.pause(gateways)
    return found


def medians(results: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: round(statistics.median(each[name] for each in results), 2) for name in results[0]}


async def compared(found: list[Place], rounds: int, seconds: float) -> dict[str, dict[str, float]]:
    """The daemon with every store, and the bare server, in turn, with 64 outstanding."""
    results: dict[str, list[dict[str, float]]] = {place.name: [] for place in found}
    wire.PACED_PER_S, wire.PACED_S = PACED_PER_S, PACED_S
    async with contextlib.AsyncExitStack() as stack:
        running = [(place, *await connected(stack, place, wire.OUTSTANDING)) for place in (Place("bare", ""), *found)]
        for number in range(rounds + 1):
            cpus: dict[str, float] = {}
            for place, server, gateways in running:
                one = await round_of(place, server, gateways, wire.OUTSTANDING, seconds if number else 0.4)
                cpus[place.name] = cpu_us = one["cpu_us_per_lifecycle"]
                if number and place.name != "bare":
                    one |= {"to_bare": cpu_us / cpus["bare"], "to_memory": cpu_us / cpus["memory"]}
                    results[place.name].append(one)
        figures = {name: medians(each) for name, each in results.items()}
        for place, server, gateways in running[1:]:
            ratios = [one["to_bare"] for one in results[place.name]]
            figures[place.name] |= {"to_bare_least": round(min(ratios), 2), "to_bare_most": round(max(ratios), 2)}
            figures[place.name] |= await wire.free_to_offer(server, gateways)
    return figures


async def loaded(found: list[Place], rounds: int, seconds: float) -> dict[str, dict[str, float]]:
    """The daemon with every store, one after the other, with `LOADED` outstanding."""
    figures = {}
    for place in found:
        async with contextlib.AsyncExitStack() as stack:
            server, gateways = await connected(stack, place, LOADED)
            results = [await round_of(place, server, gateways, LOADED, seconds) for _ in range(rounds + 1)][1:]
        figures[place.name] = medians(results)
    return figures
