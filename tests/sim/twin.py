"""A second engine, loaded from the records in the middle of a run, which must from then on decide as the first (I13).

At a commit boundary the records are put in an order that means nothing and the engine goes on where they stand,
without `Restarted`. It then gets the same commands at the same times. All that it says and all that it records must be
the same, byte for byte; excepted is what is not state: replies remembered for numbers that come again, and counts since
the start, of which those that estimates are made of are handed over, and what was learned since the last record of it.
"""

from __future__ import annotations

from typing import Any

from msgspec import structs
from msgspec.msgpack import Encoder

from router.core import audit
from router.core.batch import Batch
from router.core.effects import (
    Already,
    Message,
    Probed,
    Queued,
    QueueStatus,
    Reply,
    StatusReply,
    Steering,
)
from router.core.engine import Engine
from router.core.estimates.kept import LearnedRecord, of_service, take_up
from router.core.estimates.state import Estimates
from router.core.ruling import build as ruling_build
from router.core.stored import history
from router.core.stored.everything import RECORDED, everything
from router.core.stored.records import decode
from router.core.world import World
from tests.sim.rules import is_loose
from tests.sim.site import Effects, Flight, Site, Step

COMMANDS_BESIDE = 500
"""Commands that both engines get."""
BEGINS = 0.02
"""Chance that a commit boundary is the one where it begins."""

_encode = Encoder().encode
_DECODE: dict[str, Any] = {history.STREAM: history.decode, audit.STREAM: audit.decode}


class Twin:
    """See the module. Differences are violations of I13."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._engine: Engine | None = None
        self._left = 0
        self.violations: list[str] = []

    # -- beside the first -----------------------------------------------------------------------------------------

    def landed(self, site: Site, flight: Flight) -> None:
        """A commit boundary, if nothing else is open."""
        crosses = site.engine.world.crossing is not None
        if self._engine is None and not crosses and site.at_boundary() and site.happens(BEGINS):
            world = site.engine.world
            engine = Engine(site.settings, world.epoch)
            for (kind, key), record in site.shuffled(site.store):
                engine.put(kind, key, record)
            engine.activate(world.now_us)
            engine.world.monitored = True
            _hand_over_means(world, engine.world)
            _learn_as_after_a_start(world)
            engine.world.utc_s, engine.world.ahead_us = world.utc_s, world.ahead_us
            self._compare("state", state_of(world), state_of(engine.world))
            missing = sorted(set(site.store) - set(state_of(world)) - {("world", "world")})
            if missing:
                self.violations.append(f"I13 everything: without {missing[:3]}, of which there are records")
            if site.settings.version > 1 or is_loose(site.settings):
                # Deadlines of those who crossed have other numbers than they would after a start, and what rules look
                # at now and then is looked at by then: what is stored is compared, and what is decided is not.
                return
            due_us = site.engine.next_deadline_us()
            if due_us is not None and due_us <= world.now_us:
                # In the middle of an instant: what of it was looked at already is in no record, and numbers come in
                # another order. A start is always later than that.
                return
            self._engine = engine
            self._left = COMMANDS_BESIDE

    def tick(self, now_us: int, effects: Effects) -> None:
        """The first engine's time went on, and it said this."""
        if self._engine is not None:
            self._engine.tick(now_us)
            self._same_effects(effects, None)

    def apply(self, now_us: int, peer: str, command: Any, effects: Effects) -> None:
        """The first engine was given this, and said that."""
        if self._engine is not None:
            self._engine.apply(now_us, peer, command)
            self._same_effects(effects, command)

    def reloaded(self) -> None:
        """What is decided is not compared from now on."""
        self._end()

    def batch(self, batch: Batch | None) -> None:
        """The first engine has recorded this."""
        if self._engine is None:
            return
        self._compare("batch", _records_of(batch), _records_of(self._engine.take_batch()))
        self._left -= 1
        if self._left <= 0:
            self._compare("state", state_of(self._site.engine.world), state_of(self._engine.world))
            self._site.faults["loaded beside the running engine"] += 1
            self._end()

    def _end(self) -> None:
        if self._engine is not None:
            self._engine.let_go()
        self._engine = None

    # -- comparing ------------------------------------------------------------------------------------------------

    def _same_effects(self, effects: Effects, command: Any) -> None:
        assert self._engine is not None
        others = self._engine.take_effects()
        if effects == others or _encode(effects) == _encode(others):
            return
        mine, its = list(map(_plain, effects)), list(map(_plain, others))
        if len(mine) == len(its):
            pairs = zip(mine, its, strict=True)
            its = [one if _is_remembered(one[1], other[1]) else other for one, other in pairs]
        self._compare(f"effects of {command!r}", mine, its)

    def _compare(self, what: str, mine: Any, its: Any) -> None:
        if mine == its:
            return
        if isinstance(mine, dict):
            keys = [key for key in {**mine, **its} if mine.get(key) != its.get(key)][:2]
            mine, its = [(key, _read(key, mine.get(key))) for key in keys], [_read(key, its.get(key)) for key in keys]
        self.violations.append(f"I13 {what}: {mine!r} and after loading {its!r}")
        self._end()

    # -- listening ------------------------------------------------------------------------------------------------

    def stepped(self, site: Site, step: Step) -> None:
        """Told by `tick` and `apply`."""

    def killed(self, site: Site) -> None:
        """There is nothing to compare with any more."""
        self._end()

    def restarted(self, site: Site) -> None:
        """It begins again at some later boundary."""


def _hand_over_means(world: World, loaded: World) -> None:
    """What estimates of waits are made of: counted since the engine's start, and no state. And what tokens are made
    with, which is kept with the first batch that there is."""
    loaded.secret = loaded.secret or world.secret
    if world.ruling.store_away_us:
        loaded.ruling.store_away_us = world.ruling.store_away_us
        loaded.ruling.loading = True
        ruling_build.measure(loaded)
        loaded.ruling.loading = False
    for key, queue in world.queues.items():
        if key not in loaded.queues:
            # It is gone from the settings, and nobody is in it.
            continue
        seen, tally = queue.tally, loaded.queues[key].tally
        tally.legs, tally.talk_us, tally.hold_us, tally.wrap_up_us = (
            seen.legs, seen.talk_us, seen.hold_us, seen.wrap_up_us,
        )  # fmt: skip


def _learn_as_after_a_start(world: World) -> None:
    """Estimates are recorded every half minute only: what was learned since is forgotten, so that both go on from what
    the records hold, and must then learn and estimate the same."""
    old = world.estimates
    if old.due_us:
        world.deadlines.cancel(old)
    records = [decode("learned", s.name, of_service(s)) for s in old.services() if s.kept is not None]
    world.estimates = Estimates(world.settings.estimates)
    take_up(world, (record for record in records if isinstance(record, LearnedRecord)))
    for group in world.balances.values():
        for share in group.shares.values():
            share.arrived = share.counted = share.in_target = 0


def state_of(world: World) -> dict[tuple[str, str], bytes]:
    """Every record that the world would write now."""
    records = {}
    for entity in everything(world):
        kind, key, encode = RECORDED[type(entity)]
        records[kind, key(entity)] = encode(entity)
    return records


def _read(key: Any, record: Any) -> Any:
    """A record in words."""
    kind, name = key if isinstance(record, bytes) else ("", "")
    return decode(kind, name, record) if isinstance(record, bytes) else record


def _records_of(batch: Batch | None) -> dict[Any, Any]:
    if batch is None:
        return {}
    records: dict[Any, Any] = {(kind, key): record for kind, key, record in batch.puts}
    records["drops"] = sorted(batch.drops)
    # Decoded: whether a default is left out of an entry depends on which of two equal strings it holds.
    records["appends"] = [(stream, _DECODE[stream](entry)) for stream, entry in batch.appends]
    return records


def _plain(effect: tuple[str, Message]) -> tuple[str, Message]:
    """An effect without counts since the engine's start."""
    key, message = effect
    if isinstance(message, Queued | Probed | Steering):
        # Advice rests on expected waits, which rest on counts.
        return key, structs.replace(message, steer=None)
    if not isinstance(message, StatusReply):
        return effect
    queues = [QueueStatus(queue.queue, *structs.astuple(queue)[1:9]) for queue in message.queues]
    return key, structs.replace(message, queues=queues, segments=[], steers=[], refused_by_route={})


def _is_remembered(mine: Message, its: Message) -> bool:
    """The first engine remembers its reply to a number that comes again; the other knows only that it was applied."""
    return isinstance(its, Already) and isinstance(mine, Reply) and mine.re == its.re
