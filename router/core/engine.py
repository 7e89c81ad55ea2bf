"""The engine: commands in, effects out, time as an argument.

`apply` does one step: deadlines that are due fire at their own times, a slice of pending chores is done, the command is
checked, numbered and handled, its reply is put first, and what came loose is matched. The caller then takes the
changed records (`take_batch`), commits them, and only then delivers `effects`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from router.core import audit, away, burial, gateways, internal, letting_go, notices
from router.core import commands as ask
from router.core.announcements import announcements
from router.core.batch import Batch
from router.core.deadlines import NEVER_US
from router.core.dispatch import settle
from router.core.doors import closing
from router.core.doors.evacuation import evacuate
from router.core.effects import Already, Error, Message, Reply
from router.core.entities import Peer
from router.core.handlers import sync, sync_end
from router.core.handlers.table import BEFORE_SYNC_END, HANDLERS, Handler
from router.core.needs import slices as course_slices
from router.core.on_due import ON_DUE
from router.core.reload import crossing
from router.core.restore import rules as restore_rules
from router.core.restore.world import Passive, restore
from router.core.ruling import ruling
from router.core.settings import Settings
from router.core.stored import history, recording
from router.core.stored.everything import RECORDED, everything
from router.core.tickets import due as ticket_due
from router.core.world import World
from router.errors import ERRORS, Refused

EVACUATED_A_STEP = 64
FORGOTTEN_A_STEP = 256  # ended ids forgotten in one step: half a microsecond each


class Engine:
    """One site's engine. It is passive (takes records) until `activate`, then active (takes commands)."""

    def __init__(self, settings: Settings, epoch: int) -> None:
        self.world = World(settings, epoch)
        self._passive: Passive | None = Passive()
        self._batches = 0
        self._staged: dict[int, Settings] = {}
        self._kinds: frozenset[str] | None = None
        self._loaded_us = 0
        """Core time of the records that it was loaded from."""

    # -- passive: loading, and following as a standby --------------------------------------------------------------

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Take a stored record, in any order. Raises `records.BadRecord`."""
        assert self._passive is not None, "the engine is active"
        self._passive.put(kind, key, value)

    def drop(self, kind: str, key: str) -> None:
        """Forget a stored record."""
        assert self._passive is not None, "the engine is active"
        self._passive.drop(kind, key)

    def forget(self) -> None:
        """While passive: forget every record, to be loaded anew."""
        assert self._passive is not None, "the engine is active"
        self._passive = Passive()

    def keep_only(self, kinds: frozenset[str] | None) -> None:
        """The store has room for these kinds of record only; None: for all."""
        self._kinds = kinds

    def activate(self, now_us: int, epoch: int = 0) -> None:
        """Build the live world out of the records, to go on exactly where they stand; whoever was away applies
        `Restarted` first. `epoch`: of this turn of leading, where it was not known before."""
        assert self._passive is not None, "the engine is active"
        self.world.epoch = epoch or self.world.epoch
        is_new = not self._passive.kinds["world"]
        restore(self.world, self._passive)
        self._passive = None
        self._loaded_us = self.world.now_us
        self.world.now_us = max(self.world.now_us, now_us)
        if is_new:
            restore_rules.restarted(self.world)

    def let_go(self) -> None:
        """Nobody goes by this engine any more: take its world apart, so that its memory is free again."""
        self._passive = None
        letting_go.let_go(self.world)

    @property
    def stored_us(self) -> int:
        """While passive: the core time of the records, 0 where there are none."""
        assert self._passive is not None, "the engine is active"
        return self._passive.now_us

    @property
    def stored_counts(self) -> dict[str, int]:
        """While passive: how many records there are of each kind, kinds without any left out."""
        assert self._passive is not None, "the engine is active"
        return {kind: len(records) for kind, records in self._passive.kinds.items() if records}

    # -- active ---------------------------------------------------------------------------------------------------

    @property
    def effects(self) -> list[tuple[str, Message]]:
        """What is to be told since the last `take_effects`, in the order decided."""
        return self.world.effects

    def take_effects(self) -> list[tuple[str, Message]]:
        """The effects, which are the caller's now."""
        world = self.world
        effects, world.effects = world.effects, []
        return effects

    def apply(self, now_us: int, peer_key: str, command: Any) -> None:
        """One step. `peer_key` is tenant/name of the client that sent the command."""
        world = self.world
        handler = HANDLERS.get(type(command))
        if handler is None:
            away.heard_again(world, command, self._loaded_us)
        if (
            now_us >= world.deadlines.soonest_us
            or world.chores
            or world.unmet
            or world.closing
            or world.roster.easing
            or world.roster.joining
            or world.tickets.rechecked
            or now_us >= world.announcing.next_us
            or world.roster.dirty
            or (world.buried and world.buried[0].due_us <= now_us)
        ):
            self._pass(now_us)
        elif now_us > world.now_us:
            world.now_us = now_us
        if world.crossing is not None and world.crossing.worked_us != now_us:
            # Many commands are applied at one time of the clock: one slice for all of them.
            crossing.work(world)
            settle(world)
        world.tally.commands += 1
        if handler is None:
            self._internal(peer_key, command)
        else:
            peer = world.peers.get(peer_key)
            if peer is not None and peer.live:
                reply = self._handle(peer, handler, command)
                if reply is not None:
                    world.effects.append((peer_key, reply))
        roster = world.roster
        loose = world.loose_contacts or world.loose_agents or world.loose_rings
        more = roster.stirred or roster.spared or roster.easing or world.partners.stirred
        if loose or world.heads or more:
            settle(world)
        if roster.dirty:
            _rule(world)

    def tick(self, now_us: int) -> None:
        """Let time pass: fire what is due (at most `deadlines_a_step`), each at its own time; do a slice of chores."""
        self._pass(now_us)
        if self.world.crossing is not None:
            crossing.work(self.world)
            settle(self.world)

    def _pass(self, now_us: int) -> None:
        world = self.world
        deadlines = world.deadlines
        if world.roster.dirty:
            _rule(world)
        next_us = deadlines.next_us()
        if next_us is not None and next_us <= now_us:
            for _ in range(world.settings.limits.deadlines_a_step):
                entity = deadlines.pop_due(now_us)
                if entity is None:
                    break
                world.now_us = max(world.now_us, entity.due_us)
                entity.due_us = 0
                ON_DUE[type(entity)](world, entity)
                settle(world)
                if world.roster.dirty:
                    _rule(world)
        world.now_us = max(world.now_us, now_us)
        buried = world.buried
        for _ in range(FORGOTTEN_A_STEP):
            if not buried or buried[0].due_us > now_us:
                break
            burial.forget(world, buried.popleft())
        self._slices()

    def _slices(self) -> None:
        """A slice of each of what is under way."""
        world = self.world
        if world.chores:
            gateways.work(world)
            settle(world)
        if world.unmet and world.crossing is None:
            # Not while agents are crossing: whoever is able by the new version may not have come yet.
            evacuate(world, EVACUATED_A_STEP)
            settle(world)
        if world.closing:
            closing.work(world)
            settle(world)
        if world.roster.easing:
            settle(world)
        if world.roster.joining:
            course_slices.join(world)
        if world.tickets.rechecked or world.tickets.solved_order:
            ticket_due.work(world)
            settle(world)
        if world.now_us >= world.announcing.next_us:
            announcements.work(world)

    def next_deadline_us(self) -> int | None:
        """No work is due before this core time; None where none is at all."""
        world, roster = self.world, self.world.roster
        if (
            world.chores
            or world.unmet
            or world.crossing is not None
            or world.closing
            or roster.easing
            or roster.joining
            or world.tickets.rechecked
            or roster.dirty
        ):
            return world.now_us
        # Nobody is woken to forget an ended id; once awake, all that are old enough go.
        buried = self.world.buried
        if buried and buried[0].due_us <= self.world.now_us:
            return self.world.now_us
        due_us, announced_us = self.world.deadlines.next_us(), self.world.announcing.next_us
        return announced_us if announced_us < (NEVER_US if due_us is None else due_us) else due_us

    def _handle(self, peer: Peer, handler: Handler, command: ask.Request) -> Reply | None:
        """Number, check and handle one request. A refusal changes nothing but the number. None: answered later."""
        world = self.world
        seq = command.seq
        if command.numbered:
            if seq <= peer.last_seq:
                return self._repeated(peer, seq)
            if not peer.synced and type(command) not in BEFORE_SYNC_END:
                return Error(seq, "not_synced", "", "client")
            peer.last_seq = seq
            world.changed[peer] = None
        reply: Reply | None
        try:
            reply = handler(world, peer, command)
        except Refused as refused:
            reply = Error(seq, refused.code, refused.detail, ERRORS[refused.code].fault)
        if command.numbered and reply is not None:
            sync_end.remember(world, peer, reply)
        return reply

    @staticmethod
    def _repeated(peer: Peer, seq: int) -> Reply:
        for reply in reversed(peer.outcomes or ()):
            if reply.re == seq:
                return reply
        return Already(seq)

    def _internal(self, peer_key: str, command: Any) -> None:
        """What the daemon itself says."""
        world = self.world
        if isinstance(command, internal.GatewayUp):
            peer = world.peers.get(peer_key)
            if peer is None:
                tenant, _, name = peer_key.partition("/")
                peer = world.peers[peer_key] = Peer(peer_key, tenant, name, world.number())
            sync.up(world, peer, command)
        elif isinstance(command, internal.GatewayDown):
            peer = world.peers.get(peer_key)
            if peer is not None and peer.live:
                sync.down(world, peer, command)
        elif isinstance(command, internal.Secret):
            world.secret = world.secret or command.secret
        elif isinstance(command, internal.WallClock):
            closing.tell_time(world, command.utc_s)
        elif isinstance(command, internal.StoreHealth):
            ruling.tell_store(world, command.away)
        elif isinstance(command, internal.NoticeDone | internal.NoticesAgain):
            notices.told(world, command)
        elif isinstance(command, internal.Configure | internal.Did):
            self._by_hand(command)
        elif not isinstance(command, away.HEARD):  # those `apply` has done, before anything could come due
            raise TypeError(f"not a command: {command!r}")

    def _by_hand(self, command: internal.Configure | internal.Did) -> None:
        """What somebody did to the daemon itself."""
        if command.deed is not None:
            self.world.deeds.append(command.deed)
        if isinstance(command, internal.Configure):
            crossing.begin(self.world, self._staged.pop(command.version))

    def everything(self) -> Iterator[tuple[str, str, bytes]]:
        """Every record of the world, encoded as it is asked for. What changes meanwhile is in the next batches."""
        for entity in everything(self.world):
            kind, key, encode = RECORDED[type(entity)]
            if self._kinds is None or kind in self._kinds:
                yield kind, key(entity), encode(entity)
        yield "world", "world", recording.of_world(self.world)

    # -- records --------------------------------------------------------------------------------------------------

    def stage(self, settings: Settings) -> None:
        """Hand over checked settings; `Configure` with their version switches to them."""
        self._staged = {settings.version: settings}

    def take_batch(self, records: bool = True, most: int = 0) -> Batch | None:
        """Everything that changed since the last batch, encoded; None where nothing did. Without `records` nothing is
        encoded: for a store that is never loaded. `most`: so many drops, puts and appends each, the oldest first, while
        the others stay for the next batch; 0: all of them."""
        world = self.world
        if most and max(len(world.changed), len(world.dropped), len(world.history)) > most:
            return self._piece(most)
        if not records:
            world.changed.clear()
            world.dropped.clear()
        if not world.changed and not world.dropped and not world.history and not world.deeds:
            return None
        appends = [(audit.STREAM, audit.encode(deed)) for deed in world.deeds]
        if not records:
            return self._batch([], appends)
        puts = []
        for entity in world.changed:
            kind, key, encode = RECORDED[type(entity)]
            puts.append((kind, key(entity), encode(entity)))
        puts.append(("world", "world", recording.of_world(world)))
        appends += [(history.STREAM, history.encode(visit)) for visit in world.history]
        return self._batch(puts, appends)

    def _piece(self, most: int) -> Batch:
        """A part of a large batch. Drops come before all puts: what went and came again is there in the end."""
        world = self.world
        later = (list(world.dropped[most:]), world.changed, world.history[most:])
        world.dropped, world.history = world.dropped[:most], world.history[:most]
        puts: list[tuple[str, str, bytes]] = []
        if not later[0]:
            for entity in list(islice(later[1], most)):
                del later[1][entity]
                kind, key, encode = RECORDED[type(entity)]
                puts.append((kind, key(entity), encode(entity)))
        puts.append(("world", "world", recording.of_world(world)))
        appends = [(audit.STREAM, audit.encode(deed)) for deed in world.deeds]
        appends += [(history.STREAM, history.encode(visit)) for visit in world.history]
        batch = self._batch(puts, appends)
        world.dropped, world.changed, world.history = later
        return batch

    def _batch(self, puts: list[tuple[str, str, bytes]], appends: list[tuple[str, bytes]]) -> Batch:
        """Close the batch: its changes are the world's no more."""
        world = self.world
        self._batches += 1
        if self._kinds is not None:
            kept = self._kinds
            puts = [put for put in puts if put[0] in kept]
            world.dropped = [drop for drop in world.dropped if drop[0] in kept]
        batch = Batch(self._batches, world.epoch, puts, world.dropped, appends, world.history, world.deeds)
        world.changed, world.dropped, world.history, world.deeds = {}, [], [], []
        return batch


def _rule(world: World) -> None:
    """Something that rules watch has changed in this step."""
    if ruling.look(world):
        settle(world)
