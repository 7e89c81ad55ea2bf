"""The gateway's line to the engine: commands go out at the present moment, and all that comes back is heard and kept.

It must not know what a command is for. It catches what the engine's own assertions throw, since a replay is there to
find such mistakes and to count them.

The one idea: the digest runs over every effect in the order decided (its peer, then its frame), so two runs that differ
in one byte told to anyone differ in the digest.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from router.core.audit import Deed
from router.core.commands import Request, SyncEnd
from router.core.effects import Message, Offer, Ok, Queued, Reply, Synced
from router.core.engine import Engine
from router.core.internal import GatewayUp
from router.core.stored.history import STREAM, Visit, decode
from router.trace.replay.ledger import Ledger
from router.trace.replay.watch import Watch
from router.wire.codec import append_frame

GATEWAY: Final = "trace"
ENGINE_FAULTS: Final = (AssertionError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What the engine's mistakes show themselves as. None is ever a client's fault."""
BATCH_COMMANDS: Final = 1_024
"""Commands between two batches of records, as many as a loop takes at most: bounds what is kept unwritten."""
PIECES_MAX: Final = 16_384
"""Pieces of effects before they go into the digest together: a few hundred KiB."""

GOOD: Final[tuple[type[Reply], ...]] = (Ok, Queued, Synced)
"""Answers of an engine that agrees."""


class Line:
    """One gateway's conversation with one engine. `now_us` is core time and moved by the caller."""

    def __init__(
        self,
        engine: Engine,
        peer_key: str,
        ledger: Ledger,
        watch: Watch,
        good: tuple[type[Reply], ...] = GOOD,
    ) -> None:
        """`good`: answers that are no violation."""
        self.engine = engine
        self.now_us = 0
        self.seq = 0
        self.effects = 0
        """How many were heard."""
        self.offers: deque[Offer] = deque()
        """Offers heard and not yet answered."""
        self.on: dict[type[Message], Callable[[Any], None]] = {}
        """Who listens to which event."""
        self.on_record: Callable[[Visit], None] = lambda _: None
        """Told each visit's own record when it is written."""
        self.on_deed: Callable[[Deed], None] = lambda _: None
        """Told each entry of the audit."""
        self._peer_key = peer_key
        self._ledger = ledger
        self._watch = watch
        self._good = good
        self._hash = hashlib.sha256()
        self._pieces: list[bytes] = []
        self._names: dict[str, bytes] = {}

    def open(self, *, sends: bool = False, dials: bool = False) -> None:
        """The gateway comes up, with nothing alive. `sends`: it connects contacts to partners; `dials`: calls back."""
        up = GatewayUp("replay", reports_connecting=False, sends=sends, dials=dials)
        self.engine.apply(self.now_us, self._peer_key, up)
        self.tell(SyncEnd(self.number()))

    def number(self) -> int:
        """The next number of a command."""
        self.seq += 1
        return self.seq

    def tell(self, command: Request) -> Reply | None:
        """Say it now. Returns the reply if the engine agreed; anything else is a violation, and None."""
        engine = self.engine
        try:
            engine.apply(self.now_us, self._peer_key, command)
        except ENGINE_FAULTS as error:
            self._failed(type(command).__name__, error)
        self._look()
        reply = self._hear()
        if self.seq % BATCH_COMMANDS == 0:
            self.take_records()
        if type(reply) in self._good:
            return reply
        self._ledger.broken("reply", f"{command} was answered {reply}")
        return None

    def inform(self, command: Any, peer_key: str = "") -> Reply | None:
        """What the daemon itself, or another client, would tell the engine now."""
        try:
            self.engine.apply(self.now_us, peer_key or self._peer_key, command)
        except ENGINE_FAULTS as error:
            self._failed(type(command).__name__, error)
        return self._hear() if self.engine.effects else None

    def wake(self, at_us: int) -> None:
        """Let what is due by then happen, and hear of it."""
        self.now_us = max(self.now_us, at_us)
        try:
            self.engine.tick(self.now_us)
        except ENGINE_FAULTS as error:
            self._failed("a deadline", error)
        if self.engine.effects:
            self._look()
            self._hear()

    def finish(self) -> None:
        """All is said: the last records, and a check of everything."""
        self.take_records()
        try:
            self._watch.whole()
        except ENGINE_FAULTS as error:
            self._failed("the last check", error)

    def take_records(self) -> None:
        """Take the changed records, as the loop would before telling anyone; each visit's own record is read."""
        try:
            batch = self.engine.take_batch()
        except ENGINE_FAULTS as error:
            self._failed("records", error)
            return
        if batch is not None:
            for stream, entry in batch.appends:
                if stream == STREAM:
                    self.on_record(decode(entry))
            for deed in batch.deeds:
                self.on_deed(deed)

    def digest(self) -> str:
        """SHA-256 over all effects so far, in hexadecimal."""
        self._hash.update(b"".join(self._pieces))
        self._pieces.clear()
        return self._hash.hexdigest()

    def _hear(self) -> Reply | None:
        """Keep all effects, tell the listeners of events, and return the reply."""
        pieces, names, on = self._pieces, self._names, self.on
        reply = None
        effects = self.engine.take_effects()
        self.effects += len(effects)
        for peer, message in effects:
            name = names.get(peer)
            if name is None:
                name = names[peer] = peer.encode() + b"\n"
            pieces.append(name)
            append_frame(pieces, message)
            if isinstance(message, Reply):
                reply = message
            elif isinstance(message, Offer):
                self.offers.append(message)
            elif type(message) in on:
                on[type(message)](message)
        if len(pieces) > PIECES_MAX:
            self._hash.update(b"".join(pieces))
            pieces.clear()
        return reply

    def _look(self) -> None:
        try:
            self._watch.stepped()
        except ENGINE_FAULTS as error:
            self._failed("a check", error)

    def _failed(self, during: str, error: Exception) -> None:
        # Only what is text already: an entity among the arguments would be shown with all the world that hangs on it.
        said = "; ".join(part for part in error.args if isinstance(part, str))
        self._ledger.broken("engine", f"{during}: {type(error).__name__} {said}".rstrip())
