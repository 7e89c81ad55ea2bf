"""The simulation's Redis answers as Redis does: what `tests.sim.pair` finds would be found with the real scripts, too.

Two leaders that take the lead from each other, repeat batches, leave some out, come with old epochs, and from whose
hashes somebody deletes records, say the same to both, command by command. Each answer must be the same, and in the end
all that both have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import pytest

from router.core.batch import Batch
from router.store.base import Lead, Stamp
from router.store.redis import script
from router.store.redis.url import read
from router.store.redis.wire import Dialler, Wire
from tests.sim.pair.keys import Keys, Refusal, commands_of
from tests.system.redis_server import RedisServer, running

STEPS = 400
STAMP = Stamp(1, 2, 3, "boot")
TTL_MS = 600_000
"""Longer than the test: leases end where they are given up."""


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running(tmp_path_factory.mktemp("redis"))


class Pair:
    """The real one and the simulated one."""

    def __init__(self, url: str, site: str) -> None:
        self.keys = script.Keys(site)
        self.real: Wire = Dialler(read(url), self.keys.meta).dial()
        self.model = Keys()
        self.answers: set[str] = set()

    def both(self, data: bytes) -> str:
        """What both say to a script."""
        real = self.real.exchange(data).decode()
        try:
            said = self.model.run(0, commands_of(data)[0]).decode()
        except Refusal as error:
            said = f"-{error}"
        word = real.split()[0]
        # How long a lease runs on is another time here and there.
        assert real == said or word == said.split()[0] == "-HELD", (real, said)
        self.answers.add(word)
        return real

    def delete(self, kind: str, key: str) -> None:
        """Somebody takes a record out."""
        name = self.keys.hash(kind)
        self.real.call("HDEL", name, key)
        self.model.keys.get(name, {}).pop(key.encode(), None)

    def records(self) -> dict[tuple[str, str], bytes]:
        """What the real one has, by kind and key."""
        found: dict[tuple[str, str], bytes] = {}
        for kind in ("contact", "agent"):
            flat = self.real.call("HGETALL", self.keys.hash(kind))
            found |= {(kind, key.decode()): value for key, value in zip(flat[::2], flat[1::2], strict=True)}
        return found


class Leader:
    """Who wants to lead, and what it believes."""

    def __init__(self, pair: Pair, name: str, rng: Random) -> None:
        self.pair = pair
        self.rng = rng
        self.lead = Lead(name, "t0", TTL_MS)
        self.epoch = self.number = self.turns = 0

    def begin(self) -> None:
        self.turns += 1
        self.lead = self.lead._replace(turn=f"t{self.turns}", own=self.rng.random() < 0.7)
        said = self.pair.both(script.begin(self.pair.keys, 2, False, self.rng.choice((1, 1, 50)), self.lead))
        if said.startswith("+EPOCH"):
            _, epoch, generation, *_ = said.split()
            self.epoch, self.number, self.pair.keys.generation = int(epoch), 0, int(generation)

    def commit(self) -> None:
        rng = self.rng
        number = self.number + rng.choice((0, 1, 1, 1, 1, 1, 1, 2))
        epoch = self.epoch - (rng.random() < 0.05)
        names = [f"c{rng.randrange(30)}" for _ in range(3)]
        puts = [(rng.choice(("contact", "agent")), name, rng.randbytes(rng.choice((3, 40, 300)))) for name in names]
        drops = [("contact", f"c{rng.randrange(30)}")] if rng.random() < 0.4 else []
        appends = [("history", rng.randbytes(9))] if rng.random() < 0.5 else []
        batch = Batch(max(number, 0), epoch, puts, drops, appends)
        packed = script.pack(batch, {"history": 1000})
        turn = rng.choice((self.lead.turn, self.lead.turn, self.lead.turn, "", "other"))
        touch = rng.random() < 0.5
        said = self.pair.both(script.commit(batch, STAMP, self.pair.keys, packed, b"0", touch=touch, turn=turn))
        if said == "+KEPT":
            self.number = number

    def renew(self) -> None:
        self.pair.both(script.lease(self.pair.keys, self.lead, self.epoch, TTL_MS))

    def give_up(self) -> None:
        self.pair.both(script.lease(self.pair.keys, self.lead, self.epoch, 0))

    def write_anew(self) -> None:
        """A new generation of what there is, now and then with a wrong count."""
        pair, old = self.pair, script.Keys(self.pair.keys.site, self.pair.keys.generation)
        new = script.Keys(old.site, old.generation + 1)
        records = {kind: pair.real.call("HGETALL", old.hash(kind)) for kind in ("contact", "agent")}
        values = [b"%d" % self.epoch, b"%d" % (self.number + 1), script.stamped(STAMP), b"%d" % new.generation]
        values += [f"{self.lead.name} {self.lead.turn}".encode(), b"2", old.site.encode(), b"0"]
        kinds = [kind for kind, flat in records.items() if flat]
        for kind in kinds:
            words = [b"HSET", new.hash(kind).encode(), *records[kind]]
            pair.real.call(*words)
            pair.model.run(0, words)
            wrong = self.rng.random() < 0.1
            values += (kind.encode(), b"%d" % (len(records[kind]) // 2 + wrong))
        said = pair.both(script.run(script.GENERATION, [old.meta, old.feed, old.lease, *map(new.hash, kinds)], *values))
        kept = said == "+KEPT"
        if kept:
            pair.keys.generation, self.number = new.generation, self.number + 1
        for kind in kinds:
            name = (old if kept else new).hash(kind)
            pair.real.call("UNLINK", name)
            pair.model.run(0, [b"UNLINK", name.encode()])


@pytest.mark.parametrize("seed", range(6))
def test_both_answer_alike(redis_server: RedisServer, seed: int) -> None:
    """Kept, again, fenced, gap, torn, held: the same to the same words, and the same records afterwards."""
    rng = Random(f"both {seed}")
    pair = Pair(redis_server.url, f"both-{seed}")
    leaders = [Leader(pair, name, rng) for name in ("one", "two")]
    leaders[0].begin()
    for _ in range(STEPS):
        leader = rng.choice(leaders)
        acts: list[tuple[int, Callable[[], None]]] = [
            (3, leader.begin), (20, leader.commit), (3, leader.renew), (2, leader.give_up), (1, leader.write_anew),
            (1, lambda: pair.delete("contact", f"c{rng.randrange(30)}")),
        ]  # fmt: skip
        (act,) = rng.choices([act for _, act in acts], [weight for weight, _ in acts])
        act()
    assert pair.records() == pair.model.records(pair.keys.site)
    assert {"+EPOCH", "+KEPT", "-FENCED", "-GAP", "-HELD"} <= pair.answers
