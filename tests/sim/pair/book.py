"""The judge of what outlasts a leader: promises by their class, epochs, and the state that the next one begins with.

It knows what the daemons said, and what the servers have; of the engine only the state that it begins with. A promise
is what `queued` said of a contact. It was made when the store had a certain batch: whoever begins from a store that
has that batch must have the contact, alive or as a record of how it ended (I1, I2). A store that has not, has lost
something: that is allowed only where the class says so, and is counted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Decoder

from router.core.effects import Busy, Message, Offer, Queued
from router.core.engine import Engine
from router.core.stored.history import STREAM, Visit
from tests.sim.twin import state_of

if TYPE_CHECKING:
    from tests.sim.pair.daemon import Daemon, Recorder
    from tests.sim.pair.site import PairSite

Position = tuple[int, int]
"""An epoch and the number of a batch in it."""

_visit = Decoder(Visit).decode


class Promise(Struct):
    """A contact was acknowledged when the store had this batch. `memory`: it was said that it may be lost. `at_risk`: a
    server that had it has lost it, or may yet, in a way that the class does not cover."""

    batch: Position
    memory: bool
    at_risk: bool = False


class Book:
    """See the module. `violations` are sentences that begin with the invariant's id."""

    def __init__(self, site: PairSite) -> None:
        self._site = site
        self.violations: list[str] = []
        self.promises: dict[tuple[str, str], Promise] = {}
        self.lost: Counter[str] = Counter()
        """Promises that went with what a server lost, by class."""
        self._seen: dict[str, int] = {}
        self._by: dict[tuple[str, int], str] = {}
        """Client and epoch -> the daemon that speaks in it."""
        self._offers: dict[str, tuple[str, str, str]] = {}

    def fault(self, invariant: str, what: str) -> None:
        """Something does not hold."""
        self.violations.append(f"{invariant} at {self._site.now_us}: {what}")

    def told(self, daemon: Daemon, key: str, message: Message) -> None:
        """A daemon has written this to a client."""
        if daemon.in_doubt and not isinstance(message, Busy):
            self.fault("I11", f"{daemon.name} was stopped past its lease, and says {message!r} before it has asked")
        if isinstance(message, Queued):
            store = daemon.require_store()
            memory = message.durability == "memory"
            before = self.promises.get((key, message.contact))
            if before is None or before.memory:
                at_risk = self._site.net.risks(daemon.name)
                self.promises[key, message.contact] = Promise((store.epoch, store.number), memory, at_risk)
                self._site.faults["promised as memory"] += memory
        elif isinstance(message, Offer):
            whose = (message.gateway, message.contact, message.agent)
            if self._offers.setdefault(message.offer, whose) != whose:
                self.fault("I3", f"offer {message.offer} is of {self._offers[message.offer]} and of {whose}")

    def takes(self, key: str, name: str, epoch: int) -> None:
        """A client lets something take effect that this daemon said in this epoch."""
        seen = self._seen.get(key, 0)
        if epoch < seen:
            self.fault("I11", f"{key} takes what {name} says in epoch {epoch}, and {seen} has been seen")
        if self._by.setdefault((key, epoch), name) != name:
            self.fault("I11", f"{key} hears {self._by[key, epoch]} and {name} in epoch {epoch}")
        self._seen[key] = max(seen, epoch)

    def lose(self, above: Position) -> None:
        """What was kept after this batch is gone from the servers, and the class allows it."""
        for promise in self.promises.values():
            promise.at_risk |= promise.batch > above

    def written_anew(self, recorder: Recorder) -> None:
        """A leader has given the store all that it has: what lives. Records of how others ended may have been in what
        was lost."""
        split = self._site.net.stale is not None
        for (key, contact), promise in list(self.promises.items()):
            peer = recorder.world.peers.get(key)
            if peer is None or contact not in peer.contacts:
                del self.promises[key, contact]
            else:
                promise.at_risk &= split

    def leads(self, daemon: Daemon, recorder: Recorder, before: Position) -> None:
        """An engine begins where the store stands."""
        node = self._site.net.node_of(daemon.name)
        world = recorder.engine.world
        self._same_state(daemon, recorder, node.keys.records("main"))
        entries = [fields[b"e"] for _, fields in node.keys.keys.get("switchboard:{main}:stream:" + STREAM, ())]
        for entry, times in Counter(entries).items():
            # Two that are refused within a second look alike.
            if times > 1 and _visit(entry).outcome != "refused":
                self.fault("I1", f"recorded {times} times: {_visit(entry)!r}")
        ended = {(f"{visit.tenant}/{visit.gateway}", visit.contact) for visit in map(_visit, entries)}
        alive = {(key, contact) for key, peer in world.peers.items() for contact in (*peer.contacts, *peer.ended)}
        for key, promise in list(self.promises.items()):
            if key in alive:
                continue
            del self.promises[key]
            if key in ended:
                continue
            if promise.memory:
                self.lost["memory"] += 1
            elif promise.at_risk:
                self.lost[self._site.pair.kind] += 1
            else:
                self.fault("I2", f"{key} was acknowledged with batch {promise.batch}; not there at {before}")
        for promise in self.promises.values():
            promise.at_risk = self._site.net.risks(daemon.name)

    def _same_state(self, daemon: Daemon, recorder: Recorder, kept: dict[tuple[str, str], bytes]) -> None:
        """However it came by its records, one after another or all at once: the world is what the store has (I13)."""
        other = Engine(self._site.plan.settings, 1)
        for (kind, key), record in self._site.shuffled(kept):
            other.put(kind, key, record)
        other.activate(recorder.world.now_us)
        mine, its = state_of(recorder.engine.world), state_of(other.world)
        wrong = [key for key in sorted({**mine, **its}) if mine.get(key) != its.get(key)]
        if wrong:
            self.fault("I13", f"{daemon.name} begins with other records than the store has: {wrong[:5]}")
