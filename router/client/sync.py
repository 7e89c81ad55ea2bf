"""The client for scripts: the same calls, each of which returns when it has its outcome.

A thread of its own runs the asyncio client; it waits on sockets and computes next to nothing. For anything
that handles more than a few contacts a second use `Client` itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from router.client.calls import Calls
from router.client.client import Client
from router.client.link import Lost
from router.client.outbox import Outcome, Outgoing
from router.terms import Role
from router.wire.catalogue import Message, Welcome

Fields = ParamSpec("Fields")
R = TypeVar("R")


def blocking(
    method: Callable[Concatenate[Calls, Fields], Awaitable[R]],
) -> Callable[Concatenate[SyncClient, Fields], R]:
    """The same method, waiting for its outcome."""

    def wait(self: SyncClient, /, *args: Fields.args, **kwargs: Fields.kwargs) -> R:
        async def call() -> R:
            return await method(self.client, *args, **kwargs)

        return self.wait_for(call())

    wait.__doc__ = method.__doc__
    return wait


class SyncClient:
    """A client that connects when it is made and closes as a context manager.

    `options` are those of `Client`; `on_event` and `alive` are called in the client's own thread. May be
    used from several threads."""

    def __init__(self, addresses: list[str], name: str, role: Role = "supervisor", **options: Any) -> None:
        self.client = Client(addresses, name, role, **options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=f"switchboard-client-{name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.call_soon(self.client.start)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def wait_for(self, work: Coroutine[Any, Any, R]) -> R:
        """Runs a coroutine in the client's loop and returns what it returns. Raises RuntimeError once
        closed."""
        if not self._thread.is_alive():
            work.close()
            raise RuntimeError("the client was closed")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self, *, bye: bool = False) -> None:
        """Closes the connection and ends the thread; a second time does nothing."""
        if self._thread.is_alive():
            self.wait_for(self.client.close(bye=bye))
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def wait_up(self, timeout_s: float) -> bool:
        """Waits for a leader; see `Client.wait_up`."""
        return self.wait_for(self.client.wait_up(timeout_s))

    def troubles(self) -> dict[str, Lost]:
        """See `Client.troubles`."""
        return self.client.troubles()

    @property
    def welcome(self) -> Welcome | None:
        """See `Client.welcome`."""
        return self.client.welcome

    def call(self, request: Outgoing, timeout_s: float | None = None) -> Outcome:
        """See `Client.call`."""
        return self.wait_for(self.client.call(request, timeout_s))

    def next_event(self, timeout_s: float) -> Message | None:
        """See `Client.next_event`."""
        return self.wait_for(self.client.next_event(timeout_s))

    enqueue = blocking(Calls.enqueue)
    probe = blocking(Calls.probe)
    estimate = blocking(Calls.estimate)
    hold = blocking(Calls.hold)
    resume = blocking(Calls.resume)
    announced = blocking(Calls.announced)
    key = blocking(Calls.key)
    update = blocking(Calls.update)
    transfer = blocking(Calls.transfer)
    consult = blocking(Calls.consult)
    cancel_consult = blocking(Calls.cancel_consult)
    complete_consult = blocking(Calls.complete_consult)
    conference = blocking(Calls.conference)
    leave = blocking(Calls.leave)
    end = blocking(Calls.end)
    connected = blocking(Calls.connected)
    connect_failed = blocking(Calls.connect_failed)
    ringing = blocking(Calls.ringing)
    accept = blocking(Calls.accept)
    reject = blocking(Calls.reject)
    complete = blocking(Calls.complete)
    extend_wrap_up = blocking(Calls.extend_wrap_up)
    park = blocking(Calls.park)
    unpark = blocking(Calls.unpark)
    activity = blocking(Calls.activity)
    switch_channel = blocking(Calls.switch_channel)
    pick = blocking(Calls.pick)
    open_ticket = blocking(Calls.open_ticket)
    close_ticket = blocking(Calls.close_ticket)
    pend = blocking(Calls.pend)
    reopen = blocking(Calls.reopen)
    log_in = blocking(Calls.log_in)
    log_out = blocking(Calls.log_out)
    ready = blocking(Calls.ready)
    not_ready = blocking(Calls.not_ready)
    attach = blocking(Calls.attach)
    detach = blocking(Calls.detach)
    occupy = blocking(Calls.occupy)
    release = blocking(Calls.release)
    take_callback = blocking(Calls.take_callback)
    schedule_callback = blocking(Calls.schedule_callback)
    dialled = blocking(Calls.dialled)
    take_place = blocking(Calls.take_place)
    cancel_callback = blocking(Calls.cancel_callback)
    callbacks = blocking(Calls.callbacks)
    steer = blocking(Calls.steer)
    steered = blocking(Calls.steered)
    partner_answered = blocking(Calls.partner_answered)
    partner_ended = blocking(Calls.partner_ended)
    partner_failed = blocking(Calls.partner_failed)
    drain = blocking(Calls.drain)
    alive = blocking(Calls.alive)
    position = blocking(Calls.position)
    status = blocking(Calls.status)
    agents = blocking(Calls.agents)
    who = blocking(Calls.who)
    audit = blocking(Calls.audit)
    difference = blocking(Calls.difference)
    apply = blocking(Calls.apply)
    confirm_apply = blocking(Calls.confirm_apply)
    versions = blocking(Calls.versions)
    set_agent = blocking(Calls.set_agent)
    set_skills = blocking(Calls.set_skills)
    move_contact = blocking(Calls.move_contact)
    set_priority = blocking(Calls.set_priority)
    close_queue = blocking(Calls.close_queue)
    open_queue = blocking(Calls.open_queue)
    assign_contact = blocking(Calls.assign_contact)
    pull_contact = blocking(Calls.pull_contact)
    end_contact = blocking(Calls.end_contact)
    start_plan = blocking(Calls.start_plan)
    stop_plan = blocking(Calls.stop_plan)
    plans = blocking(Calls.plans)
    layers = blocking(Calls.layers)
    partners = blocking(Calls.partners)
    rules = blocking(Calls.rules)
    pause_rules = blocking(Calls.pause_rules)
    resume_rules = blocking(Calls.resume_rules)
    roster = blocking(Calls.roster)
    rosters = blocking(Calls.rosters)
    pause_layers = blocking(Calls.pause_layers)
    resume_layers = blocking(Calls.resume_layers)
    track = blocking(Calls.track)
    tickets = blocking(Calls.tickets)
    listen_contact = blocking(Calls.listen_contact)
    subscribe = blocking(Calls.subscribe)
    hand_over = blocking(Calls.hand_over)
