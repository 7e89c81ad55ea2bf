"""The daemon's side of leading: the lease is renewed, doubted and given up, and the lead is handed over.

It must not know what a lease is made of. The one idea: whoever has lost the lead, or gave it away, ends this turn of
leading with everything that belonged to it, and begins the next one standing by.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from router import logs
from router.core.audit import Deed
from router.core.effects import Busy, Error
from router.core.internal import Did
from router.daemon import exits
from router.errors import ERRORS
from router.loop.clock import boot_us
from router.loop.group import GroupCommit
from router.loop.lease import Lease
from router.loop.loop import RETRY_MS
from router.server.connection import Connection
from router.store.base import StoreAway, StoreError
from router.store.redis.lease import LeaseKeeper, Renewal
from router.store.redis.store import RedisStore
from router.terms import MILLISECOND_US
from router.wire.catalogue import HandedOver, HandOver

if TYPE_CHECKING:
    from router.daemon.daemon import Daemon

SETTLE_MOST_S: Final = 5.0
"""How long handing over waits for the store to take the last batch; then this daemon goes on leading."""

_log = logs.get("lease")


class Leading:
    """One turn of leading on a store that several daemons may open."""

    def __init__(self, daemon: Daemon, store: RedisStore, commits: GroupCommit) -> None:
        assert store.lead is not None, "a turn of leading has a lease"
        self._daemon = daemon
        self._store = store
        self._commits = commits
        self._lease = Lease(store.lead.ttl_ms * MILLISECOND_US, store.leads_until_us)
        self._silent = False
        self._task: asyncio.Task[None] | None = None
        self._keeper: LeaseKeeper | None = None

    def start(self) -> None:
        """Begin to renew. The store is attached to the loop already."""
        self._commits.lease = self._lease
        self._keeper = self._store.keep_lease(boot_us, self._renewed)
        self._lease.on_doubt = self._keeper.ask_now
        self._daemon.hub.on_hand_over = self._asked
        self._daemon.hub.on_outdated = self._outdated

    def stop(self, give_up: bool) -> None:
        """End; with `give_up` a standby may lead at once."""
        if self._keeper is not None:
            self._keeper.close(give_up)
            self._keeper = None

    def _renewed(self, renewal: Renewal) -> None:
        if self._keeper is None:
            return
        error = renewal.error
        if error is None:
            self._lease.renewed(renewal.sent_us)
            self._commits.confirmed()
            if self._silent:
                _log.warning("lease_confirmed")
            self._silent = False
        elif isinstance(error, StoreAway):
            if not self._silent:
                _log.warning("lease_not_confirmed", code=error.code, why=error.what)
            self._silent = True
        else:
            self._daemon.step_down(error)

    def _outdated(self, epoch: int) -> None:
        """A client has seen an engine of a higher epoch. Who leads then must have a higher one still."""
        _log.error("epoch_outdated", epoch=self._daemon.epoch, seen=epoch)
        self._daemon.least_epoch = epoch + 1
        self._daemon.end(exits.NEXT_TURN)

    # -- handing over --------------------------------------------------------------------------------------------

    def _asked(self, connection: Connection, asked: HandOver) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._hand_over(connection, asked))
        else:
            connection.tell(Error(asked.seq, "bad_state", "it is being handed over", ERRORS["bad_state"].fault))

    async def _hand_over(self, connection: Connection, asked: HandOver) -> None:
        try:
            to = await asyncio.to_thread(self._store.standby)
        except StoreError as error:
            _log.warning("not_handed_over", code=error.code, why=error.what)
            connection.tell(Busy(asked.seq, RETRY_MS, "store_away"))
            return
        if not to:
            connection.tell(Error(asked.seq, "no_standby", "", ERRORS["no_standby"].fault))
            return
        daemon = self._daemon
        _log.warning("handing_over", to=to, who=asked.who, why=asked.why)
        daemon.require_loop().tell_engine(Did(self._deed(connection, asked, to)))
        try:
            await asyncio.wait_for(daemon.require_loop().settle(deaf=True), SETTLE_MOST_S)
        except TimeoutError:
            # What is not kept can't be handed over, and a loop that was told to settle can't go on.
            connection.tell(Busy(asked.seq, RETRY_MS, "store_away"))
            daemon.end(exits.NEXT_TURN)
            return
        connection.tell(HandedOver(asked.seq, to))
        self.stop(give_up=True)
        daemon.gave_away = True
        daemon.end(exits.NEXT_TURN)

    def _deed(self, connection: Connection, asked: HandOver, to: str) -> Deed:
        """Who asked for it: kept in the last batch of this turn, with all that was decided in it."""
        assert self._store.lead is not None, "a turn of leading has a lease"
        tenant, _, client = connection.peer.partition("/")
        return Deed(
            int(time.time()),
            tenant,
            asked.who,
            asked.why,
            "hand_over",
            to,
            client,
            {"leader": self._store.lead.name},
            {"leader": to},
            self._daemon.epoch,
            self._daemon.reloads.version,
        )
