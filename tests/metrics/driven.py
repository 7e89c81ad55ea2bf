"""An engine driven by hand, and its metrics as numbers: what the tests here have in common.

The one idea: one client that numbers its own commands and a clock that moves as told, so that each test reads
as a conversation.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgpack
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from router.core import commands as ask
from router.core import settings as of
from router.core.engine import Engine
from router.core.internal import GatewayUp
from router.metrics import Exposition, Facts, Sources
from router.metrics.census import Census
from router.metrics.render import Renderer
from router.metrics.seen import Seen
from router.terms import SECOND_US

GATEWAY = "main/gw1"


def settings(queues: Iterable[str] = ("sales", "help"), agents: int = 2) -> of.Settings:
    """Queues for anybody, with ten seconds of wrap-up, and agents who can take anything."""
    return of.Settings(
        queues=tuple(
            of.Queue(name, enter_unstaffed=True, wrap_up=(("voice", of.WrapUp("timed", 10 * SECOND_US)),))
            for name in queues
        ),
        agents=tuple(of.Agent(f"agent{number}") for number in range(1, agents + 1)),
    )


class Driven:
    """An engine with one gateway, synced."""

    def __init__(self, chosen: of.Settings | None = None) -> None:
        self.engine = Engine(chosen or settings(), epoch=7)
        self.engine.activate(SECOND_US)
        self.now_us = SECOND_US
        self.seq = 0
        self.records: list[dict[str, Any]] = []
        """The contacts' own records."""
        self.say(GatewayUp("i1", reports_connecting=False))
        self.ask(ask.SyncEnd)

    def say(self, command: Any) -> None:
        """A command as it is, now."""
        self.engine.apply(self.now_us, GATEWAY, command)
        self._settle()

    def ask(self, command: type[Any], *arguments: Any, **named: Any) -> None:
        """A numbered command of the gateway."""
        self.seq += 1
        self.say(command(self.seq, *arguments, **named))

    def wait(self, seconds: float) -> None:
        """Let time pass, in steps that miss no deadline."""
        until_us = self.now_us + round(seconds * SECOND_US)
        while (due_us := self.engine.next_deadline_us()) is not None and due_us <= until_us:
            self.now_us = max(self.now_us, due_us)
            self.engine.tick(self.now_us)
            self._settle()
        self.now_us = until_us
        self.engine.tick(until_us)
        self._settle()

    def sign_in(self, *agents: str) -> None:
        """Log agents in, ready, each with a phone."""
        for agent in agents:
            self.ask(ask.LogIn, agent, True)
            self.ask(ask.Attach, f"phone-{agent}", agent)

    def answer(self) -> None:
        """Accept the oldest offer that rings."""
        offer = next(offer.id for offer in self.engine.world.offers.values() if offer.state == "offered")
        self.ask(ask.Accept, offer)

    def _settle(self) -> None:
        self.engine.take_effects()
        batch = self.engine.take_batch()
        if batch is not None:
            self.records += [msgpack.unpackb(entry) for stream, entry in batch.appends if stream == "history"]

    def sources(self, **others: Any) -> Sources:
        """What the metrics read of it."""
        return Sources(self.engine.world, Facts("0.0.1"), **others)

    def exposition(self, **others: Any) -> Exposition:
        """Metrics of it, with a clock that stands still."""
        return Exposition(self.sources(**others), clock_ns=lambda: 0)


def text_of(sources: Sources) -> str:
    """The whole text, in one go."""
    steps = Renderer(Seen(sources, Census()), booted_utc_s=None).steps()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return b"".join(end.value).decode()


def families(text: str) -> dict[str, Metric]:
    """The text read by prometheus_client: families by name (counters without `_total`)."""
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(text: str, name: str, **labels: str) -> float:
    """The sum of the samples of that name which have these labels."""
    found = [
        sample.value
        for family in families(text).values()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    assert found, f"no sample {name} {labels}"
    return sum(found)
