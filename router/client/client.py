"""The client: several engines' addresses, one of them the leader; calls that always end; events in order.

It stays connected to all addresses and talks to the one that leads. It knows what the protocol page says
and nothing of telephony: a gateway's program passes in what is alive (`alive`) and takes events out.

After each welcome of a leader, in this order: every message that was sent and has no answer yet, under its
old number; then (gateways) the list of what is alive and `sync_end`; and once that is answered, what the
engine did not take before it, and whatever was called meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import ssl
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Self

from router.client.absence import Absence, Notify
from router.client.alive import TellAlive, sync_messages
from router.client.backoff import Backoff
from router.client.calls import Calls
from router.client.dialer import Connect, Dialer, connector
from router.client.following import Following
from router.client.handshake import NONCE_BYTES, Identity
from router.client.inbox import Inbox, OnEvent
from router.client.leaders import Leaders
from router.client.link import Address, Link, Lost
from router.client.listing import Listing
from router.client.outbox import Done, Outbox, Outcome, Outgoing, Pending
from router.client.outcomes import Refused, Unknown
from router.terms import Role
from router.wire.catalogue import (
    Alive,
    AliveContact,
    Busy,
    Confirm,
    Error,
    Message,
    Reply,
    Resumed,
    Sync,
    SyncEnd,
    Welcome,
)

CLOSED = "the client was closed"
SWEEP_S = 0.05
"""How exactly time-outs are kept: one look at the oldest messages each so often, instead of a timer for
each."""


def _heard(_: Outcome) -> None:
    """An answer that changes nothing: what is not confirmed in time is ended, and that is told."""


class Client(Calls):
    """One name's connection to an engine, or to a pair of them.

    A monitor that has called `subscribe` goes on after a lost connection by itself, and then gets the
    engine's `Resumed` as an event: where its number is not the next one, or its epoch another, events are
    missing.

    `alive` is for gateways, who must give it: it is called after each welcome and says what is alive.
    `on_event` gets every event at once and must not block; without it they are kept for `events()`. `tls`
    is for listeners with TLS, `connect` for tests. Times are in seconds. Use it as `async with Client(...)
    as client`, or call `start` and `close`."""

    def __init__(
        self,
        addresses: Iterable[str],
        name: str,
        role: Role = "gateway",
        *,
        key: bytes | None = None,
        tenant: str = "main",
        features: Iterable[str] = (),
        alive: TellAlive | None = None,
        on_event: OnEvent | None = None,
        call_timeout_s: float = 10.0,
        pending_max: int = 10_000,
        events_max: int = 10_000,
        reconnect_first_s: float = 0.1,
        reconnect_most_s: float = 10.0,
        tls: ssl.SSLContext | None = None,
        connect: Connect | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._addresses = [Address.parse(text) for text in addresses]
        if not self._addresses:
            raise ValueError("a client needs at least one address")
        if role == "gateway" and alive is None:
            raise ValueError("a gateway must say what is alive after each connect: pass alive=...")
        if role == "gateway":
            features = (*features, "confirm")
        self._identity = Identity(name, role, secrets.token_hex(8), tenant, tuple(features), key)
        self._alive = alive if role == "gateway" else None
        self._call_timeout_s = call_timeout_s
        self._pending_max = pending_max
        self._events_max = events_max
        self._reconnect_s = (reconnect_first_s, reconnect_most_s)
        self._connect = connect or connector(tls)
        self._chance = chance or random.SystemRandom()
        self._outbox = Outbox(pending_max)
        self._inbox = Inbox(on_event, events_max)
        self._absence = Absence()
        self._following = Following()
        self._up = asyncio.Event()
        self._dialers: list[Dialer] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._leaders: Leaders[Link] = Leaders()
        self._closed = False
        self._flowing = False
        """There is a leader, and the sync is over: what is called now is written at once."""
        self._sweeper: asyncio.TimerHandle | None = None
        self._listing = Listing(self._list_part, self._list_whole)
        self.late_answers = 0
        """Answers to messages that had been given up by then."""

    # -- life ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to connect; to be called in a running loop, once."""
        self._loop = asyncio.get_running_loop()
        self._absence.start(self._loop)
        for address in self._addresses:
            dialer = Dialer(address, self._connect, self._make_link, Backoff(*self._reconnect_s, self._chance))
            self._dialers.append(dialer)
            self._tasks.append(self._loop.create_task(dialer.run()))

    async def close(self, *, bye: bool = False) -> None:
        """Closes all connections; whatever has no answer by then is `Unknown`.

        With `bye` the engine is told that this client does not come back: what it owns is ended at once,
        and not after the time of grace."""
        self._closed = True
        for dialer in self._dialers:
            if dialer.link is not None:
                dialer.link.close(bye=bye)
        self._part()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()
        self._settle(self._outbox.close(CLOSED))
        if self._sweeper is not None:
            self._sweeper.cancel()
        self._absence.close()
        self._inbox.close()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # -- how things stand ------------------------------------------------------------------------------------

    @property
    def up(self) -> bool:
        """There is a leader, and (gateways) it knows what is alive."""
        return self._up.is_set()

    @property
    def epoch(self) -> int:
        """The highest epoch of a leader seen."""
        return self._leaders.epoch_seen

    @property
    def _leader(self) -> Link | None:
        return self._leaders.link

    @property
    def welcome(self) -> Welcome | None:
        """What the leader said of itself; None while there is none."""
        return None if self._leader is None else self._leader.welcome

    @property
    def last_number(self) -> int:
        """The highest number given to a message so far."""
        return self._outbox.last_number

    def troubles(self) -> dict[str, Lost]:
        """For each address without a connection, why the last one ended or none came about; `standby` for one that
        is there and does not lead."""
        found = {dialer.address.text: dialer.trouble for dialer in self._dialers}
        return {address: trouble for address, trouble in found.items() if trouble is not None}

    async def wait_up(self, timeout_s: float) -> bool:
        """Waits until `up`; False where it does not come true in time. `troubles` then says why."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._up.wait()
        except TimeoutError:
            return False
        return True

    def on_no_engine(self, after_s: float, gone: Notify, back: Notify | None = None) -> None:
        """`gone` is called once there has been no engine for `after_s`, `back` when there is one again."""
        self._absence.watch(after_s, gone, back)

    @property
    def sync_refusals(self) -> list[Refused]:
        """Of each entry of the last list that the engine did not take: why."""
        return self._listing.refusals

    def events(self) -> AsyncIterator[Message]:
        """The engine's events in order, where no `on_event` was given. Ends when the client is closed."""
        return self._inbox.take()

    async def next_event(self, timeout_s: float) -> Message | None:
        """The next event, or None where none comes in time. An alternative to `events()`."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self._inbox.next()
        except TimeoutError:
            return None

    # -- calls -----------------------------------------------------------------------------------------------

    async def call(self, request: Outgoing, timeout_s: float | None = None) -> Outcome:
        """Sends a message (its `seq` is given here) and waits for its outcome, at most `timeout_s`.

        Returns the engine's reply, `Refused` or `Unknown`; see `outcomes`. A message that gets `busy` is
        sent again for as long as there is time."""
        future: asyncio.Future[Outcome] = self._loop.create_future()
        self.send(request, lambda outcome: None if future.done() else future.set_result(outcome), timeout_s)
        return await future

    def send(self, request: Outgoing, done: Done, timeout_s: float | None = None) -> None:
        """The same without waiting: `done` is called once with the outcome, perhaps before this returns."""
        if self._closed:
            done(Unknown(CLOSED, sent=False))
            return
        timeout = self._call_timeout_s if timeout_s is None else timeout_s
        self._add(request, done, timeout, of_connection=False)

    def _add(self, request: Outgoing, done: Done, timeout_s: float, *, of_connection: bool) -> None:
        pending = self._outbox.add(request, done, timeout_s, self._loop.time(), of_connection=of_connection)
        if pending is None:
            done(Refused("busy", f"{self._pending_max} messages of this client wait for an answer"))
            return
        if self._flowing or of_connection:
            self._send_first(pending)
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(SWEEP_S, self._sweep)

    def _send_first(self, pending: Pending) -> None:
        """Under a new number."""
        assert self._leader is not None
        self._outbox.number(pending)
        self._leader.send(pending.request)

    def _sweep(self) -> None:
        self._settle(self._outbox.expired(self._loop.time()))
        self._sweeper = self._loop.call_later(SWEEP_S, self._sweep) if len(self._outbox) else None

    def _settle(self, over: Iterable[tuple[Pending, Outcome]]) -> None:
        for pending, outcome in over:
            self._finish(pending, outcome)

    def _finish(self, pending: Pending, outcome: Outcome) -> None:
        try:
            pending.done(outcome)
        except Exception as error:  # noqa: BLE001 - whatever the program's callback raises is reported
            said = f"the callback of {type(pending.request).__name__} failed"
            self._loop.call_exception_handler({"message": said, "exception": error})

    # -- connections: what links call ------------------------------------------------------------------------

    def _make_link(self, address: Address) -> Link:
        return Link(address, self, self._identity, self._leaders.epoch_seen, secrets.token_bytes(NONCE_BYTES))

    def link_welcome(self, link: Link, welcome: Welcome) -> None:
        """Takes a leader, unless a higher epoch has been seen or another leads in this one."""
        if welcome.state != "leader":
            if link is self._leader:
                self._part()
            return
        if self._leaders.refuses(link, welcome.epoch, welcome.leader):
            link.close("stale_epoch", f"epoch {welcome.epoch}, and {self._leaders.epoch_seen} has been seen")
            return
        former = self._leader
        if former is not None:
            self._part()
        self._leaders.take(link, welcome.epoch, welcome.leader)
        if former is not None and former is not link:
            former.close("stale_epoch", f"epoch {welcome.epoch} has been seen")
        self._begin(link, welcome)

    def link_lost(self, link: Link) -> None:
        """Without the leader, messages wait for the next one."""
        if link is self._leader:
            self._part()

    def link_message(self, link: Link, message: Message) -> None:
        """Takes an answer or an event; of the leader only: what others say has an epoch that does not
        count."""
        if link is not self._leader:
            return
        self._following.note(message)
        if isinstance(message, Reply | Resumed) and message.re:
            self._answer(message)
        elif isinstance(message, Confirm) and self._alive is not None:
            self._confirm(message)
        elif not self._inbox.put(message):
            link.close("events_unread", f"{self._events_max} events wait to be taken by the program")

    # -- the conversation with the leader --------------------------------------------------------------------

    def _begin(self, link: Link, welcome: Welcome) -> None:
        # Numbers that the engine has applied before it answers now; others it will not take before sync_end.
        for pending in self._outbox.unanswered():
            link.send(pending.request)
        if self._alive is None:
            self._flow()
            return
        self._listing = Listing(self._list_part, self._list_whole)
        self._listing.tell(sync_messages(self._alive(), welcome.limits))

    def _list_part(self, part: Sync, done: Done) -> None:
        self._add(part, done, self._call_timeout_s, of_connection=True)

    def _list_whole(self) -> None:
        self._add(SyncEnd(0), self._synced, self._call_timeout_s, of_connection=True)

    def _confirm(self, asked: Confirm) -> None:
        """Which of these still talk? The program's own list says."""
        assert self._alive is not None
        talking = {
            entry.contact for entry in self._alive() if isinstance(entry, AliveContact) and entry.talks_to is not None
        }
        still = tuple(contact for contact in asked.contacts if contact in talking)
        self._add(Alive(0, still), _heard, self._call_timeout_s, of_connection=True)

    def _synced(self, outcome: Outcome) -> None:
        if not isinstance(outcome, Refused | Unknown):
            self._flow()
        elif self._leader is not None:
            self._leader.close("not_synced", "the engine did not answer sync_end")

    def _flow(self) -> None:
        self._flowing = True
        if (subscribe := self._following.again()) is not None:
            self._add(subscribe, self._resumed, self._call_timeout_s, of_connection=True)
        for pending in self._outbox.to_send():
            self._send_first(pending)
        self._up.set()
        self._absence.end()

    def _resumed(self, outcome: Outcome) -> None:
        """A monitor goes on by itself; it learns from the event whether something is missing."""
        if isinstance(outcome, Resumed):
            self._inbox.put(outcome)

    def _part(self) -> None:
        """The leader is not ours any more."""
        self._leaders.part()
        self._flowing = False
        self._up.clear()
        self._absence.begin()
        self._outbox.drop_of_connection()

    def _answer(self, reply: Reply | Resumed) -> None:
        if isinstance(reply, Busy):
            self._park(reply.re, Refused("busy", reply.what, "engine"), reply.retry_ms / 1000)
            return
        outcome: Outcome = reply
        if isinstance(reply, Error):
            outcome = Refused(reply.code, reply.detail, reply.fault)
            if reply.code == "not_synced" and not self._flowing:
                self._outbox.hold_back(reply.re, outcome)
                return
        pending = self._outbox.answered(reply.re)
        if pending is None:
            self.late_answers += 1
        else:
            self._finish(pending, outcome)

    def _park(self, number: int, why: Refused, wait_s: float) -> None:
        pending = self._outbox.park(number, why)
        if pending is not None:
            self._loop.call_later(wait_s * self._chance.uniform(1.0, 1.5), self._unpark, pending)

    def _unpark(self, pending: Pending) -> None:
        if self._outbox.unpark(pending) and self._flowing:
            self._send_first(pending)
